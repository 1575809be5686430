"""Payment card numbers: 13 to 19 digits in any writing, spoken, and split over turns (PCI DSS 3.3.1).

A number that passes the Luhn check in one piece is a card. What a speaker goes on dictating in a later turn must also
begin as a network's numbers do, or have been called a card; one that was called a card need not pass, for recognizers
mishear digits.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate

from summarizer.redaction.checks import luhn_of
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


@dataclass(frozen=True, slots=True)
class Told:
    """The digits of a number that was dictated in the turns `first` to `last`."""

    first: int
    last: int
    digits: str


def cards(lines: Sequence[Line]) -> Iterator[tuple[int, Span]]:
    """The turn and place of each part of a card number."""
    countless = [[_Group(turn, one) for one in _countless(line)] for turn, line in enumerate(lines)]
    speakers = list(dict.fromkeys(line.speaker for line in lines))
    marked: set[_Group] = set()
    told: list[Told] = []
    for who in [None, *speakers] if len(speakers) > 1 else [None]:
        spoken = [group for of_turn in countless for group in of_turn if who in (None, lines[group.turn].speaker)]
        for chain, gaps in _chains(lines, spoken):
            for part in _stretches(chain, _numbers(lines, chain, gaps)):
                marked.update(part)
                told.append(Told(part[0].turn, part[-1].turn, "".join(group.at.digits for group in part)))
    marked.update(_Group(turn, one) for turn, run in echoes(lines, told) for one in run)
    yield from _spans(lines, marked)


def _countless(line: Line) -> Iterator[Digits]:
    """Groups that are no part of a date, a time or an amount."""
    quantities = [match.span() for match in _QUANTITY.finditer(line.text)] if line.groups else []
    for one in line.groups:
        following = bisect_right(quantities, one.start, key=lambda span: span[1])
        if following == len(quantities) or one.end <= quantities[following][0]:
            yield one


def _chains(lines: Sequence[Line], spoken: Sequence[_Group]) -> Iterator[tuple[list[_Group], list[_Gap]]]:
    """Groups that may be one number, and the gap before each."""
    chain: list[_Group] = []
    gaps: list[_Gap] = []
    for group in spoken:
        gap = _gap(lines, chain[-1], group) if chain else _Gap.NONE
        if gap is _Gap.NONE and chain:
            yield chain, gaps
            chain, gaps = [], []
        chain.append(group)
        gaps.append(gap)
    if chain:
        yield chain, gaps


def _gap(lines: Sequence[Line], left: _Group, right: _Group) -> _Gap:
    first, last = lines[left.turn].text, lines[right.turn].text
    if left.turn == right.turn:
        between = first[left.at.end : right.at.start]
        return _Gap.PURE if is_pure(between) else _Gap.PAUSE if is_pause(between) else _Gap.NONE
    goes_on = is_pause(first[left.at.end :]) and is_pause(last[: right.at.start])
    return _Gap.PAUSE if goes_on and is_near(lines, left.turn, right.turn) else _Gap.NONE


def is_near(lines: Sequence[Line], first: int, last: int) -> bool:
    """Do only short turns stand between these two, and few?"""
    return last - first <= APART and all(len(line.text) <= ASIDE for line in lines[first + 1 : last])


def _numbers(lines: Sequence[Line], chain: list[_Group], gaps: list[_Gap]) -> Iterator[tuple[int, int]]:
    """First and last (exclusive) group of each card number; failing that, all of a chain that was called a card."""
    is_found = False
    digits = "".join(group.at.digits for group in chain)
    ends = list(accumulate(len(group.at.digits) for group in chain))
    proves = luhn_of(digits)
    for first, group in enumerate(chain):
        start = ends[first] - len(group.at.digits)
        for last in range(bisect_left(ends, start + FEWEST), bisect_right(ends, start + MOST)):
            if not proves(start, ends[last]):
                continue
            gap = max(gaps[first + 1 : last + 1], default=_Gap.PURE)
            if _is_meant(lines, chain[first : last + 1], digits[start : ends[last]], gap):
                is_found = True
                yield first, last + 1
    if not is_found and len(digits) >= FEWEST and _topic(lines, chain) is Topic.CARD:
        yield 0, len(chain)


def _stretches(chain: list[_Group], numbers: Iterable[tuple[int, int]]) -> Iterator[list[_Group]]:
    """Groups of numbers that touch or overlap."""
    start, done = 0, 0
    for first, last in sorted(numbers):
        if first > done:
            if done > start:
                yield chain[start:done]
            start = first
        done = max(done, last)
    if done > start:
        yield chain[start:done]


def _is_meant(lines: Sequence[Line], part: list[_Group], digits: str, gap: _Gap) -> bool:
    """Is this no number of another kind that passes the check by chance, as one in ten does?"""
    if len(set(digits)) == 1:
        return False
    is_network = _NETWORK.fullmatch(digits) is not None
    topic = _topic(lines, part)
    if gap is _Gap.PURE and topic is not Topic.ORDER:
        return True
    return is_network or topic is Topic.CARD


def _topic(lines: Sequence[Line], part: list[_Group]) -> Topic | None:
    end = next((group.at.end for group in reversed(part) if group.turn == part[0].turn), part[0].at.end)
    return lines[part[0].turn].topic(part[0].at.start, end)


def echoes(lines: Sequence[Line], told: Iterable[Told]) -> Iterator[tuple[int, list[Digits]]]:
    """Pieces of these numbers that somebody repeats nearby: turn and groups."""
    near: dict[int, list[str]] = defaultdict(list)
    for one in told:
        for turn in range(max(0, one.first - 1), min(len(lines), one.last + APART)):
            near[turn].append(one.digits)
    for turn, numbers in near.items():
        all_digits = " ".join(numbers)
        for run in lines[turn].runs:
            said = "".join(one.digits for one in run)
            if ECHO <= len(said) <= MOST and said in all_digits:
                yield turn, run


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
