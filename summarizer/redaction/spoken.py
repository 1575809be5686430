"""Digits as people write and say them: `4111`, `double four`, `soixante-dix-huit`, with their places in the text.

English, French, Spanish and German everywhere; Portuguese and Italian where the transcript is said to be so, for
their `um` and `due` are other words elsewhere.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from summarizer.tags import primary

_EN = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
_FR = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
_ES = "cero uno dos tres cuatro cinco seis siete ocho nueve diez - doce trece catorce quince dieciséis diecisiete"
_DE = "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn"
_TENS = (
    "twenty thirty forty fifty sixty seventy eighty ninety",
    "vingt trente quarante cinquante soixante septante huitante nonante",
    "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
)
_SMALL = {word: value for line in (_EN, _FR, _ES, _DE) for value, word in enumerate(line.split()) if word != "-"} | {
    "eighteen": 18, "nineteen": 19, "dieciocho": 18, "diecinueve": 19, "achtzehn": 18, "neunzehn": 19,
    "une": 1, "ein": 1, "zwo": 2, "zero": 0,
}  # fmt: skip
_TEN = {word: 10 * value for line in _TENS for value, word in enumerate(line.split(), start=2)}
_JOINED = {f"{unit}und{ten}": _SMALL[unit] + _TEN[ten] for unit in _DE.split()[1:10] for ten in _TENS[3].split()} | {
    f"einund{ten}": 1 + _TEN[ten] for ten in _TENS[3].split()
}
_GERMAN = (
    {word: _SMALL[word] for word in _DE.split()[1:]}
    | {"ein": 1, "achtzehn": 18, "neunzehn": 19}
    | {word: _TEN[word] for word in _TENS[3].split()}
    | _JOINED
)
_GERMAN_HUNDREDS = {  # also years, such as neunzehnhundertachtundsechzig and zweitausendvier
    f"{many}{scale}{rest}": value * of + more
    for scale, of, most in (("hundert", 100, 19), ("tausend", 1000, 9))
    for many, value in _GERMAN.items() if value <= most
    for rest, more in ({"": 0} | _GERMAN).items()
}  # fmt: skip
_VALUES = _SMALL | _TEN | _JOINED | _GERMAN_HUNDREDS
_PT = (
    "zero um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis dezessete dezoito"
)
_IT = "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici"
_PT_TEN = "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa"
_IT_TEN = "venti trenta quaranta cinquanta sessanta settanta ottanta novanta"
_ITALIAN_TEN = {word: 10 * value for value, word in enumerate(_IT_TEN.split(), start=2)}
_OF_LANGUAGE = {
    "pt": {word: value for value, word in enumerate(_PT.split())}
    | {"uma": 1, "duas": 2, "meia": 6, "catorze": 14, "dezasseis": 16, "dezassete": 17, "dezanove": 19, "dezenove": 19}
    | {word: 10 * value for value, word in enumerate(_PT_TEN.split(), start=2)},
    "it": {word: value for value, word in enumerate(_IT.split())}
    | {"una": 1, "diciassette": 17, "diciotto": 18, "diciannove": 19}
    | _ITALIAN_TEN
    | {
        (ten[:-1] if unit in ("uno", "otto") else ten) + ("tré" if unit == "tre" else unit): value + more
        for ten, value in _ITALIAN_TEN.items()
        for more, unit in enumerate(_IT.split()[1:10], start=1)
    },
}
_FRENCH_TENS = {"soixante", "quatre-vingt"}  # 70 to 79 and 90 to 99 count on from these
_HUNDRED = {"hundred", "cent", "cents"}
_HUNDREDS = {"cent": 100, "ciento": 100} | {
    f"{many}{end}": 100 * value
    for many, value in {
        "dosc": 2, "tresc": 3, "cuatroc": 4, "seisc": 6, "setec": 7, "ochoc": 8, "novec": 9,
    }.items() for end in ("ientos", "ientas")
} | {"quinientos": 500, "quinientas": 500}  # fmt: skip
_THOUSAND = {"thousand", "mille", "mil", "tausend"}
_A_THOUSAND = {"mille", "mil"}  # without a number before
_AND = {"and", "et", "y", "e"}
_REPEATED = {"double": 2, "triple": 3, "doble": 2, "doppel": 2, "dreifach": 3}
_OH = {"o", "oh"}
_PRONOUNS = {"one", "un", "une", "uno", "una", "um", "uma", "ein", "eins"}  # alone they count nothing
# What people say between two groups that they dictate.
FILLERS = (
    "uh um uhm er erm hmm euh hum eh äh ähm and then et puis ensuite y luego und dann depois poi dash hyphen tiret "
    "guion bindestrich space espace slash".split()
)
_WORD = re.compile(r"(?<![A-Z]_)\d+|[^\W\d_]+")  # not the 2 of [PHONE_2]
_ADJACENT = re.compile(r"[\s\-‐‑–'’]{1,2}")
_PURE = re.compile(r"[\s.\-/_:·•*|‐-―()\u200b-\u200f\u2060\ufeff]{0,4}")
_LOOSE = re.compile(rf"(?:[\s.,;:/_·•*|…‐-―()\u200b-\u200f\u2060\ufeff\-]|\b(?:{'|'.join(FILLERS)})\b){{0,24}}", re.I)


@dataclass(frozen=True, slots=True)
class Digits:
    """One group of digits as written or said, and its characters `start` to `end` (exclusive)."""

    digits: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Plain:
    """A text with every spoken number in digits; `starts` and `ends` lead each character back to the original."""

    text: str
    starts: list[int] | range
    ends: list[int] | range

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the original text that these came from."""
        return self.starts[start], self.ends[end - 1]


