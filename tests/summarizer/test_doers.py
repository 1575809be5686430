import pytest

from summarizer.clauses.call import clauses_said
from summarizer.conversation import Conversation, Role
from summarizer.doers import deed_of, is_by_its_subject, subject_of
from summarizer.roots import root
from tests.summarizer.labelled import a_call, a_claim, claims

LAMPS = a_call(
    "c: I ordered two lamps and one arrived broken.",
    "a: I'm sorry. I have booked a courier for tomorrow.",
    "c: Thank you so much.",
)


def _is_right(text: str, call: Conversation = LAMPS) -> bool:
    return is_by_its_subject(a_claim(text, call), call, said=clauses_said(call))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("The customer ordered two lamps.", "The agent ordered two lamps."),
        ("The agent booked a courier for tomorrow.", "The customer booked a courier for tomorrow."),
        ("The agent apologized for the broken lamp.", "The customer apologized for the broken lamp."),
        ("The customer thanked the agent for the courier.", "The agent thanked the customer for the courier."),
    ],
)
def test_a_deed_belongs_to_the_one_who_says_so(right: str, wrong: str) -> None:
    assert _is_right(right)
    assert not _is_right(wrong)


def test_what_one_tells_the_other_that_they_did_is_the_others() -> None:
    call = a_call("a: You cancelled the contract in March.", "c: And you still charged me for April.")
    assert _is_right("The customer cancelled the contract in March.", call)
    assert not _is_right("The agent cancelled the contract in March.", call)
    assert _is_right("The agent charged the customer for April.", call)


def test_where_both_did_it_both_may_be_named() -> None:
    call = a_call("c: I called the depot.", "a: I called the depot too.")
    assert _is_right("The agent called the depot.", call)
    assert _is_right("The customer called the depot.", call)


def test_without_known_roles_nobody_is_contradicted() -> None:
    call = a_call("x: I ordered two lamps.")
    assert _is_right("The customer ordered two lamps.", call)


@pytest.mark.parametrize(
    ("text", "role", "deed"),
    [
        ("The agent ordered a card.", Role.AGENT, "order"),
        ("Customer has recently moved to Bristol.", Role.CUSTOMER, "moved"),
        ("L'agent a remboursé la livraison.", Role.AGENT, "remboursé"),
        ("The agent will order a card.", Role.AGENT, None),
        ("The customer was charged twice.", Role.CUSTOMER, None),
        ("The customer wants a refund.", Role.CUSTOMER, None),
        ("A card was ordered.", None, None),
    ],
)
def test_a_claim_names_who_did_what(text: str, role: Role | None, deed: str | None) -> None:
    assert subject_of(text) is role
    assert deed_of(text) == (root(deed) if deed else None)


def test_of_the_labelled_claims_nearly_all_of_the_wrong_person_are_caught() -> None:
    kept = [is_by_its_subject(claim, call, said=clauses_said(call)) for claim, call in claims("doer")]
    assert len(kept) >= 20
    assert sum(kept) <= 0.05 * len(kept)


def test_of_the_labelled_claims_no_true_one_is_dropped() -> None:
    dropped = [c.text for c, call in claims(None) if not is_by_its_subject(c, call, said=clauses_said(call))]
    assert dropped == []
