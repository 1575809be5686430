"""WebVTT as players, meeting tools and careless scripts write it."""

import contextlib
import time

import pytest
from hypothesis import given, settings

from summarizer.conversation import Role
from summarizer.errors import EmptyConversation, InvalidTranscript, LimitExceeded, SummarizerError
from summarizer.formats import captions
from tests.summarizer.formats.builders import DATA, broken, sample


def said(body: str) -> list[tuple[Role, str | None, str]]:
    """Role, name and text of each turn of one cue."""
    conversation = captions.read(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{body}\n".encode())
    people = [conversation.participant(turn.participant) for turn in conversation.turns]
    return [(who.role, who.name, turn.text) for who, turn in zip(people, conversation.turns, strict=True)]


@pytest.mark.parametrize(
    ("body", "turns"),
    [
        ("<v Agent>Hello</v>", [(Role.AGENT, None, "Hello")]),
        ("<v.loud.first Maria Lopez>Hi <i>there</i>", [(Role.UNKNOWN, "Maria Lopez", "Hi there")]),
        ("<v Agent>A</v> <v Caller>B</v>", [(Role.AGENT, None, "A"), (Role.CUSTOMER, None, "B")]),
        ("Agent: How?", [(Role.AGENT, None, "How?")]),
        ("Maria Lopez (Agent): Hi", [(Role.AGENT, "Maria Lopez", "Hi")]),
        ("- One\n- Two", [(Role.UNKNOWN, None, "One"), (Role.UNKNOWN, None, "Two")]),
        ("- Agent: One\n- Caller: Two", [(Role.AGENT, None, "One"), (Role.CUSTOMER, None, "Two")]),
        ("two\nlines", [(Role.UNKNOWN, None, "two\nlines")]),
        ("&lt;b&gt; R&amp;D &nbsp;x", [(Role.UNKNOWN, None, "<b> R&D \u00a0x")]),
        ("<v Tom &amp; Jo>Hi", [(Role.UNKNOWN, "Tom & Jo", "Hi")]),
        ("<v>Hi", [(Role.UNKNOWN, None, "Hi")]),
    ],
)
def test_a_cue_gives_its_turns(body: str, turns: list[tuple[Role, str | None, str]]) -> None:
    assert said(body) == turns


def test_consecutive_cues_of_one_speaker_stay_separate_turns() -> None:
    raw = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Agent>a\n\n00:02.000 --> 01:00:03.004\n<v Agent>b"
    turns = captions.read(raw).turns
    assert [(turn.text, turn.start_ms, turn.end_ms) for turn in turns] == [("a", 1000, 2000), ("b", 2000, 3_603_004)]


def test_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    raw = sample("golden/captions.vtt")
    assert captions.read(b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n")) == captions.read(raw)


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"", 1),
        (b"WEBVTTX\n\n", 1),
        (b"00:01.000 --> 00:02.000\nhi", 1),
        (b"WEBVTT\n\n00:05.000 --> 00:06.000\na\n\n00:01.000 --> 00:02.000\nb", 6),
        (b"WEBVTT\n\n00:05.000 --> 00:04.000\na", 3),
        (b"WEBVTT\n\nid\nnot --> times\na", 3),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\na\n\nlost words", 6),
        (b"WEBVTT\n\n00:61.000 --> 00:99.000\na", 3),
    ],
)
def test_broken_captions_are_refused_with_the_line(raw: bytes, line: int) -> None:
    with pytest.raises(InvalidTranscript, match=f"line {line}:"):
        captions.read(raw)


TURNS = {
    "captions_with_bom.vtt": 4,
    "comments.vtt": 5,
    "cue_tags.vtt": 3,
    "invalid_timeframe_in_cue_text.vtt": 3,
    "metadata_headers.vtt": 2,
    "missing_caption_text.vtt": 4,
    "one_caption.vtt": 1,
    "sample.vtt": 16,
    "styles.vtt": 1,
    "youtube_dl.vtt": 4,
    "zoom_style.constructed.vtt": 12,
}
REFUSED = {
    "empty.vtt": InvalidTranscript,
    "invalid.vtt": InvalidTranscript,
    "missing_timeframe.vtt": InvalidTranscript,
    "no_captions.vtt": EmptyConversation,
}


def test_every_sample_is_expected_to_be_read_or_refused() -> None:
    assert {path.name for path in (DATA / "captions").glob("*.vtt")} == TURNS.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", TURNS)
def test_a_sample_gives_its_turns(name: str) -> None:
    assert len(captions.read(sample(f"captions/{name}")).turns) == TURNS[name]


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_sample_is_refused(name: str) -> None:
    with pytest.raises(REFUSED[name]):
        captions.read(sample(f"captions/{name}"))


@pytest.mark.parametrize("piece", ["<", "<v ", "<v.a", "<v    ", "&", "a: ", "- ", "(", " "])
def test_hostile_markup_costs_no_more_than_other_text(piece: str) -> None:
    begin = time.monotonic()
    with contextlib.suppress(SummarizerError):
        captions.read(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{piece * 200_000}".encode())
    assert time.monotonic() - begin < 5


def test_a_cue_far_longer_than_a_turn_is_refused() -> None:
    with pytest.raises(LimitExceeded, match="line 3"):
        captions.read(b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<v a>b" * 20_000)


def test_more_cues_than_a_conversation_has_are_refused() -> None:
    with pytest.raises(LimitExceeded):
        captions.read(b"WEBVTT\n\n" + b"00:01.000 --> 00:02.000\n\n" * 5_001)


@settings(max_examples=200, deadline=None)
@given(broken([sample("golden/captions.vtt"), sample("captions/youtube_dl.vtt")]))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(SummarizerError):
        captions.read(raw)
