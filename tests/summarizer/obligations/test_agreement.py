"""What was promised is missed, invented or turned round: each is noticed, and what is right is left alone."""

import pytest

from summarizer.conversation import Conversation, Participant, Turn
from summarizer.obligations.agreement import follow_up_recall, has_swapped_owner, has_unsupported_follow_up
from tests.summarizer.labelled import claims
from tests.summarizer.obligations.builders import FORM_ASKED, FORM_SENT, a_call


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


def test_an_owner_whose_own_deed_is_another_is_swapped() -> None:
    call = a_call(
        "a: Could you send us a photo of the lamp? We'll ship a new lamp then.", "c: I'll email the photo tonight."
    )
    assert has_swapped_owner("The agent will email a photo of the lamp.", call)
    assert not has_swapped_owner("The agent will ship a new lamp.", call)
    assert not has_swapped_owner("The customer will email a photo of the lamp.", call)


def test_of_the_labelled_claims_nearly_all_invented_or_turned_round_are_caught() -> None:
    caught = [is_wrong(claim.text, call) for claim, call in claims("owes")]
    assert len(caught) >= 35
    assert sum(caught) >= 0.93 * len(caught)


def test_of_the_labelled_claims_no_true_one_is_dropped() -> None:
    assert [claim.text for claim, call in claims(None) if is_wrong(claim.text, call)] == []


def is_wrong(text: str, call: Conversation) -> bool:
    return has_unsupported_follow_up(text, call) or has_swapped_owner(text, call)
