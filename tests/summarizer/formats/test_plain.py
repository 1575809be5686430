"""Plain text reads as people write transcripts."""

import contextlib
import time

import pytest
from hypothesis import given, settings

from summarizer.conversation import Role, Turn
from summarizer.errors import EmptyConversation, InvalidEncoding, InvalidTranscript, SummarizerError
from summarizer.formats import plain
from tests.summarizer.formats.builders import broken, sample


def test_a_time_a_speaker_and_a_text_make_a_turn() -> None:
    conversation = plain.read(b"[00:01:02] Agent: Hello\r\n[01:00] Customer: Hi: there\n[00:02:03.5] Agent: Bye")
    assert conversation.turns == (
        Turn("agent", "Hello", 62_000),
        Turn("customer", "Hi: there", 60_000),
        Turn("agent", "Bye", 123_500),
    )


def test_a_line_without_a_speaker_continues_the_turn() -> None:
    conversation = plain.read(b"Agent: one\n\n  two\nThe price is: 5\nCustomer:\nthree")
    assert [turn.text for turn in conversation.turns] == ["one\ntwo\nThe price is: 5", "three"]


def test_another_name_is_a_participant_of_unknown_role() -> None:
    conversation = plain.read(b"Maria Lopez: Hi\nAdvisor: Hello")
    assert [(one.role, one.name) for one in conversation.participants] == [
        (Role.UNKNOWN, "Maria Lopez"),
        (Role.AGENT, None),
    ]


@pytest.mark.parametrize("raw", [b"hello", b"Agent: hi\n[00:00:01] no speaker", b"\n[00:00:01]\n"])
def test_a_line_nobody_says_is_refused_with_its_number(raw: bytes) -> None:
    with pytest.raises(InvalidTranscript, match=r"line [12]:"):
        plain.read(raw)


def test_a_text_without_lines_is_empty() -> None:
    with pytest.raises(EmptyConversation):
        plain.read(b" \n\n")


@pytest.mark.parametrize("raw", [b"Agent: caf\xe9", "Agent: hi".encode("utf-16"), b"Agent: \x00"])
def test_another_encoding_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidEncoding):
        plain.read(raw)


def test_a_million_continuation_lines_end_in_time() -> None:
    begin = time.monotonic()
    with pytest.raises(SummarizerError):
        plain.read(b"Agent: a\n" + b"b\n" * 1_000_000)
    assert time.monotonic() - begin < 10


@settings(max_examples=200, deadline=None)
@given(broken([sample("golden/plain.txt")]))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(SummarizerError):
        plain.read(raw)
