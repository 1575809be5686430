"""What a text holds that may be copied: its words, whole and by their beginnings.

A fact is one word without spaces: `42.50`, `A-4471`, `jane@example.com`, `[PHONE]`. It may be copied as it is written
or in another form of the same value: `2,000` for `2000` or for `two thousand`, `5` for `5th`, `pm` for `p.m.`.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise

from summarizer.figures.numbers import numbers
from summarizer.words import stem

_CJK = "぀-ヿ㐀-䶿一-鿿가-힣"  # written without spaces, so that a number's neighbours are other words
_RUN = rf"[^\W_{_CJK}]+"
TOKEN = re.compile(rf"\[[A-Z][A-Z_\d]*\]?|{_RUN}(?:[.,:/@_'&+-]+{_RUN})*")
_PART = re.compile(rf"({_RUN})([.,:/@_'&+-]*)")
_ONE_MARK = str.maketrans("’‘‐‑‒–", "''----")

SIGNS = {"$": r"dollars?|bucks?", "€": r"euros?", "£": r"pounds?|quid|livres?", "%": r"per ?cent|pour ?cent|percentage"}
_DIGITS = re.compile(r"\d+")  # numbers written in digits are facts as they stand: A-4471 is no 4471
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_ZEROS = re.compile(r"[.:]0+$")
NUMBER = re.compile(r"(\d+(?:[.,:]\d+)*)([^\W\d_]*)")

_FROM_ZERO = (
    "zero - two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty",
    "zéro - deux trois quatre cinq six sept huit - dix onze douze treize quatorze quinze seize",  # neuf is also `new`
    "- first second third fourth fifth sixth seventh eighth ninth tenth",
)
_TENS = (
    "- - twenty thirty forty fifty sixty seventy eighty ninety hundred",
    "- - vingt trente quarante cinquante soixante",
)


def plain(text: str) -> str:
    """Characters of one meaning made one: full-width digits, curly apostrophes, dashes."""
    return unicodedata.normalize("NFKC", text).translate(_ONE_MARK)


def key(word: str) -> str:
    """One for all that differ only in case; accents stand apart, so that the beginning of a word begins its key."""
    return unicodedata.normalize("NFKD", word).casefold()


WORTH: dict[str, str] = {
    key(word): str(step * value)
    for step, lists in ((1, _FROM_ZERO), (10, _TENS))
    for words in lists
    for value, word in enumerate(words.split())
    if word != "-"
} | {"thousand": "1000", "million": "1000000"}


class Words:
    """A set of words that also knows what its words begin with."""

    def __init__(self, words: Iterable[str]) -> None:
        self._whole = frozenset(words)
        self._ordered = sorted(self._whole)

    def has(self, word: str, *, is_whole: bool = True) -> bool:
        """Whether it is one of them or, unfinished, begins one."""
        if is_whole or word in self._whole:
            return word in self._whole
        place = bisect_left(self._ordered, word)
        return place < len(self._ordered) and self._ordered[place].startswith(word)


class Lexicon:
    """The words of one source."""

    def __init__(self, source: str) -> None:
        text = plain(source)
        tokens = set(TOKEN.findall(text))
        said = {key(part) for token in tokens for part in parts(token)}
        values = numbers(_DIGITS.sub("-", text)) | {WORTH[word] for word in said & WORTH.keys() if not numbers(word)}
        facts = {form for token in tokens for form in _forms(token)}
        facts |= {form for value in values for form in _number_forms(value)}
        self.facts = Words(facts)
        self.stems = frozenset(stem(word) for word in said)
        self.number_words = Words(word for word, value in WORTH.items() if word in said or value in facts)
        self.signs = frozenset(
            sign for sign, names in SIGNS.items() if sign in text or re.search(rf"\b(?:{names})\b", text, re.IGNORECASE)
        )


def parts(token: str) -> list[str]:
    """A token at its loose joints: `Anna-Maria` and `2-day` come apart; `A-4471`, `42.50` and `x@y.com` do not."""
    if token.startswith("["):
        return [token]
    pieces = _PART.findall(token)
    cut = [[pieces[0][0]]]
    for (left, joint), (right, _) in pairwise(pieces):
        if _is_loose(left, joint, right):
            cut.append([right])
        else:
            cut[-1] += [joint, right]
    return list(map("".join, cut))


def has_digit(word: str) -> bool:
    """In any script."""
    return any(char.isdigit() for char in word)


def _is_loose(left: str, joint: str, right: str) -> bool:
    if joint == ".":  # p.m.; what is longer is an address
        return len(left) == len(right) == 1 and (left + right).isalpha()
    if joint not in ("-", "'", "/", "&", ",", ":", "+"):
        return False
    if not has_digit(left + right):
        return True
    others = [part for part in (left, right) if not has_digit(part)]
    return joint in "-'/" and len(others) == 1 and others[0].islower()


def _forms(token: str) -> Iterator[str]:
    """The token and each of its parts, as they are and as what they are worth."""
    yield key(token)
    if all(len(part) == 1 for part in token.split(".")):
        yield key(token.replace(".", ""))
    for part in parts(token):
        yield key(part)
        number = NUMBER.fullmatch(part)
        yield from _number_forms(number[1]) if number else ()


def _number_forms(number: str) -> Iterator[str]:
    """The ways to write one value in digits."""
    bare = _ZEROS.sub("", number.replace(",", "") if _GROUPED.fullmatch(number) else number)
    yield from (number, bare)
    if bare.isdecimal() and 4 <= len(bare) <= 9 and not bare.startswith("0"):
        yield f"{int(bare):,}"
