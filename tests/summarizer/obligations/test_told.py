import pytest

from summarizer.conversation import Role
from summarizer.obligations.told import stated


@pytest.mark.parametrize(
    ("told", "owner"),
    [
        ("The agent will send the form.", Role.AGENT),
        ("The agent promised to send the form.", Role.AGENT),
        ("Agent says that they will send the form.", Role.AGENT),
        ("The agent apologized and will send the form.", Role.AGENT),
        ("The customer's team will send the form.", Role.CUSTOMER),
        ("The customer will receive the form.", Role.AGENT),
        ("The customer will be contacted.", Role.AGENT),
        ("The customer needs to send the form.", Role.CUSTOMER),
        ("The customer was asked to send the form.", Role.CUSTOMER),
        ("The agent asked the customer to send the form.", Role.CUSTOMER),
        ("The customer asked the agent to send the form.", Role.AGENT),
        ("Agent asks to send the form.", Role.CUSTOMER),
        ("The customer asks to send the form.", None),
        ("The form will be sent.", None),
        ("The agent told the customer that they will send the form.", None),
    ],
)
def test_a_summary_says_who_owes(told: str, owner: Role | None) -> None:
    assert [one.owner for one in stated(told)] == [owner]


def test_a_question_states_no_follow_up() -> None:
    assert stated("The customer wants to know when the agent will send the form.") == []
