"""Where the references, amounts, dates and numbers of a turn stand, in digits or in words; masks are never values."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache, cached_property

from summarizer.figures import calendar_words
from summarizer.figures.amounts import find_amounts
from summarizer.figures.dates import find_dates
from summarizer.figures.numbers import number
from summarizer.redaction.masks import MASK

Place = tuple[int, int]  # characters, the second exclusive

MOST_WORDS = 9  # of one number, besides its first

_SPANS_OF_TIME = frozenset(("day", "business-day", "month", "minute"))
_DIGITS = {
    "en": "zero oh one two three four five six seven eight nine double triple",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf double triple",
}
_MORE = {
    "en": """ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty
    sixty seventy eighty ninety hundred thousand million""",
    "fr": """dix onze douze treize quatorze quinze seize vingts? trente quarante cinquante soixante septante huitante
    nonante cents? mille millions?""",
}
_ORDINALS = {
    "en": """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth \\w{3,6}teenth twentieth
    thirtieth""",
    "fr": "premier",
}
_AND = {"en": "and", "fr": "et"}
_MONEY = "dollars?|bucks|euros?|pounds?|quid|cents?|pence|centimes?|percent|per cent|pour cent"
_REFERENCE = re.compile(
    r"(?<![\w.,:/@-])(?=[A-Za-z/-]*\d)[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)*(?![\w]|[.,:]\d|['’]\w|\s?[%€$£])"
)
_NO_REFERENCE = re.compile(
    r"\d{1,2}(?:[-/]\d{1,2})?|\d+(?:st|nd|rd|th|er|re|e|ème|am|pm|h|k|x|s|ms|gb|mb|kb|tb|g|kg|km|cm|mm|m|ml|l|min|hrs?|mbps)|[A-Za-z]\d"
    r"|\d{1,2}h\d\d|24/7",
    re.IGNORECASE,
)


class Values:
    """The values of one turn by their kinds, each in the order of the text; no two of a kind overlap."""

    def __init__(self, text: str, language: str) -> None:
        self._text = text
        self._language = language
        self._masks = [match.span() for match in MASK.finditer(text)]
        self._counts = _counting(language).search(text) is not None

    def of(self, kind: str) -> list[Place]:
        """Of a reference, an amount, a date or a number."""
        found: list[Place] = getattr(self, f"{kind}s")
        return found

    @cached_property
    def references(self) -> list[Place]:
        """Order, case and account numbers."""
        if not self._counts:
            return []
        written = (match.span() for match in _REFERENCE.finditer(self._text) if not _NO_REFERENCE.fullmatch(match[0]))
        return self._others([*_dictated(self._text, self._language), *written])

    @cached_property
    def amounts(self) -> list[Place]:
        """Money and shares of a hundred."""
        return self._unmasked(_amounts(self._text, self._language)) if self._counts else []

    @cached_property
    def dates(self) -> list[Place]:
        """Days, named or counted from today."""
        return self._unmasked(_dates(self._text, self._language))

    @cached_property
    def numbers(self) -> list[Place]:
        """What counts or measures."""
        if not self._counts:
            return []
        written = (match.span() for match in _number(self._language).finditer(self._text))
        said = (match.span() for match in _in_words(self._language).finditer(self._text))
        return self._others([*written, *(span for span in said if not _ONE.fullmatch(self._text, *span))])

    def _others(self, found: Iterable[Place]) -> list[Place]:
        """Those that are part of no date, amount or mask."""
        return list(_free(self._unmasked(found), _apart([*self.dates, *self.amounts])))

    def _unmasked(self, found: Iterable[Place]) -> list[Place]:
        return list(_free(_apart(found), self._masks))


def _amounts(text: str, language: str) -> Iterator[Place]:
    for amount, span in find_amounts(text, language):
        if amount.unit not in _SPANS_OF_TIME:
            yield span
    yield from (match.span() for match in _money_in_words(language).finditer(text))


def _dates(text: str, language: str) -> Iterator[Place]:
    for _, (start, end) in find_dates(text, language, said_on=None):
        yield start, start + len(text[start:end].rstrip(" .,"))
    yield from (match.span() for match in _date_in_words(language).finditer(text))


_ONE = re.compile(r"oh|one|une?|second", re.IGNORECASE)  # words of other meanings more often than numbers


def _dictated(text: str, language: str) -> Iterator[Place]:
    """Digits and letters one after another: four four seven A, 55 18 2."""
    for match in _run(language).finditer(text):
        pieces = re.split(r"[ ,-]+", match[0])
        if len(pieces) >= 3 and sum(len(one) > 1 or one.isdigit() for one in pieces) >= 2:
            yield match.span()


@cache
def _counting(language: str) -> re.Pattern[str]:
    """Any digit, or any word of a number."""
    return re.compile(rf"\d|\b(?:{_choice(_DIGITS, language)}|{_choice(_MORE, language)})\b", re.IGNORECASE)


@cache
def _number(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!@)(?:{number(language)})(?!\w|-\w)")


@cache
def _run(language: str) -> re.Pattern[str]:
    digits = _choice(_DIGITS, language)
    letter = r"(?:[A-HJ-Z]|I(?! [a-z'’]))(?: (?:as in|for|like|comme) [^\W\d_]+)?"
    piece = rf"(?:(?i:{digits})|\d{{1,4}}|{letter})(?!\w)"
    return re.compile(rf"(?<![\w'’-]){piece}(?:(?:,? | ?- ?){piece})+(?![.,:]\d)")


@cache
def _in_words(language: str) -> re.Pattern[str]:
    """A number in words: thirty-five, two hundred and four."""
    one = rf"(?:{_choice(_DIGITS, language)}|{_choice(_MORE, language)})"
    return re.compile(
        rf"\b{one}(?:[ -](?:{_AND.get(language, 'and')}[ -])?{one}\b){{0,{MOST_WORDS}}}(?!\w)", re.IGNORECASE
    )


@cache
def _money_in_words(language: str) -> re.Pattern[str]:
    said = _in_words(language).pattern
    more = rf"(?: (?:and |et )?{said}(?: (?:cents?|centimes?)\b)?)?"
    return re.compile(rf"{said} (?:d['’])?(?:{_MONEY})\b{more}", re.IGNORECASE)


@cache
def _date_in_words(language: str) -> re.Pattern[str]:
    """March third, the twenty-first of May, le deux mars."""
    months = calendar_words.MONTHS.get(language, calendar_words.MONTHS["en"]).replace(" ", "|")
    one = rf"(?:{_choice(_DIGITS, language)}|{_choice(_MORE, language)}|{_choice(_ORDINALS, language)})"
    day = rf"\b{one}(?:[ -](?:et )?{one}\b)?"
    return re.compile(rf"{day} (?:of )?(?:{months})\b|\b(?:{months}) (?:the )?{day}", re.IGNORECASE)


def _choice(table: dict[str, str], language: str) -> str:
    return "|".join(table.get(language, table["en"]).split())


def _apart(found: Iterable[Place]) -> list[Place]:
    """In order, the longer of two that begin together, without those that overlap one before."""
    kept: list[Place] = []
    for start, end in sorted(set(found), key=lambda one: (one[0], -one[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _free(found: list[Place], taken: list[Place]) -> Iterator[Place]:
    """Those that touch nothing of the second, which is in order."""
    ends = [end for _, end in taken]
    for start, end in found:
        following = bisect_left(ends, start + 1)
        if following == len(taken) or end <= taken[following][0]:
            yield start, end