def groups(text: str, language: str | None = None) -> list[Digits]:
    """Every group of digits in their order; `one` alone is a pronoun and no number."""
    words, places = _words(text)
    values = _values(language)
    found: list[Digits] = []
    at = 0
    while at < len(words):
        digits, length = _number(words, at, values)
        if length:
            found.append(Digits(digits, places[at][0], places[at + length - 1][1]))
        at += max(length, 1)
    return [one for index, one in enumerate(found) if not _is_pronoun(text, found, index)]


def is_pure(gap: str) -> bool:
    """Only such marks as stand inside one number."""
    return _PURE.fullmatch(gap) is not None


def is_pause(gap: str) -> bool:
    """Only marks and the words with which one goes on dictating."""
    return len(gap) <= 40 and _LOOSE.fullmatch(gap) is not None


def plain(text: str, found: list[Digits]) -> Plain:
    """The text with these groups in digits, and a space for what was said between two of them."""
    if not found:
        return Plain(text, range(len(text)), range(1, len(text) + 1))
    parts: list[tuple[str, int, int]] = []  # what stands there now, and the characters it came from
    done = 0
    for one in found:
        gap = text[done : one.start]
        if parts and not is_pure(gap) and is_pause(gap) and ("," not in gap or text[one.start].isalpha()):
            parts.append((" ", done, one.start))
        else:
            parts += [(char, done + index, done + index + 1) for index, char in enumerate(gap)]
        parts += [(digit, one.start, one.end) for digit in one.digits]
        done = one.end
    parts += [(char, index, index + 1) for index, char in enumerate(text[done:], start=done)]
    return Plain("".join(part[0] for part in parts), [part[1] for part in parts], [part[2] for part in parts])


