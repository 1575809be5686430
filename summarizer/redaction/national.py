"""Numbers by which states know people: those that prove themselves, and those that are called so."""

import re
from collections.abc import Callable, Iterator

from summarizer.redaction import checks
from summarizer.redaction.lines import Line, Topic
from summarizer.redaction.spans import Kind, Span

_S = r"[ .\-/]{0,2}"


def _is_ever(_: str) -> bool:
    """The shape alone is rare enough."""
    return True


# Shapes and checks that are enough without a word that names the number.
_SHAPES: list[tuple[re.Pattern[str], Callable[[str], bool]]] = [
    (re.compile(rf"[12378]{_S}\d\d{_S}(?:0[1-9]|1[0-2]|[2-9]\d){_S}(?:\d\d|2[AB]){_S}\d{{3}}{_S}\d{{3}}{_S}\d\d", re.I),
     checks.is_nir),
    (re.compile(rf"[1-9]\d{_S}\d{{3}}{_S}\d{{3}}{_S}\d{{3}}"), checks.is_steuer_id),
    (re.compile(r"\d{3}-\d{2}-\d{4}"), checks.is_ssn),
    (re.compile(rf"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z]{_S}[A-CEGHJ-NPR-TW-Z]{_S}(?:\d{_S}){{6}}[A-D]", re.I),
     _is_ever),
    (re.compile(r"(?:[XYZ][ -]?\d{7}|\d{8}|\d{2}\.\d{3}\.\d{3})[ -]?[A-HJ-NP-TV-Z]", re.I), checks.is_dni),
    (re.compile(r"[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]", re.I), checks.is_codice_fiscale),
    (re.compile(r"\d\d\.\d\d\.\d\d-\d{3}[.-]\d\d"), checks.is_belgian),
    (re.compile(r"756\.\d{4}\.\d{4}\.\d\d"), checks.is_ahv),
    (re.compile(r"\d{3}\.\d{3}\.\d{3}-\d\d"), checks.is_cpf),
]  # fmt: skip
# What is called a passport or the like: letters and digits, six digits at least, or the last four of a social.
_CALLED = re.compile(r"(?<!\w)(?:[A-Z]{1,4}[ -]?)?\d(?:[ .\-/]{0,2}(?:\d|[A-Z](?=\d))){5,20}(?:[ -]?[A-Z])?(?!\w)")
_LAST_FOUR = re.compile(r"(?<!\w)\d(?:[ -]?\d){3}(?!\w)")
_MIXED = re.compile(r"(?<!\w)(?=(?:[A-Z]{0,18}\d){3})[A-Z0-9]{8,18}(?!\w)")
_SOCIAL = re.compile(r"\b(?:social|ssn)\b", re.IGNORECASE)


def national_ids(line: Line) -> Iterator[Span]:
    """The place of each national id in one turn."""
    text = line.plain.text
    if not any(char.isdecimal() for char in text):
        return
    for shape, is_right in _SHAPES:
        for match in re.finditer(rf"(?<![\w+])(?<!\d[.,-])(?:{shape.pattern})(?![\w])", text, shape.flags):
            if is_right(re.sub(r"[ .\-/]", "", match[0])) and not _is_called(line, match, Topic.ORDER):
                yield _span(line, match)
    for shape in (_CALLED, _MIXED):
        for match in shape.finditer(text):
            if _is_called(line, match, Topic.NATIONAL):
                yield _span(line, match)
    for match in _LAST_FOUR.finditer(text):
        if _is_called(line, match, Topic.NATIONAL) and _SOCIAL.search(line.before + text[: match.start()]):
            yield _span(line, match)


def _is_called(line: Line, match: re.Match[str], topic: Topic) -> bool:
    return line.topic(*line.plain.original(match.start(), match.end())) is topic


def _span(line: Line, match: re.Match[str]) -> Span:
    return Span(*line.plain.original(match.start(), match.end()), Kind.NATIONAL_ID)
