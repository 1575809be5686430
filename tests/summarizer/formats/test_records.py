"""Training records are read line by line, compressed or not."""

import contextlib
import gzip
import json
from typing import Any

import pytest
from hypothesis import given, settings

from summarizer.conversation import Role
from summarizer.errors import EmptyConversation, InvalidJson, InvalidTranscript, SummarizerError
from summarizer.formats import records
from tests.summarizer.formats.builders import broken, sample


def a_line(**changes: Any) -> bytes:
    record: dict[str, Any] = {
        "id": "r-1",
        "turns": [{"speaker": "agent", "text": "Hello"}],
        "summary": None,
        "labels": {},
    }
    return json.dumps(record | changes).encode() + b"\n"


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_every_record_keeps_its_id(pack: Any) -> None:
    raw = pack(a_line(id="one") + b"\n" + a_line(id="two"))
    assert [one.external_id for one in records.read_many(raw)] == ["one", "two"]


def test_words_for_speakers_become_roles_and_others_names() -> None:
    words = ["agent", "customer", "bot", "user", "assistant", "Maria", ""]
    [conversation] = records.read_many(a_line(turns=[{"speaker": word, "text": "x"} for word in words]))
    assert [
        (conversation.role_of(turn), conversation.participant(turn.participant).name) for turn in conversation.turns
    ] == [
        (Role.AGENT, None),
        (Role.CUSTOMER, None),
        (Role.BOT, None),
        (Role.CUSTOMER, None),
        (Role.BOT, None),
        (Role.UNKNOWN, "Maria"),
        (Role.UNKNOWN, None),
    ]


def test_the_language_is_kept() -> None:
    assert records.read(a_line(language="fr")).language == "fr"


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        (b"[]", ""),
        (a_line(turns={}), "/turns"),
        (a_line(turns=[1]), "/turns/0"),
        (a_line(turns=[{"speaker": 1, "text": "x"}]), "/turns/0/speaker"),
        (a_line(turns=[{"speaker": "agent"}]), "/turns/0/text"),
        (a_line(id=7), "/id"),
        (b"", ""),
        (a_line() + a_line(), ""),
    ],
)
def test_a_broken_record_is_refused_at_its_place(raw: bytes, pointer: str) -> None:
    with pytest.raises(InvalidTranscript) as refused:
        records.read(raw)
    assert refused.value.pointer == pointer


def test_a_broken_line_is_refused_with_its_number_and_kind() -> None:
    with pytest.raises(InvalidJson, match="line 2:"):
        list(records.read_many(a_line() + b"{"))
    with pytest.raises(EmptyConversation, match="line 1:"):
        list(records.read_many(a_line(turns=[])))


@pytest.mark.parametrize("broken_file", [gzip.compress(a_line() * 100)[:-9], b"\x1f\x8bnonsense"])
def test_a_broken_archive_is_refused(broken_file: bytes) -> None:
    with pytest.raises(InvalidTranscript, match="compressed"):
        list(records.read_many(broken_file))


def test_a_line_that_inflates_without_end_is_refused() -> None:
    with pytest.raises(InvalidTranscript, match="longer"):
        list(records.read_many(gzip.compress(b" " * (records.MAX_LINE_BYTES + 2))))


@settings(max_examples=200, deadline=None)
@given(broken([sample("golden/records.jsonl"), gzip.compress(a_line(), mtime=0)]))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(SummarizerError):
        list(records.read_many(raw))
