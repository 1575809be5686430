import pytest

from summarizer.actions.action import end_of_clause


@pytest.mark.parametrize(
    ("sentence", "clause"),
    [
        ("send you the form, but not today.", "send you the form"),
        ("send the form and I'll call you.", "send the form"),
        ("sign the form and email it to us.", "sign the form and email it to us"),
        ("escalate this and our team will call.", "escalate this"),
        ("pay 12.50 euros by 10:30 today!", "pay 12.50 euros by 10:30 today"),
        ("signer le contrat et nous activerons la ligne.", "signer le contrat"),
    ],
)
def test_a_clause_ends_where_the_next_one_begins(sentence: str, clause: str) -> None:
    assert sentence[: end_of_clause(sentence, 0)] == clause
