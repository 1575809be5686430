"""Plain text, one line a turn: `[00:01:02] Agent: text`, `Agent: text` or `Maria Lopez: text`.

A line that does not begin with a speaker continues the turn before it. There is no end time.
"""

import re
from dataclasses import dataclass

from summarizer.conversation import MAX_TURNS, Conversation, Turn
from summarizer.errors import EmptyConversation, InvalidTranscript, LimitExceeded, SummarizerError
from summarizer.formats import strict_text
from summarizer.formats.speakers import Cast, split

# The line ends of text files; other separators (U+2028, form feed) stay in what was said.
_LINE_END = re.compile(r"\r\n|\r|\n")
_TIMED = re.compile(
    r"\[(?:(?P<h>[0-9]{1,4}):)?(?P<m>[0-5]?[0-9]):(?P<s>[0-5][0-9])(?:\.(?P<ms>[0-9]{1,3}))?\][ \t]*(?P<rest>.*)",
    re.DOTALL,
)


def read(raw: bytes) -> Conversation:
    """The conversation in lines of text; raises InvalidTranscript with the line that cannot be read."""
    return from_text(strict_text.decode(raw))


def recognizes(raw: bytes) -> bool:
    """Does the first line that says anything begin with a speaker, in text without control characters?"""
    try:
        text = strict_text.decode(raw)
    except SummarizerError:
        return False
    first = next((line for line in _LINE_END.split(text) if line.strip()), "")
    line = _timed(first.strip())
    return split(line.rest) is not None and not re.search(r"[\x01-\x08\x0e-\x1f\x7f]", text)


def from_text(text: str) -> Conversation:
    """The conversation in text that was decoded already."""
    cast = Cast()
    said: list[_Said] = []
    for number, line in enumerate(_LINE_END.split(text), start=1):
        if not line.strip():
            continue
        timed = _timed(line.strip())
        labelled = split(timed.rest)
        if labelled is not None:
            said.append(_Said(cast.labelled(labelled[0]), timed.start_ms, [labelled[1]]))
        elif said and timed.start_ms is None:
            said[-1].lines.append(timed.rest)
        else:
            raise InvalidTranscript(f"line {number}: does not begin with a speaker, as in `Agent: text`")
        if len(said) > MAX_TURNS:
            raise LimitExceeded(f"more than {MAX_TURNS} turns", pointer="/turns")
    if not said:
        raise EmptyConversation("nobody says anything")
    return Conversation(turns=tuple(_turn(one) for one in said), participants=cast.participants)


@dataclass(frozen=True, slots=True)
class _Line:
    start_ms: int | None
    rest: str


@dataclass(frozen=True, slots=True)
class _Said:
    """A turn while its lines are still being read."""

    participant: str
    start_ms: int | None
    lines: list[str]


def _timed(line: str) -> _Line:
    match = _TIMED.fullmatch(line)
    if match is None:
        return _Line(None, line)
    seconds = (int(match["h"] or 0) * 60 + int(match["m"])) * 60 + int(match["s"])
    return _Line(seconds * 1000 + int((match["ms"] or "0").ljust(3, "0")), match["rest"])


def _turn(said: _Said) -> Turn:
    return Turn(said.participant, "\n".join(said.lines).lstrip("\n"), said.start_ms)
