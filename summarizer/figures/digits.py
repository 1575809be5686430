"""A text with its spoken numbers in digits: `quarante-deux euros cinquante` becomes `42 euros 50`.

The words are read by text2num (Allo-Media, MIT). It takes time that grows with the square of how many numbers a text
holds, so it gets short pieces, and only where a number word stands. A lone `one` stays a word: it is a pronoun.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from text_to_num import alpha2digit

PIECE = 400  # words given to text2num at once: 60,000 of them take a tenth of a second
SMALLEST_ALONE = 2.0  # what text2num leaves as a word when it stands alone

#: Any number holds one of these; a text without is left as it is.
_STEMS = {
    "en": "zero two three four five six seven eight nine ten eleven twelve thir fif twen for hundred thousand lion "
    "second nin",
    "fr": "zéro deux trois quatre cinq six sept huit neuf neuv dix onz douz treiz quatorz quinz seiz vingt trent "
    "quarant cinquant soixant septant octant huitant nonant cent mille milli",
    "es": "cero dos tres cuatro cinco seis siete ocho nueve diez dieci once doce trece catorce quince veint treinta "
    "cuarenta cincuenta sesenta setenta ochenta noventa cien mil tercer cuart quint sext séptim octav noven décim",
    "de": "null zwei zwo drei dritt vier fünf sech sieb acht neun zehn elf zwölf zwanzig ßig zig hundert tausend lion",
    "pt": "zero dois duas três tres quatro cinco seis sete oito nove dez onze doze treze catorze quatorze quinze vinte "
    "trinta quarenta cinquenta sessenta setenta oitenta noventa cem cent mil terceir quart quint sext",
    "it": "zero due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
    "dici venti trenta quaranta cinquanta sessanta settanta ottanta novanta cent mil terz quart quint sest",
}
_FIRST = {
    "en": (r"first", "1st"),
    "fr": (r"premi(?:er|ère)s?", "1er"),
    "es": (r"primer[oa]?", "1º"),
    "de": (r"erste[nrsm]?", "1."),
    "pt": (r"primeir[oa]", "1º"),
    "it": (r"prim[oa]", "1º"),
}
_MILLIONS = "million millions millionen mio millón millon millones milhão milhões milione milioni".split()
_BILLIONS = "billion billions bn milliard milliards milliarde milliarden miliardi".split()
_SCALES = {
    "hundred": 100,
    **dict.fromkeys("thousand k mille mil tausend tsd".split(), 1_000),
    **dict.fromkeys(_MILLIONS, 1_000_000),
    **dict.fromkeys(_BILLIONS, 1_000_000_000),
}
_WRITTEN_SCALE = re.compile(
    rf"(?<![\w.,])(\d{{1,9}}(?:[.,]\d{{1,2}})?)[ \u00a0]?({'|'.join(_SCALES)})\b", re.IGNORECASE
)
_SPOKEN_SCALE = re.compile(r"(?<![\w.,])(\d{1,9}[.,]\d{1,9}) (1000|1000000|1000000000)(?!\w)")
_TWICE = re.compile(r"\b(?:double|doble|doppel|dobro|doppio) (\d)(?!\d)", re.IGNORECASE)
_THRICE = re.compile(r"\b(?:triple|triplo|dreimal) (\d)(?!\d)", re.IGNORECASE)
_LONE_ONE = re.compile(r"\b(?:(?P<twice>double|doble|doppel)|(?P<thrice>triple)) (?:one|un|uno|eins)\b", re.IGNORECASE)
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")  # ５ and ٥ are 5
_PER_HUNDRED = re.compile(r"\b(?:pour cent|por ciento|por cento|per cento)\b", re.IGNORECASE)
#: Canadian and colloquial for centimes; to text2num they are hundreds.
_CENTS = re.compile(
    r"(\b(?:dix|vingt|trente|quarante|cinquante|soixante|soixante-dix|quatre-vingts?|quinze)|\d) cents\b",
    re.IGNORECASE,
)
_COMPOUND = re.compile(r"(?<=[a-z0-9])-(?=(?:day|week|month|year|hour|minute|star|night)s?\b)", re.IGNORECASE)
_UNACCENTED = re.compile(r"\b(veinti|dieci)(dos|tres|seis)\b", re.IGNORECASE)
_ACCENTED = {"dos": "dós", "tres": "trés", "seis": "séis"}
_WITHOUT_UMLAUT = re.compile(r"(fuenf|zwoelf|dreissig)", re.IGNORECASE)
_WITH_UMLAUT = {"fuenf": "fünf", "zwoelf": "zwölf", "dreissig": "dreißig"}
_HALF = re.compile(r"(?<![\w.,/])(\d+)(?: (?:and )?1/2|[ \u00a0]?½)(?!\w|/)")
_SAID_OTHERWISE = {
    "en": [
        (r"half an hour", "30 minutes"), (r"(?:an|one) hour and a half|one and a half hours", "90 minutes"),
        (r"(?:a )?couple of(?= (?:minute|hour|day|week|month|year))", "2"), (r"twice", "2 times"),
    ],
    "fr": [(r"(?:une )?demi-heure", "30 minutes")],
    "es": [(r"media hora", "30 minutos")],
    "de": [
        (r"(?:eine )?halbe stunde", "30 Minuten"), (r"(?:anderthalb|eineinhalb) stunden", "90 Minuten"),
        (r"zweimal", "2 Mal"),
    ],
    "pt": [(r"meia hora", "30 minutos")],
    "it": [(r"mezz['’]ora", "30 minuti")],
}  # fmt: skip
_AND_A_HALF = re.compile(r"(?<![\w.,])(\d+) and a half\b", re.IGNORECASE)
_DOZEN = re.compile(r"\b(?:a |one |une )?(?:dozen|douzaine)\b|\bdocena\b", re.IGNORECASE)


def in_digits(text: str, language: str) -> str:
    """The text in which every number is written in digits; what is no number stays."""
    plain = _prepared(text, language)
    if _stems(language).search(plain):
        plain = "".join(alpha2digit(piece, language, SMALLEST_ALONE) for piece in _pieces(plain))
    plain = _first(language).sub(_FIRST[language][1], plain)
    plain = _TWICE.sub(r"\1 \1", plain)
    plain = _AND_A_HALF.sub(r"\1.5", plain)
    plain = _THRICE.sub(r"\1 \1 \1", plain)
    return _SPOKEN_SCALE.sub(lambda match: _product(match[1], int(match[2])), plain)


def _prepared(text: str, language: str) -> str:
    """With what text2num would misread, or not read, said otherwise."""
    plain = _OTHER_DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), text)
    plain = _PER_HUNDRED.sub("%", plain)
    plain = _WRITTEN_SCALE.sub(lambda match: _product(match[1], _SCALES[match[2].casefold()]), plain)
    plain = _LONE_ONE.sub(lambda match: "1 1" if match["twice"] else "1 1 1", plain)
    plain = _HALF.sub(r"\1.5", plain)
    plain = _DOZEN.sub("12", plain)
    for expression, digits in _otherwise(language):
        plain = expression.sub(digits, plain)
    if language == "fr":
        return _CENTS.sub(r"\1 centimes", plain)
    if language == "de":
        return _WITHOUT_UMLAUT.sub(lambda match: _WITH_UMLAUT[match[1].casefold()], plain)
    if language == "es":
        return _UNACCENTED.sub(lambda match: match[1] + _ACCENTED[match[2].casefold()], plain)
    return _COMPOUND.sub(" ", plain) if language == "en" else plain


def _product(number: str, scale: int) -> str:
    """1.5 and a million: 1500000."""
    whole, _, fraction = number.replace(",", ".").partition(".")
    digits = len(str(scale)) - 1
    return str(int(whole + fraction.ljust(digits, "0")[:digits]))


def _pieces(text: str) -> Iterator[str]:
    if len(text) < 2 * PIECE:
        yield text
        return
    parts = re.split(r"(\s+)", text)
    for start in range(0, len(parts), 2 * PIECE):
        yield "".join(parts[start : start + 2 * PIECE])


@cache
def _otherwise(language: str) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(rf"\b(?:{said})\b", re.IGNORECASE), digits) for said, digits in _SAID_OTHERWISE[language]]


@cache
def _stems(language: str) -> re.Pattern[str]:
    return re.compile("|".join(_STEMS[language].split()), re.IGNORECASE)


@cache
def _first(language: str) -> re.Pattern[str]:
    return re.compile(rf"\b{_FIRST[language][0]}\b", re.IGNORECASE)
