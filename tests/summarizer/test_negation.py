import pytest

from summarizer.clauses.call import clauses_said
from summarizer.negation import contradicts
from tests.summarizer.labelled import a_call, claims

NO_FEE = a_call(
    "a: I will NOT charge the cancellation fee.",
    "c: So I don't have to pay the 35 dollars?",
    "a: Correct, no fee.",
    "c: And you said someone calls me back?",
    "a: No, nobody will call; you have to call us by Friday.",
)


@pytest.mark.parametrize(
    "text",
    [
        "The agent will charge the cancellation fee.",
        "The customer has to pay 35 dollars.",
        "The agent will charge a fee.",
        "The customer does not have to call by Friday.",
    ],
)
def test_a_claim_that_turns_a_denial_round_contradicts_the_call(text: str) -> None:
    assert contradicts(text, clauses_said(NO_FEE))


@pytest.mark.parametrize(
    "text",
    [
        "The agent will not charge the cancellation fee.",
        "The customer does not have to pay the 35 dollars.",
        "Nobody will call the customer.",
        "The customer has to call by Friday.",
        "The customer asked whether the agent will charge the fee.",
    ],
)
def test_a_true_claim_about_what_is_not_survives(text: str) -> None:
    assert not contradicts(text, clauses_said(NO_FEE))


def test_a_problem_that_is_solved_later_was_one() -> None:
    call = clauses_said(a_call("c: My card doesn't work at the till.", "a: Now?", "c: Now the card works at the till!"))
    assert not contradicts("The customer's card does not work at the till.", call)
    assert not contradicts("The card works at the till.", call)


def test_a_correction_has_the_last_word() -> None:
    call = clauses_said(
        a_call("a: The technician comes on Monday.", "a: Actually no, he can't come on Monday but on Tuesday.")
    )
    assert contradicts("The technician comes on Monday.", call)


def test_what_is_promised_last_is_promised() -> None:
    call = clauses_said(a_call("a: I will waive the late fee.", "a: Sorry, I won't waive the late fee."))
    assert contradicts("The agent will waive the late fee.", call)
    assert not contradicts("The agent will not waive the late fee.", call)


@pytest.mark.parametrize("said", ["c: You should not charge the fee.", "c: If you don't charge the fee, I stay."])
def test_a_wish_or_a_condition_denies_nothing(said: str) -> None:
    assert not contradicts("The agent will charge the fee.", clauses_said(a_call(said)))


def test_of_the_labelled_claims_most_that_are_turned_round_are_caught() -> None:
    caught = [contradicts(claim.text, clauses_said(call)) for claim, call in claims("negation")]
    assert len(caught) >= 40
    assert sum(caught) >= 0.95 * len(caught)


def test_of_the_labelled_claims_no_true_one_is_dropped() -> None:
    dropped = [claim.text for claim, call in claims(None) if contradicts(claim.text, clauses_said(call))]
    assert dropped == []
