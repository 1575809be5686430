"""WebVTT captions; the speaker is a voice span `<v Name>`, else `Name: text`, else nobody knows.

The library reads each cue. It passes over what it cannot read, and a turn would be lost without a word, so the blocks
are found here, where they have line numbers, and one that is neither a cue nor a comment nor a style is refused.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import webvtt

from summarizer.conversation import MAX_TURN_CHARACTERS, MAX_TURNS, Conversation, Turn
from summarizer.errors import EmptyConversation, InvalidTranscript, LimitExceeded
from summarizer.formats import strict_text
from summarizer.formats.speakers import Cast, split

MAX_CUE_CHARACTERS = 4 * MAX_TURN_CHARACTERS  # with its markup

_LINE_END = re.compile(r"\r\n|\r|\n")
_HEADER = re.compile(r"WEBVTT(?:[ \t].*)?")
_NO_CUE = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*)?")
# A tag ends before the next one begins and nothing is tried twice, so hostile markup costs no more than other text.
_VOICE = re.compile(r"<v(?:\.[^\s.<>]++)*+(?:[ \t\n]++(?P<name>[^<>]*+))?>")
_TAG = re.compile(r"<[^<>]*+>")
_DASH = re.compile(r"[-–—][ \t]+(?=\S)")


def read(raw: bytes) -> Conversation:
    """The conversation in WebVTT; raises InvalidTranscript with the number of the line that is wrong."""
    cast = Cast()
    turns: list[Turn] = []
    latest_ms = 0
    for number, cue in enumerate(_cues(strict_text.decode(raw)), start=1):
        if number > MAX_TURNS:
            raise LimitExceeded(f"more than {MAX_TURNS} cues")
        if cue.start_ms < latest_ms:
            raise InvalidTranscript(f"line {cue.line}: starts before the cue above it")
        if cue.end_ms < cue.start_ms:
            raise InvalidTranscript(f"line {cue.line}: ends before it starts")
        if len(cue.payload) > MAX_CUE_CHARACTERS:
            raise LimitExceeded(f"line {cue.line}: a cue of more than {MAX_CUE_CHARACTERS} characters")
        latest_ms = cue.start_ms
        for label, text in _contributions(cue.payload):
            turns.append(Turn(cast.labelled(label), text, cue.start_ms, cue.end_ms))
        if len(turns) > MAX_TURNS:
            raise LimitExceeded(f"more than {MAX_TURNS} turns")
    if not turns:
        raise EmptyConversation("the captions hold no text")
    return Conversation(turns=tuple(turns), participants=cast.participants)


def recognizes(raw: bytes) -> bool:
    """Does it begin with the word every WebVTT file begins with?"""
    first = re.split(rb"[\r\n]", raw.removeprefix(b"\xef\xbb\xbf"), maxsplit=1)[0]
    return re.fullmatch(rb"WEBVTT(?:[ \t].*)?", first) is not None


@dataclass(frozen=True, slots=True)
class _Block:
    line: int  #: of its first line, from 1
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Cue:
    line: int
    start_ms: int
    end_ms: int
    payload: str


def _cues(text: str) -> Iterator[_Cue]:
    lines = _LINE_END.split(text)
    if not _HEADER.fullmatch(lines[0]):
        raise InvalidTranscript("line 1: must begin with WEBVTT")
    for block in _blocks(lines):
        caption = _caption(block)
        if caption is not None:
            yield _Cue(
                block.line,
                caption.start_time.in_milliseconds(),
                caption.end_time.in_milliseconds(),
                caption.raw_text,
            )
        elif block.line > 1 and not _NO_CUE.fullmatch(block.lines[0]):
            raise InvalidTranscript(f"line {block.line}: neither a cue with its times nor a comment")


def _caption(block: _Block) -> webvtt.Caption | None:
    if block.line == 1 or not any("-->" in line for line in block.lines[:2]):
        return None
    read_by_library = webvtt.from_string("WEBVTT\n\n" + "\n".join(block.lines)).captions
    return read_by_library[0] if read_by_library else None


def _blocks(lines: list[str]) -> Iterator[_Block]:
    """What stands between empty lines; a line with `-->` also begins a block, as the standard's parser has it."""
    block: list[str] = []
    first = 1
    for number, line in enumerate(lines, start=1):
        if block and (not line or ("-->" in line and _is_full(block, first=first))):
            yield _Block(first, tuple(block))
            block = []
        if line:
            first = first if block else number
            block.append(line)
    if block:
        yield _Block(first, tuple(block))


def _is_full(block: list[str], *, first: int) -> bool:
    """Can a line with `-->` no longer be this block's line of times?"""
    return first == 1 or len(block) > 1 or "-->" in block[0]


def _contributions(payload: str) -> Iterator[tuple[str | None, str]]:
    """Who says what in one cue, whose text may hold several voices."""
    voices = list(_VOICE.finditer(payload))
    if not voices:
        yield from _labelled(_text(payload))
        return
    before = _text(payload[: voices[0].start()])
    if before:
        yield None, before
    ends = [voice.start() for voice in voices[1:]] + [len(payload)]
    for voice, end in zip(voices, ends, strict=True):
        text = _text(payload[voice.end() : end])
        if text:
            yield html.unescape(voice["name"] or ""), text


def _labelled(text: str) -> Iterator[tuple[str | None, str]]:
    """Lines that begin with `Name:` or a dash begin somebody's words; other lines go on."""
    label: str | None = None
    said: list[str] = []
    for line in text.split("\n"):
        dash = _DASH.match(line)
        bare = line[dash.end() :] if dash else line
        labelled = split(bare)
        if (dash or labelled) and any(said):
            yield label, "\n".join(said).strip()
            label, said = None, []
        if labelled:
            label = labelled[0]
        said.append(labelled[1] if labelled else bare)
    whole = "\n".join(said).strip()
    if whole:
        yield label, whole


def _text(markup: str) -> str:
    """The words without tags, entities resolved (after the tags, so that `&lt;b&gt;` stays what was said)."""
    return html.unescape(_TAG.sub("", markup)).strip()
