"""All figures of a text, and which of a claim's nobody has said."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from summarizer.figures.amounts import Amount, find_amounts, ones
from summarizer.figures.dates import Dated, find_dates, within
from summarizer.figures.digits import in_digits
from summarizer.figures.languages import language_of, supported
from summarizer.figures.numbers import trimmed, written
from summarizer.figures.references import dictated, find_references
from summarizer.figures.times import NOON, Time, find_times

T = TypeVar("T")
Figure = str | Amount | Dated | Time

_ONE = re.compile(r"\b(?:one|une?|un[oa]|ein(?:e[nmrs]?|s)?|uma?|first|1(?:st|er|º|\.))(?!\w)", re.IGNORECASE)
_CURRENCIES = frozenset("$ € £ ¥ CHF peso real".split())
_TIME_WORD = re.compile(
    r"noon|midi|midday|mittag|midnight|minuit|nacht|medi|meia|mezz|one|un[ae]|uma|eins", re.IGNORECASE
)
_MARK = " | "
_FACTORS = {"day": (1, 7), "month": (1, 12), "minute": (1, 60)}
_END = 100  # characters of a turn; one dictates no more at its end
_TODAY = "day +0"  # nobody is held to it


@dataclass(frozen=True, slots=True)
class Figures:
    """What a text states in figures; the last three only support a claim, and nobody has to support them."""

    numbers: frozenset[str] = frozenset()  #: that are nothing of what follows
    amounts: frozenset[Amount] = frozenset()
    dates: frozenset[Dated] = frozenset()
    times: frozenset[Time] = frozenset()
    references: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()  #: every number, those in amounts, dates and times too
    ones: frozenset[Amount] = frozenset()  #: counted by an article: a week
    dictated: frozenset[str] = frozenset()  #: what digits said one after another may make

    def __iter__(self) -> Iterator[Figure]:
        """What a claim must find said."""
        yield from sorted(self.numbers)
        yield from self.amounts
        yield from (one for one in self.dates if one.said != _TODAY and not one.said.startswith("within"))
        yield from self.times
        yield from (f"#{one}" for one in sorted(self.references))

    @property
    def states_any(self) -> bool:
        """There is something that a claim could be supported by."""
        return any(getattr(self, name) for name in self.__slots__)

    def unsupported(self, claimed: "Figures") -> set[str]:
        """Each figure of the claim that is not said here: `7`, `42 €`, `05-03`, `15:00`, `#AB4471`."""
        return {str(figure) for figure in claimed if not self.support(figure)}

    def support(self, figure: Figure) -> bool:
        """Is this said here, perhaps in other words?"""
        if isinstance(figure, Amount):
            return self._support_amount(figure)
        if isinstance(figure, Dated):
            return any(figure.is_same(said) for said in self.dates)
        if isinstance(figure, Time):
            return self._support_time(figure)
        if figure.startswith("#"):
            return self._support_reference(figure[1:])
        return figure in self.known or figure in self.dictated

    def _support_amount(self, amount: Amount) -> bool:
        """Also by the number without any unit, and by `forty-two fifty`."""
        if amount in self.amounts or amount in self.ones or not self.numbers.isdisjoint(_bare(amount)):
            return True
        if amount.unit in _CURRENCIES:
            return Amount(amount.value, "¤") in self.amounts or f"{amount.value:.2f}".replace(".", "") in self.dictated
        if amount.unit == "minute" and Time(int(amount.value) % (2 * NOON)) in self.times:
            return True
        near = {"¤": _CURRENCIES, "day": {"business-day"}}.get(amount.unit, frozenset())
        return any(Amount(amount.value, unit) in self.amounts for unit in near)

    def _support_time(self, time: Time) -> bool:
        """Also by its hour alone, `between 2 and 4`, and by `seven thirty`."""
        hour, minute = divmod(time.minutes, 60)
        hours = {str(hour), str(hour % 12 or 12)}
        if any(time.is_same(said) for said in self.times) or (minute == 0 and hours & self.numbers):
            return True
        return any(f"{one}{minute:02d}" in self.dictated or f"{one}.{minute:02d}" in self.known for one in hours)

    def _support_reference(self, reference: str) -> bool:
        return bool({reference, reference.lstrip("0")} & (self.references | self.dictated | self.known))


def figures(text: str, *, language: str | None = None, said_on: date | None = None) -> Figures:
    """The figures of one text; `language` where its own words do not tell, `said_on` is the day of the call."""
    found, rest = _read(text, language_of(text, known=language), said_on=said_on)
    return union([found, Figures(dictated=frozenset(dictated(rest)))])


def figures_of_turns(
    texts: Sequence[str], *, language: str | None = None, said_on: date | None = None
) -> tuple[Figures, list[Figures]]:
    """The figures of a conversation, and those of each turn; a number may be dictated over several turns."""
    expected = supported(language) or language_of(" ".join(texts))
    turns: list[Figures] = []
    rests: list[str] = []
    for text in texts:
        spoken = dict.fromkeys([expected, language_of(text, known=expected)])
        readings = [_read(text, one, said_on=said_on) for one in spoken]
        rests.append(readings[-1][1])
        turns.append(union([*(found for found, _ in readings), Figures(dictated=frozenset(dictated(rests[-1])))]))
    return union([*turns, Figures(dictated=frozenset(dictated("\n".join(map(_ends, rests)))))]), turns


def _ends(rest: str) -> str:
    """Where a turn may go on from the turn before, and where the next may go on from it."""
    if len(rest) <= 2 * _END:
        return rest
    return rest[:_END].rpartition(" ")[0] + _MARK + rest[-_END:].partition(" ")[2]


def is_reference(figure: Figure) -> bool:
    """An identifier, and no number that counts something."""
    return isinstance(figure, str) and figure.startswith("#")


def spelled(stated: Figures) -> set[str]:
    """References that hold letters, and those letters: they are no names, though written like some."""
    found = {one for one in stated.references | stated.dictated if not one.isdecimal()}
    return found | {one.rstrip("0123456789") for one in found}


def union(parts: Iterable[Figures]) -> Figures:
    """Everything that is in any of them."""
    parts = list(parts)
    return Figures(*(frozenset().union(*(getattr(part, name) for part in parts)) for name in Figures.__slots__))


def _read(text: str, language: str, *, said_on: date | None) -> tuple[Figures, str]:
    """The figures of the text, and what is left of it in digits without amounts, dates and times."""
    plain = in_digits(text, language)
    dated, rest = _taken(find_dates(plain, language, said_on=said_on), plain)
    counted = Figures(dates=dated, ones=frozenset(ones(plain, language)), known=_first(plain))
    if not any(char.isdigit() for char in plain) and not _TIME_WORD.search(plain):
        return counted, rest
    found, rest = _read_digits(rest, language)
    promised = within(plain, language, said_on=said_on) if said_on else ()
    every = Figures(dates=frozenset(promised), known=frozenset(written(plain, language)))
    return union([counted, found, every]), rest


def _read_digits(rest: str, language: str) -> tuple[Figures, str]:
    """Times, then amounts, then references, then the numbers that are none of these."""
    timed, rest = _taken(find_times(rest), rest)
    counted, rest = _taken(find_amounts(rest, language), rest)
    referred, bare = _taken(find_references(rest), rest)
    numbers = frozenset(written(bare, language))
    known = numbers | _values(counted) | _hours(timed)
    return Figures(numbers=numbers, amounts=counted, times=timed, references=referred, known=known), rest


def _taken(found: Iterable[tuple[T, tuple[int, int]]], text: str) -> tuple[frozenset[T], str]:
    """What was found, and the text with a mark in place of each."""
    values: set[T] = set()
    parts: list[str] = []
    done = 0
    for value, (start, end) in sorted(found, key=lambda one: one[1]):
        values.add(value)
        if start >= done:
            parts += [text[done:start], _MARK]
            done = end
    return frozenset(values), "".join([*parts, text[done:]])


def _first(plain: str) -> frozenset[str]:
    """1 if anything is counted by a word for it: `one` supports 1 and need not be supported."""
    return frozenset({"1"} if _ONE.search(plain) else ())


def _bare(amount: Amount) -> Iterator[str]:
    """The number without its unit, in each unit that it may have been said in: 24 months are 2 years."""
    for factor in _FACTORS.get(amount.unit, (1,)):
        if amount.value % factor == 0 or factor == 1:
            yield trimmed(*f"{amount.value / factor:f}".split("."))


def _values(amounts: Iterable[Amount]) -> frozenset[str]:
    return frozenset(value for one in amounts for value in _bare(one))


def _hours(times: Iterable[Time]) -> frozenset[str]:
    """15:00 also says 3."""
    return frozenset(str(one.minutes // 60 % 12 or 12) for one in times)
