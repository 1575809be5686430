import pytest

from summarizer.actions.action import Kind, Who
from summarizer.actions.english import actions


@pytest.mark.parametrize(
    ("sentence", "who", "clause"),
    [
        ("I will send you the form by Friday.", Who.SPEAKER, "send you the form by Friday"),
        ("We'll also refund the fare, but not the fee.", Who.SPEAKER, "refund the fare"),
        ("You need to return the router.", Who.LISTENER, "return the router"),
        ("Our baggage team will get back to you.", Who.TEAM, "get back to you"),
        ("Someone from claims will ring you.", Who.TEAM, "ring you"),
        ("The bank will contact you.", Who.OUTSIDER, "contact you"),
        ("They will reply by email.", Who.SAME, "reply by email"),
        ("You will receive a card.", Who.TEAM, "You will receive a card"),
        ("Your claim will be reviewed on Monday.", Who.TEAM, "Your claim will be reviewed on Monday"),
    ],
)
def test_what_will_or_must_be_done_is_found_with_its_doer(sentence: str, who: Who, clause: str) -> None:
    assert [(one.who, sentence[one.start : one.end]) for one in actions(sentence)] == [(who, clause)]


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Please sign the form.", Kind.ASKED),
        ("Could you send us a photo?", Kind.ASKED),
        ("Will you send me the form?", Kind.ASKED),
        ("I can send you a voucher.", Kind.OFFERED),
        ("Would you like me to book an engineer?", Kind.OFFERED),
    ],
)
def test_requests_and_offers_are_told_apart(sentence: str, kind: Kind) -> None:
    assert [one.kind for one in actions(sentence)] == [kind]


@pytest.mark.parametrize(
    "sentence",
    [
        "I will not charge the fee.",
        "Nobody will call.",
        "I'll check that for you.",
        "I'll be happy to help.",
        "If you cancel, we will charge 50 euros.",
        "We would replace it.",
        "Will I receive the form?",
        "I sent the form.",
    ],
)
def test_what_is_denied_open_or_done_at_once_is_no_action(sentence: str) -> None:
    assert list(actions(sentence)) == []
