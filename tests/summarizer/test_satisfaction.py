from typing import Any

import pytest

from summarizer.satisfaction import Feeling, satisfaction
from tests.builders import a_conversation
from tests.summarizer.calls import CALLS, as_conversation

ASKED = (("customer", "Where is my parcel?"), ("agent", "It comes tomorrow."))


def _felt(*said: str) -> Feeling | None:
    found = satisfaction(a_conversation((*ASKED, *(("customer", text) for text in said))))
    return None if found is None else found.feeling


@pytest.mark.parametrize("call", CALLS, ids=[call["id"] for call in CALLS])
def test_a_labelled_call_ends_as_it_was_felt(call: dict[str, Any]) -> None:
    found = satisfaction(as_conversation(call))
    assert (None if found is None else found.feeling.value) == call["satisfaction"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I'm very happy with that.", Feeling.SATISFIED),
        ("I'm not happy with that.", Feeling.DISSATISFIED),
        ("Je ne suis pas contente.", Feeling.DISSATISFIED),
        ("That isn't very helpful.", Feeling.DISSATISFIED),
        ("I'm not disappointed at all.", None),
        ("I would be happy if it came today.", None),
        ("I'd be happy to wait.", None),
        ("Thanks for nothing.", Feeling.DISSATISFIED),
        ("Merci, au revoir.", Feeling.NEUTRAL),
        ("It is the blue one.", None),
        ("Thanks, but that is the wrong one.", None),
    ],
)
def test_praise_that_is_denied_or_wished_for_is_no_praise(text: str, expected: Feeling | None) -> None:
    assert _felt(text) is expected


def test_a_complaint_holds_through_a_calm_goodbye() -> None:
    conversation = a_conversation(
        (*ASKED, ("customer", "That is ridiculous."), ("agent", "Sorry."), ("customer", "Bye."))
    )
    found = satisfaction(conversation)
    assert found is not None
    assert (found.feeling, found.evidence.turn) == (Feeling.DISSATISFIED, 2)


def test_the_later_of_praise_and_complaint_decides() -> None:
    assert _felt("This was awful.", "But you were very helpful.") is Feeling.SATISFIED
    assert _felt("You were very helpful.", "But this was awful.") is Feeling.DISSATISFIED


def test_thanks_in_advance_say_nothing() -> None:
    assert satisfaction(a_conversation((("customer", "Where is my parcel? Thank you so much."),))) is None


def test_what_the_agent_feels_is_not_asked() -> None:
    assert satisfaction(a_conversation((*ASKED, ("agent", "I'm very happy. Thank you so much!")))) is None
