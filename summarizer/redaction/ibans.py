"""International bank account numbers (ISO 13616), written, spoken or spelled."""

import re
from collections.abc import Iterator

from summarizer.redaction.checks import is_iban
from summarizer.redaction.lines import Line, Topic
from summarizer.redaction.spans import Kind, Span

SHORTEST = 15  # characters, Norway's

_SHAPE = re.compile(r"\b[A-Z][ .-]?[A-Z][ ,.-]{0,2}\d[ .-]?\d(?:[ ,.-]{0,2}[A-Z0-9]){11,30}\b", re.IGNORECASE)
_MISHEARD = re.compile(r"[A-Z][ .-]?[A-Z][ ,.-]{0,2}\d(?:[ ,.-]{0,2}(?:[A-Z]{4}(?= ?\d))?\d){11,30}", re.IGNORECASE)


def ibans(line: Line) -> Iterator[Span]:
    """The place of each number that keeps the check digits, or that is called an IBAN and looks like one."""
    text = line.plain.text
    for match in _SHAPE.finditer(text):
        end = _end(match[0]) or (_misheard(match[0]) if _is_named(line, match.start(), match.end()) else 0)
        if end:
            yield Span(*line.plain.original(match.start(), match.start() + end), Kind.IBAN)


def _end(found: str) -> int:
    """Words that follow look like more groups, so the longest part that is an IBAN counts; 0 if none is."""
    for end in range(len(found), SHORTEST - 1, -1):
        if is_iban(re.sub("[,]", "", found[:end])) and not found[end : end + 1].isalnum():
            return end
    return 0


def _misheard(found: str) -> int:
    match = _MISHEARD.match(found)
    return match.end() if match else 0


def _is_named(line: Line, start: int, end: int) -> bool:
    return line.topic(*line.plain.original(start, end)) is Topic.IBAN
