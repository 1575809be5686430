from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.conversation import Role
from summarizer.outcome import LEAST_SURE, outcome
from summarizer.summary import Outcome
from tests.builders import a_conversation
from tests.summarizer.calls import CALLS, as_conversation

HELLO = ("agent", "Hello, how can I help?")
BROKEN = ("customer", "My router is broken since Monday.")


@pytest.mark.parametrize("call", CALLS, ids=[call["id"] for call in CALLS])
def test_a_labelled_call_ends_as_it_was_read_or_is_not_stated(call: dict[str, Any]) -> None:
    found = outcome(as_conversation(call)).outcome
    assert found is None or found == call["outcome"]


def test_most_labelled_calls_are_stated() -> None:
    labelled = [call for call in CALLS if call["outcome"]]
    assert sum(outcome(as_conversation(call)).outcome is not None for call in labelled) >= 0.9 * len(labelled)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((("agent", "I've reset it."), ("customer", "It works now, thank you.")), Outcome.RESOLVED),
        ((("agent", "I've reset it."), ("customer", "It still doesn't work. Forget it.")), Outcome.UNRESOLVED),
        ((("agent", "I've opened a ticket, we will call you back."), ("customer", "Okay.")), Outcome.PARTIAL),
        ((("agent", "I can't change that, it's not possible."), ("customer", "Oh.")), Outcome.UNRESOLVED),
        ((("agent", "Let me have a look."), ("customer", "Okay.")), None),
        ((("agent", "Nobody will call you back."), ("customer", "Okay.")), None),
        ((("agent", "I have not yet refunded you."), ("customer", "Okay.")), None),
        ((("agent", "Shall I transfer you to a colleague?"),), None),
    ],
)
def test_what_is_said_last_decides(lines: tuple[tuple[str, str], ...], expected: Outcome | None) -> None:
    assert outcome(a_conversation((HELLO, BROKEN, *lines))).outcome is expected


def test_the_sentence_that_decided_is_the_evidence() -> None:
    conversation = a_conversation((HELLO, BROKEN, ("agent", "One moment. I have refunded you. Anything else?")))
    [evidence] = outcome(conversation).evidence
    assert conversation.turns[evidence.turn].text[evidence.start : evidence.end] == "I have refunded you."


def test_what_is_not_stated_has_neither_confidence_nor_evidence() -> None:
    judged = outcome(a_conversation((HELLO, BROKEN)))
    assert (judged.outcome, judged.confidence, judged.evidence) == (None, 0.0, ())


def test_the_customers_own_complaint_at_the_start_is_not_the_end() -> None:
    assert outcome(a_conversation((HELLO, ("customer", "It still doesn't work, forget it.")))).outcome is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from([role.value for role in Role]),
            st.sampled_from(["I've booked it.", "It still fails.", "Thanks, bye!", "We can't.", "x", "Où ?"]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_whatever_is_stated_has_evidence_that_was_said(lines: list[tuple[str, str]]) -> None:
    conversation = a_conversation(tuple(lines))
    judged = outcome(conversation)
    assert (judged.outcome is None) is (judged.evidence == ())
    assert judged.outcome is None or LEAST_SURE <= judged.confidence <= 1
    for evidence in judged.evidence:
        assert conversation.turns[evidence.turn].text[evidence.start : evidence.end].strip()


def test_a_very_long_conversation_takes_seconds_at_most() -> None:
    lines = tuple((("agent", "customer")[i % 2], "we have not passed you to a ticket " * 20) for i in range(600))
    before = perf_counter()
    outcome(a_conversation(lines))
    assert perf_counter() - before < 10  # 0.7 s on an idle core
