"""One call in every format gives the same turns, and what is no transcript is no format."""

import json
import pickle
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, settings

from summarizer import formats
from summarizer.conversation import Conversation, Role
from summarizer.errors import InvalidTranscript, SummarizerError, UnknownFormat
from summarizer.formats import canonical
from tests.summarizer.formats.builders import DATA, broken, sample

GOLDEN = {"canonical.json": "canonical", "captions.vtt": "webvtt", "plain.txt": "plain", "vcon.json": "vcon"}
GOLDEN |= {"records.jsonl": "records", "genesys.json": "genesys", "contact_lens.json": "contact_lens"}
GOLDEN |= {"twilio.json": "twilio", "azure.json": "azure", "google.json": "google", "captions.srt": "srt"}
GOLDEN |= {"transcribe.json": "transcribe"}
NO_END = {"google.json"}  # its entries have no length
WORDS_ONLY = {"transcribe.json"}  # it has voices and words, and neither roles nor turns
SAMPLES = {
    "1-lost-card.vtt": "webvtt",
    "2-late-parcel.vcon.json": "vcon",
    "3-espresso-wifi.txt": "plain",
    "4-herb-garden-refund.json": "canonical",
    "5-cancel-subscription.json": "canonical",
}


def rows(conversation: Conversation) -> list[dict[str, Any]]:
    """Role, text and times of each turn."""
    return [
        {"role": conversation.role_of(one).value, "text": one.text, "start_ms": one.start_ms, "end_ms": one.end_ms}
        for one in conversation.turns
    ]


def expected(name: str) -> list[dict[str, Any]]:
    """The turns of the golden call, as far as a format can tell them."""
    turns: list[dict[str, Any]] = json.loads(sample("golden/expected_turns.json"))
    if name == "plain.txt":
        return [turn | {"start_ms": turn["start_ms"] // 1000 * 1000, "end_ms": None} for turn in turns]
    if name in NO_END:
        return [turn | {"end_ms": None} for turn in turns]
    if name == "records.jsonl":
        return [turn | {"start_ms": None, "end_ms": None} for turn in turns]
    return turns


@pytest.mark.parametrize("name", sorted(GOLDEN.keys() - WORDS_ONLY))
def test_the_golden_call_gives_the_expected_turns(name: str) -> None:
    read, told = rows(formats.read(sample(f"golden/{name}"))), expected(name)
    for turn, one in zip(read, told, strict=True):
        for time in ("start_ms", "end_ms"):  # some formats know hundredths of a second only
            assert (turn[time] is None) is (one[time] is None)
            assert abs((turn.pop(time) or 0) - (one.pop(time) or 0)) <= 10
    assert read == told


def test_a_standard_transcription_gives_each_voice_its_words_and_calls_nobody_agent() -> None:
    read = formats.read(sample("golden/transcribe.json"))
    assert {one.role for one in read.participants} == {Role.UNKNOWN}
    assert [turn.start_ms for turn in read.turns] == sorted(turn.start_ms or 0 for turn in read.turns)
    for number, role in enumerate(("agent", "customer")):
        voice = read.participants[number].id
        said = " ".join(turn.text for turn in read.turns if turn.participant == voice)
        assert said == " ".join(one["text"] for one in expected("") if one["role"] == role)


@pytest.mark.parametrize(("name", "format_name"), GOLDEN.items())
def test_a_format_is_known_by_its_content(name: str, format_name: str) -> None:
    found = formats.detect(sample(f"golden/{name}"))
    assert found.name == format_name
    assert [one.name for one in formats.FORMATS if one.recognizes(sample(f"golden/{name}"))] == [format_name]


def test_every_format_has_a_golden_file() -> None:
    assert {one.name for one in formats.FORMATS} == set(GOLDEN.values())
    assert {path.name for path in (DATA / "golden").iterdir()} == {*GOLDEN, "expected_turns.json"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"ID3\x03\x00\x00\x00\x00",
        b"OggS\x00\x02",
        b"\xff\xfb\x90\x64" * 20,
        pickle.dumps({"turns": ["Agent: hi"], "participants": []}),
        pickle.dumps({"turns": ["Agent: hi"]}, protocol=0),
        b"turns:\n  - speaker: agent\n    text: hi\n",
        b"---\nparticipants: []\n",
        b"<?xml version='1.0'?><turns/>",
        b"<html>Agent: hi</html>",
        b"{}",
        b"[]",
        b"null",
        b'{"conversationId": "x", "transcripts": []}',
        b"PK\x03\x04",
        b"%PDF-1.7",
        "Agent: hi".encode("utf-16"),
        sample("captions/sample.sbv"),
    ],
)
def test_what_is_no_transcript_is_an_unknown_format(raw: bytes) -> None:
    with pytest.raises(UnknownFormat):
        formats.read(raw)


def test_a_name_nobody_has_is_an_unknown_format() -> None:
    with pytest.raises(UnknownFormat) as refused:
        formats.read(b"{}", "fax-4111")
    assert "4111" not in str(refused.value)


def test_a_name_decides_before_the_content() -> None:
    with pytest.raises(InvalidTranscript, match="line 1"):
        formats.read(sample("golden/plain.txt"), "webvtt")


@pytest.mark.parametrize(
    "raw",
    [
        json.dumps({"uuid": "x" * 256, "parties": [{}], "dialog": [{"type": "text", "parties": 0, "body": "hi"}]}),
        json.dumps({"id": "a\nb", "turns": [{"speaker": "agent", "text": "hi"}]}),
        "[9999:00:00] Agent: hi",
    ],
)
def test_what_does_not_fit_the_canonical_form_is_refused_in_every_format(raw: str) -> None:
    with pytest.raises(InvalidTranscript):
        formats.read(raw.encode())


@settings(max_examples=200, deadline=None)
@given(broken([sample(f"golden/{name}") for name in GOLDEN]))
def test_whatever_is_read_can_be_stored_and_read_again(raw: bytes) -> None:
    try:
        conversation = formats.read(raw)
    except SummarizerError:
        return
    assert canonical.read(canonical.write(conversation)) == conversation


@pytest.mark.parametrize(("name", "format_name"), SAMPLES.items())
def test_a_sample_for_the_demo_is_a_small_whole_conversation(name: str, format_name: str) -> None:
    raw = (resources.files("summarizer") / "samples" / name).read_bytes()
    conversation = formats.read(raw)
    assert len(raw) < 10_000
    assert formats.detect(raw).name == format_name
    assert {conversation.role_of(turn) for turn in conversation.turns} >= {Role.AGENT, Role.CUSTOMER}
    assert len(conversation.turns) >= 9


def test_every_sample_for_the_demo_names_its_source() -> None:
    folder = resources.files("summarizer") / "samples"
    sources = (folder / "SOURCES.md").read_text()
    names = {one.name for one in folder.iterdir() if one.name[0].isdigit()}
    assert names == SAMPLES.keys()
    assert all(name in sources for name in names)