def _words(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    """Words in small letters and their places; an empty word stands where two are not next to each other."""
    words: list[str] = []
    places: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        if places and not _ADJACENT.fullmatch(text, places[-1][1], match.start()):
            words.append("")
            places.append((match.start(), match.start()))
        words.append(match[0].casefold())
        places.append(match.span())
    return words, places


@cache
def _values(language: str | None) -> dict[str, int]:
    return _VALUES | _OF_LANGUAGE.get(primary(language), {})


def _number(words: list[str], at: int, values: dict[str, int]) -> tuple[str, int]:
    """The digits that begin at this word, and how many words they take; 0 when it is no number."""
    word = words[at]
    if word.isdecimal():
        return "".join(str(unicodedata.decimal(char)) for char in word), 1
    after = words[at + 1] if at + 1 < len(words) else ""
    if word in _REPEATED and len(digit := _digit(after, values)) == 1:
        return digit * _REPEATED[word], 2
    if word in _OH:
        is_dictated = _digit(after, values) or after in _OH or (at and _digit(words[at - 1], values))
        return ("0", 1) if is_dictated else ("", 0)
    if word not in values and word not in _HUNDREDS and word not in _A_THOUSAND:
        return "", 0
    value, length = _below_million([*words[at : at + 12], *[""] * 6], values)
    return (str(value), length) if length else ("", 0)


def _below_million(near: list[str], values: dict[str, int]) -> tuple[int, int]:
    """The value of these first words and how many they are: `quarante-quatre mille`, `mille neuf cent douze`."""
    value, length = _below_thousand(near, values)
    if not length and near[0] in _A_THOUSAND:
        rest, more = _below_thousand(near[1:], values)
        return (1000 + rest, 1 + more) if more else (0, 0)
    if 0 < value < 1000 and near[length] in _THOUSAND:
        rest, more = _below_thousand(near[length + 1 :], values)
        return value * 1000 + rest, length + 1 + more
    return value, length


def _below_thousand(near: list[str], values: dict[str, int]) -> tuple[int, int]:
    hundreds = _HUNDREDS.get(near[0], 0)
    if hundreds:
        rest, more = _below_hundred(near[1:], values)
        return (hundreds + rest, 1 + more) if more or near[0] != "cent" else (0, 0)
    value, length = _below_hundred(near, values)
    if 0 < value < 10 and near[length] in _HUNDRED:
        rest, more = _below_hundred(near[length + 1 :], values)
        return 100 * value + rest, length + 1 + more
    return value, length


def _below_hundred(near: list[str], values: dict[str, int]) -> tuple[int, int]:
    """`forty-two`, `vingt et un`, `quatre-vingt-dix-sept`."""
    word = near[0]
    if word == "quatre" and near[1] in ("vingt", "vingts"):
        word, value, length = "quatre-vingt", 80, 2
    elif word in values:
        value, length = values[word], 1
    else:
        return 0, 0
    if value < 20 or value % 10:
        return _teen(near, value)
    skipped = length + (near[length] in _AND)
    most = 20 if word in _FRENCH_TENS else 10
    unit, more = _teen(near[skipped:], values.get(near[skipped], 0))
    return (value + unit, skipped + more) if 0 < unit < most else (value, length)


def _teen(near: list[str], value: int) -> tuple[int, int]:
    """French says 17 to 19 in two words."""
    if near[0] == "dix" and near[1] in ("sept", "huit", "neuf"):
        return 10 + _SMALL[near[1]], 2
    return value, 1


def _digit(word: str, values: dict[str, int]) -> str:
    value = values.get(word)
    return word if word.isdecimal() else "0" if word in _OH else "" if value is None else str(value)


def _is_pronoun(text: str, found: list[Digits], index: int) -> bool:
    one = found[index]
    if text[one.start : one.end].casefold() not in _PRONOUNS:
        return False
    return not any(is_pause(gap) and gap.strip(" ") != "." for gap in _gaps(text, found, index))


def _gaps(text: str, found: list[Digits], index: int) -> Iterator[str]:
    """What stands between a group and its neighbours."""
    if index > 0:
        yield text[found[index - 1].end : found[index].start]
    if index + 1 < len(found):
        yield text[found[index].end : found[index + 1].start]
