"""Dates: named (May 3rd), counted (tomorrow, in three days) or spanned (next week), and the day each one means.

A weekday is the next such day on or after the day of the call, a day without its year the nearest that is not over, and
of a week or a month it is the last day: what is promised for next week is due by its Sunday.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from summarizer.figures import calendar_words as words
from summarizer.figures.amounts import find_amounts
from summarizer.figures.digits import in_digits
from summarizer.figures.languages import language_of

_ORDINAL = r"(?:st|nd|rd|th|er|re|\.|º|ª|°)?"
_HOURS_A_DAY = 24
_YEARS = range(1900, 2900)  # a call of another year has a wrong clock, and its dates no day
_Found = tuple["Dated", tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Dated:
    """What is said of a date, the same in every language, and the last day it means if the day of the call is known.

    `said` reads `2026-05-03`, `05-03`, `weekday 4` (Monday is 0), `day +1`, `end of month`, `next week`.
    """

    said: str
    day: date | None = None

    def is_same(self, other: "Dated") -> bool:
        """The same words, the same day of the year, or another name of the same day."""
        if self.said == other.said or (self.names_a_day and self.day == other.day):
            return True
        if self.month_day and self.month_day == other.month_day:
            return len(self.said) != len(other.said)
        return self.is_weekday and other.weekday == self.weekday

    @property
    def names_a_day(self) -> bool:
        """One day whoever reads it: unlike `tomorrow`, which is another by then, and `next week`, which is seven."""
        return self.day is not None and not self.said.startswith(("day", "next"))

    @property
    def is_weekday(self) -> bool:
        """Named by its weekday alone."""
        return self.said.startswith("weekday ")

    @property
    def weekday(self) -> int | None:
        """Monday is 0; None if neither said nor known."""
        return int(self.said[-1]) if self.is_weekday else self.day.weekday() if self.day else None

    @property
    def month_day(self) -> str | None:
        """Month and day of the month if they are named: 05-03."""
        return self.said[-5:] if self.said[:1].isdigit() else None

    def __str__(self) -> str:
        return self.said


def dates(text: str, *, language: str | None = None, said_on: date | None = None) -> list[Dated]:
    """Every date in the order of the text; `said_on` is the day of the call, where the callers are."""
    language = language_of(text, known=language)
    found = sorted(find_dates(in_digits(text, language), language, said_on=said_on), key=lambda one: one[1])
    return [dated for dated, _ in found]


def due(text: str, *, language: str | None = None, said_on: date) -> date | None:
    """The last day by which something is promised, None if no day to come is named."""
    language = language_of(text, known=language)
    plain = in_digits(text, language)
    named = [dated for dated, _ in find_dates(plain, language, said_on=said_on)]
    days = [one.day for one in [*named, *within(plain, language, said_on=said_on)] if one.day is not None]
    return max((day for day in days if day >= said_on), default=None)


def find_dates(plain: str, language: str, *, said_on: date | None) -> Iterator[_Found]:
    """The dates of a text that is in digits, and the characters of each; no two overlap."""
    said_on = said_on if said_on and said_on.year in _YEARS else None
    taken: set[int] = set()
    for finder in (_iso, _named, _numeric, _month_ends, _spans, _weekdays, _counted):
        for dated, (start, end) in finder(plain, language, said_on):
            if taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                yield dated, (start, end)


def _iso(plain: str, _: str, said_on: date | None) -> Iterator[_Found]:
    for match in re.finditer(r"(?<![\w-])(\d{4})-(\d\d)-(\d\d)(?![\w-])", plain):
        year, month, day = map(int, match.groups())
        yield from _dated(year, month, day, said_on=said_on, span=match.span())


def _named(plain: str, language: str, said_on: date | None) -> Iterator[_Found]:
    for match in _month_day(language).finditer(plain):
        month = _month(match["month"] or match["first"], language)
        year = int(match["year"] or match["last"] or 0) or None
        first, last = match["from"] or match["then"], match["day"] or match["to"]
        middle = match.end("from" if match["from"] else "then") if first and last else match.end()
        if first:
            yield from _dated(year, month, int(first), said_on=said_on, span=(match.start(), middle))
        if last:
            start = middle if first else match.start()
            yield from _dated(year, month, int(last), said_on=said_on, span=(start, match.end()))


def _numeric(plain: str, language: str, said_on: date | None) -> Iterator[_Found]:
    """5/3/2026 and 05/03, where English puts the month first; 3.5. and 03.05.2026."""
    for match in _NUMERIC.finditer(plain):
        first, second, year = int(match[1]), int(match[3]), int(match[4] or 0)
        is_dotted = match[2] == "."
        is_german = is_dotted and match["mark"] and language == "de"
        if not (year or is_german or (match[2] == "/" and len(match[1]) + len(match[3]) == 4)):
            continue
        day, month = (second, first) if language == "en" and not is_dotted else (first, second)
        day, month = (month, day) if month > 12 else (day, month)
        year += 2000 if 0 < year < 100 else 0
        yield from _dated(year or None, month, day, said_on=said_on, span=match.span())


_NUMERIC = re.compile(
    r"(?<![\w.,/-])(\d{1,2})([./-])(\d{1,2})"
    r"(?:\2(\d{4}|\d\d)(?!\w)|(?P<mark>\.)(?=[ ,]|$)|(?!\w|[.,/-]\d))"
)


def _month_ends(plain: str, language: str, said_on: date | None) -> Iterator[_Found]:
    for match in _end_of_month(language).finditer(plain):
        month = _month(match["month"], language)
        day = _nearest(month, 1, said_on) if said_on else None
        if day and said_on and month == said_on.month:
            day = said_on
        yield Dated(f"end of month {month}", _last_of_month(day) if day else None), match.span()


def _spans(plain: str, language: str, said_on: date | None) -> Iterator[_Found]:
    for name, is_next, expression in _span_expressions(language):
        for match in expression.finditer(plain):
            day = _last_of(name, said_on, is_next=is_next) if said_on else None
            yield Dated(f"{'next' if is_next else 'end of'} {name}", day), match.span()


def _weekdays(plain: str, language: str, said_on: date | None) -> Iterator[_Found]:
    for match in _weekday(language).finditer(plain):
        weekday = _weekday_of(match["day"], language)
        day = None
        if said_on:
            day = said_on + timedelta(days=(weekday - said_on.weekday()) % 7)
            if match["over"] or match["past"]:
                day -= timedelta(days=7)
            elif (match["next"] or match["then"]) and day == said_on:
                day += timedelta(days=7)
        yield Dated(f"weekday {weekday}", day), match.span("day")


def _counted(plain: str, language: str, said_on: date | None) -> Iterator[_Found]:
    for days, expression in _days_from_today(language):
        for match in expression.finditer(plain):
            yield Dated(f"day {days:+d}", said_on + timedelta(days=days) if said_on else None), match.span()


def within(plain: str, language: str, *, said_on: date) -> Iterator[Dated]:
    """What is to be within so long: in three days, within 5 business days, two weeks from now."""
    if said_on.year not in _YEARS:
        return
    for amount, (start, end) in find_amounts(plain, language):
        before, after = plain[max(0, start - 30) : start], plain[end : end + 15]
        if _promising(language).search(before) or _FROM_NOW.match(after):
            day = _later(said_on, float(amount.value), unit=amount.unit)
            if day is not None:
                yield Dated(f"within {amount}", day)


def _later(day: date, count: float, *, unit: str) -> date | None:
    if count > 1_000_000:
        return None
    if unit == "business-day":
        return _business_days_later(day, min(int(count), 1_000))
    if unit == "month":
        month = day.year * 12 + day.month - 1 + min(int(count), 1_200)
        year, month = month // 12, month % 12 + 1
        return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    per_day = {"day": 1, "minute": 60 * _HOURS_A_DAY}.get(unit)
    return day + timedelta(days=-int(-count // per_day)) if per_day else None


def _business_days_later(day: date, count: int) -> date:
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _dated(year: int | None, month: int, day: int, *, said_on: date | None, span: tuple[int, int]) -> Iterator[_Found]:
    """This date, if the calendar has it."""
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year or 2000, month)[1]:
        return
    if year:
        yield Dated(f"{year}-{month:02d}-{day:02d}", date(year, month, day)), span
    else:
        yield Dated(f"{month:02d}-{day:02d}", _nearest(month, day, said_on) if said_on else None), span


def _nearest(month: int, day: int, said_on: date) -> date:
    """The first such day that is not over; 29 February waits for its year."""
    return next(
        date(year, month, day)
        for year in range(said_on.year, said_on.year + 9)
        if day <= calendar.monthrange(year, month)[1] and date(year, month, day) >= said_on
    )


def _last_of(span: str, day: date, *, is_next: bool) -> date:
    """The last day of this or of the next week, month or year; the end of a week is its Friday to whom works in one."""
    if span == "week":
        return day + timedelta(days=6 - day.weekday() + 7 if is_next else max(4 - day.weekday(), 0))
    if span == "year":
        return date(day.year + is_next, 12, 31)
    last = _last_of_month(day)
    return _last_of_month(last + timedelta(days=1)) if is_next else last


def _last_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


@cache
def _months(language: str) -> dict[str, int]:
    full, short = words.MONTHS[language].split(), words.SHORT_MONTHS[language].split()
    return {word: month for names in (short, full) for month, word in enumerate(names, start=1) if word != "-"}


def _month(word: str, language: str) -> int:
    return _months(language)[word.casefold()]


@cache
def _month_day(language: str) -> re.Pattern[str]:
    """3 May, 3 to 7 May, May 3, May 3 to 7, each with or without the year."""
    months = "|".join(sorted(_months(language), key=len, reverse=True))
    day, year = r"(?P<{}>[0-3]?\d)(?!\d)", r"(?:,?\s(?:de |del |of )?(?P<{}>(?:19|20)\d\d)\b)?"
    to = rf"{_ORDINAL}\s?(?:-|–|to|through|until|till|au|al?|bis)\s?(?:the )?"
    and_or_to = rf"{_ORDINAL}\s?(?:-|–|to|and|au|et|al?|y|bis|und|e)\s?(?:the |le |el )?"
    return re.compile(
        rf"(?<![\w.,:/])(?:{day.format('from')}{and_or_to})?{day.format('day')}{_ORDINAL}\s(?:of |de |di )?"
        rf"(?P<month>{months})\b\.?{year.format('year')}"
        rf"|\b(?P<first>{months})\.?\s(?:the )?{day.format('then')}(?!:|[.,]\d){_ORDINAL}(?!\w)"
        rf"(?:{to}{day.format('to')}(?![:.,]?\d|\s?(?:am|pm|a\.m|p\.m)){_ORDINAL}(?!\w))?{year.format('last')}",
        re.IGNORECASE,
    )


@cache
def _end_of_month(language: str) -> re.Pattern[str]:
    return re.compile(
        rf"\b(?:{words.THIS[language]})\s?(?P<month>{words.MONTHS[language].replace(' ', '|')})\b", re.IGNORECASE
    )


@cache
def _span_expressions(language: str) -> list[tuple[str, bool, re.Pattern[str]]]:
    """Name of the span, whether it is the next one, and what says so."""
    this, following = words.THIS[language], words.NEXT[language]
    expressions: list[tuple[str, bool, re.Pattern[str]]] = []
    for name, span in words.SPANS[language].items():
        later = rf"\b(?:{following})\s(?:{span})\b|\b(?:{span})\s(?:{following})\b"
        expressions.append((name, True, re.compile(later, re.IGNORECASE)))
        expressions.append((name, False, re.compile(rf"\b(?:{this})\s?(?:{span})\b", re.IGNORECASE)))
    return expressions


@cache
def _promising(language: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words.WITHIN[language]})\s(?:\S{{1,12}}\s)?$", re.IGNORECASE)


_FROM_NOW = re.compile(rf"\s{words.FROM_NOW}\b", re.IGNORECASE)


@cache
def _weekday(language: str) -> re.Pattern[str]:
    days, last, following = words.WEEKDAYS[language].replace(" ", "|"), words.LAST[language], words.NEXT[language]
    return re.compile(
        rf"(?:\b(?:(?P<over>{last})|(?P<next>{following}))\s)?\b(?P<day>{days})s?\b"
        rf"(?:\s(?:(?P<past>{last})|(?P<then>{following}))\b)?",
        re.IGNORECASE,
    )


@cache
def _weekday_names(language: str) -> dict[str, int]:
    return {name: index for index, day in enumerate(words.WEEKDAYS[language].split()) for name in day.split("|")}


def _weekday_of(word: str, language: str) -> int:
    return _weekday_names(language)[word.casefold()]


@cache
def _days_from_today(language: str) -> list[tuple[int, re.Pattern[str]]]:
    return [
        (days, re.compile(rf"\b(?:{expression})\b", re.IGNORECASE))
        for expression, days in words.DAYS_FROM_TODAY[language].items()
    ]
