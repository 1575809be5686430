"""Payment card numbers: 13 to 19 digits in any writing, spoken, and split over turns (PCI DSS 3.3.1).

A number that passes the Luhn check in one piece is a card. What a speaker goes on dictating in a later turn must also
begin as a network's numbers do, or have been called a card; one that was called a card need not pass, for recognizers
mishear digits.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from summarizer.redaction.checks import is_card
from summarizer.redaction.lines import Line, Topic
from summarizer.redaction.spans import Kind, Span
from summarizer.redaction.spoken import Digits, is_pause, is_pure

FEWEST, MOST = 13, 19  # digits, ISO/IEC 7812-1
APART = 4  # turns between two parts of one number, at most
ASIDE = 60  # characters of what others say in between, such as "go on"
ECHO = 4  # digits that an agent repeats, at least

# Networks' first digits and lengths: Visa, Mastercard, Amex, Diners, JCB, Discover, UnionPay, Maestro.
_NETWORK = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[689]\d)\d{11,16}|35\d{14}|6\d{12,18}|5[06-8]\d{11,17}"
)
# A date, a time, an amount: never part of a card.
_QUANTITY = re.compile(
    r"(?<![\d.\-/])\d{4}-\d{2}-\d{2}(?![\d\-])|(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?(?:\.\d{1,6})?(?![\d:])"
    r"|(?<![\d./\-])\d{1,2}[/.\-]\d{1,2}[/.\-](?:\d{4}|\d{2})(?![\d/.\-])|[$€£¥]\s?\d[\d.,]*+|(?<![\d.,])\d[\d.,]*+\s?[$€£¥%]"
)


class _Gap(IntEnum):
    """How firmly two groups of digits hold together."""

    PURE = 0  #: only marks between them
    PAUSE = 1  #: a comma or "and then", or another turn
    NONE = 2


@dataclass(frozen=True, slots=True)
class _Group:
    turn: int
    at: Digits


def cards(lines: Sequence[Line]) -> Iterator[tuple[int, Span]]:
    """The turn and place of each part of a card number."""
    speakers = list(dict.fromkeys(line.speaker for line in lines))
    marked: set[_Group] = set()
    for who in [None, *speakers] if len(speakers) > 1 else [None]:
        for chain, gaps in _chains(lines, who):
            for part in _numbers(lines, chain, gaps):
                marked.update(part)
                marked.update(_echoes(lines, part))
    yield from _spans(lines, marked)


def _chains(lines: Sequence[Line], who: str | None) -> Iterator[tuple[list[_Group], list[_Gap]]]:
    """Groups that may be one number, and the gap before each; of one speaker, or of whoever speaks."""
    chain: list[_Group] = []
    gaps: list[_Gap] = []
    for turn, line in enumerate(lines):
        if not line.groups or (who is not None and line.speaker != who):
            continue
        quantities = [match.span() for match in _QUANTITY.finditer(line.text)]
        for one in line.groups:
            if any(start < one.end and one.start < end for start, end in quantities):
                continue
            gap = _gap(lines, chain[-1], _Group(turn, one)) if chain else _Gap.NONE
            if gap is _Gap.NONE and chain:
                yield chain, gaps
                chain, gaps = [], []
            chain.append(_Group(turn, one))
            gaps.append(gap)
    if chain:
        yield chain, gaps


def _gap(lines: Sequence[Line], left: _Group, right: _Group) -> _Gap:
    first, last = lines[left.turn].text, lines[right.turn].text
    if left.turn == right.turn:
        between = first[left.at.end : right.at.start]
        return _Gap.PURE if is_pure(between) else _Gap.PAUSE if is_pause(between) else _Gap.NONE
    asides = lines[left.turn + 1 : right.turn]
    goes_on = is_pause(first[left.at.end :]) and is_pause(last[: right.at.start])
    is_near = right.turn - left.turn <= APART and all(len(line.text) <= ASIDE for line in asides)
    return _Gap.PAUSE if goes_on and is_near else _Gap.NONE


def _numbers(lines: Sequence[Line], chain: list[_Group], gaps: list[_Gap]) -> Iterator[list[_Group]]:
    """Every run of groups that is a card number; failing that, all of a chain that was called a card."""
    is_found = False
    for first in range(len(chain)):
        digits = ""
        for last in range(first, len(chain)):
            digits += chain[last].at.digits
            if len(digits) > MOST:
                break
            gap = max(gaps[first + 1 : last + 1], default=_Gap.PURE)
            if len(digits) >= FEWEST and is_card(digits) and _is_meant(lines, chain[first : last + 1], digits, gap):
                is_found = True
                yield chain[first : last + 1]
    total = sum(len(group.at.digits) for group in chain)
    if not is_found and total >= FEWEST and _topic(lines, chain) is Topic.CARD:
        yield chain


def _is_meant(lines: Sequence[Line], part: list[_Group], digits: str, gap: _Gap) -> bool:
    """Is this no number of another kind that passes the check by chance, as one in ten does?"""
    is_network = _NETWORK.fullmatch(digits) is not None
    topic = _topic(lines, part)
    if gap is _Gap.PURE and topic is not Topic.ORDER:
        return True
    return is_network or topic is Topic.CARD


def _topic(lines: Sequence[Line], part: list[_Group]) -> Topic | None:
    end = next((group.at.end for group in reversed(part) if group.turn == part[0].turn), part[0].at.end)
    return lines[part[0].turn].topic(part[0].at.start, end)


def _echoes(lines: Sequence[Line], part: list[_Group]) -> Iterator[_Group]:
    """Pieces of the same number that somebody repeats nearby."""
    digits = "".join(group.at.digits for group in part)
    for turn in range(max(0, part[0].turn - 1), min(len(lines), part[-1].turn + APART)):
        for run in runs(lines[turn]):
            said = "".join(one.digits for one in run)
            if len(said) >= ECHO and said in digits:
                yield from (_Group(turn, one) for one in run)


def runs(line: Line) -> Iterator[list[Digits]]:
    """Groups of one turn that follow each other with marks alone between them."""
    run: list[Digits] = []
    for one in line.groups:
        if run and not is_pure(line.text[run[-1].end : one.start]):
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _spans(lines: Sequence[Line], marked: set[_Group]) -> Iterator[tuple[int, Span]]:
    """One span for marked groups that stand next to each other."""
    before: _Group | None = None
    start = 0
    for group in sorted(marked, key=lambda group: (group.turn, group.at.start)):
        is_next = before is not None and _gap(lines, before, group) is not _Gap.NONE and before.turn == group.turn
        if before is not None and not is_next:
            yield before.turn, Span(start, before.at.end, Kind.CARD)
        start = start if is_next else group.at.start
        before = group
    if before is not None:
        yield before.turn, Span(start, before.at.end, Kind.CARD)
