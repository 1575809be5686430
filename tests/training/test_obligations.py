"""What was promised is missed, invented or turned round: each is noticed, and what is right is left alone."""

import pytest

from summarizer.conversation import Conversation, Participant, Role, Turn
from training.follow_ups import follow_up_recall, has_swapped_owner, has_unsupported_follow_up
from training.obligations import (
    Mood,
    obligations,
    promises,
    stated,
)

PEOPLE = (Participant("a", Role.AGENT), Participant("c", Role.CUSTOMER))


def a_call(*turns: str) -> Conversation:
    """Turns as `a: I will check.`"""
    return Conversation(tuple(Turn(one[0], one[3:]) for one in turns), PEOPLE)


FORM_SENT = a_call(
    "c: My suitcase never arrived and I need to make a claim.",
    "a: I'm sorry to hear that. I will send you the claim form by email today.",
    "c: Thank you.",
    "a: And our baggage team will get back to you within five days.",
)
FORM_ASKED = a_call(
    "c: My suitcase never arrived, what do I do?",
    "a: Please send us the claim form with your booking number.",
    "c: Okay, I'll call you back tomorrow when I have found it.",
)


@pytest.mark.parametrize(
    "said",
    [
        "I will send you the form.",
        "We'll get back to you on Monday.",
        "You will receive a confirmation.",
        "You should hear from our claims team.",
        "I’m going to email you the invoice.",
        "Your money will be refunded.",
        "A technician will call you.",
        "I'll look into it and let you know.",
        "We'll be sure to pass your feedback on.",
        "I'll drop you a line.",
    ],
)
def test_a_promise_of_the_agent_is_the_agents(said: str) -> None:
    assert [one.owner for one in promises(a_call(f"a: {said}"))][:1] == [Role.AGENT]


@pytest.mark.parametrize(
    "said",
    [
        "I'll be happy to help.",
        "I will check.",
        "We'll see what we can do.",
        "We will not refund you.",
        "I'll never call you again.",
        "Please send us the form.",
        "I can send you a new one.",
        "You will need to call the bank.",
        "Will you send us the form?",
        "I have sent you the form.",
        "We won't be sending it.",
    ],
)
def test_small_talk_refusals_offers_and_requests_are_no_promises(said: str) -> None:
    assert promises(a_call(f"a: {said}")) == []


@pytest.mark.parametrize(
    "asked",
    ["Please send us the form.", "Could you send me the form?", "You have to send the form.", "Send us the form."],
)
def test_who_is_asked_owes(asked: str) -> None:
    assert {one.owner for one in obligations(a_call(f"a: {asked}"))} == {Role.CUSTOMER}
    assert {one.owner for one in obligations(a_call(f"c: {asked}"))} == {Role.AGENT}


def test_what_is_agreed_to_is_as_good_as_offered() -> None:
    found = obligations(a_call("c: Could you call me tomorrow?", "a: Sure, no problem."))
    assert [(one.owner, one.mood) for one in found] == [(Role.AGENT, Mood.OFFER)]


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


@pytest.mark.parametrize(
    ("summary", "recall"),
    [
        ("The agent will email the claim form, and the baggage team will contact the customer.", 1.0),
        ("The agent promised to send the claim form.", 0.5),
        ("The agent arranged a callback by the baggage team.", 0.5),
        ("The customer's suitcase did not arrive.", 0.0),
        ("", 0.0),
    ],
)
def test_a_missed_promise_lowers_the_recall(summary: str, recall: float) -> None:
    assert follow_up_recall(summary, FORM_SENT) == recall


def test_without_a_promise_there_is_nothing_to_recall() -> None:
    assert follow_up_recall("The agent will call.", a_call("c: Hello.", "a: I'll be happy to help.")) is None


@pytest.mark.parametrize(
    "summary",
    [
        "The agent will send a voucher.",
        "The agent promised to refund the fare.",
        "A technician will visit the customer.",
        "The customer will return the suitcase.",
    ],
)
def test_an_invented_follow_up_counts(summary: str) -> None:
    assert has_unsupported_follow_up(summary, FORM_SENT)


@pytest.mark.parametrize(
    "summary",
    [
        "The agent will send the claim form.",
        "The baggage team will contact the customer.",
        "The customer will receive an email.",
        "The agent will check.",
        "The customer asks if the agent will refund the fare.",
    ],
)
def test_what_was_promised_does_not(summary: str) -> None:
    assert not has_unsupported_follow_up(summary, FORM_SENT)


def test_what_the_customer_only_demands_is_not_promised() -> None:
    call = a_call("c: Please refund my fare.", "a: That is not possible with this ticket.")
    assert has_unsupported_follow_up("The agent will refund the fare.", call)
    assert not has_unsupported_follow_up(
        "The agent will refund the fare.", a_call("c: Please refund my fare.", "a: Of course.")
    )


@pytest.mark.parametrize(
    "summary",
    [
        "The customer will send the claim form.",
        "The customer must send the claim form.",
        "The customer was asked to send the claim form.",
        "The agent will receive the claim form.",
    ],
)
def test_a_swapped_owner_is_caught_where_the_agent_owes(summary: str) -> None:
    assert has_swapped_owner(summary, FORM_SENT)
    assert not has_swapped_owner(summary, FORM_ASKED)


@pytest.mark.parametrize(
    "summary",
    [
        "The agent will send the claim form.",
        "The agent promised to send the claim form.",
        "The customer will receive the claim form.",
        "The agent has to send the claim form.",
    ],
)
def test_a_swapped_owner_is_caught_where_the_customer_owes(summary: str) -> None:
    assert has_swapped_owner(summary, FORM_ASKED)
    assert not has_swapped_owner(summary, FORM_SENT)


def test_who_calls_back_is_held_against_who_said_so() -> None:
    assert has_swapped_owner("The agent will call back.", FORM_ASKED)
    assert not has_swapped_owner("The customer will call back.", FORM_ASKED)


def test_without_roles_nobody_is_swapped() -> None:
    call = Conversation((Turn("p", "I will send you the form."),), (Participant("p"),))
    assert not has_swapped_owner("The customer will send the form.", call)
    assert follow_up_recall("The form will be sent.", call) == 1.0
