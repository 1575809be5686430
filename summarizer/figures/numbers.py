"""Numbers in a text as plain decimals, whether written in digits or in words."""

import re
from collections.abc import Iterator
from functools import cache

from summarizer.figures.digits import in_digits
from summarizer.figures.languages import language_of

_SPACE = " \u00a0\u202f"
_THOUSANDS = {"en": ","}  # elsewhere a point
_ONE = re.compile(r"1(?:st|er|re|ère|º|ª)(?!\w)")  # first, to begin with: it counts nothing


def numbers(text: str, language: str | None = None) -> set[str]:
    """Every number as a plain decimal: 1234.5. `one` alone is a pronoun and no number; of a time, its parts."""
    language = language_of(text, known=language)
    return set(written(in_digits(text, language), language))


def written(plain: str, language: str) -> Iterator[str]:
    """The numbers of a text that is in digits."""
    for match in re.finditer(number(language), plain):
        if _ONE.match(plain, match.start()):
            continue
        whole = value(match[0], language)
        yield from [whole] if whole else map(trimmed, re.split(r"[.,:'’\s]", match[0]))


@cache
def number(language: str) -> str:
    """The expression for one number, without groups; English does not part thousands by a space."""
    gap = _SPACE if language != "en" else _SPACE[1:]
    grouped = rf"\d{{1,3}}(?:[{gap}]\d{{3}})+(?![\d])(?:[.,]\d{{1,2}}(?!\d))?"
    return rf"(?<![^\W_])(?:{grouped}|\d+(?:[.,:'’]\d+)*)"  # not the 1 of Person1


def value(token: str, language: str) -> str | None:
    """The plain decimal that these digits and marks write, None if they write no single number."""
    if ":" in token:
        return None
    digits = re.sub(rf"['’{_SPACE}]", "", token)
    marks = [char for char in digits if not char.isdigit()]
    if len(set(marks)) == 2:
        thousands, decimal = marks[0], marks[-1]
        whole, _, fraction = digits.replace(thousands, "").partition(decimal)
        return trimmed(whole, fraction) if fraction.isdigit() else None
    if not marks:
        return trimmed(digits)
    parts = digits.split(marks[0])
    if _is_grouped(parts) and (len(parts) > 2 or marks[0] == _THOUSANDS.get(language, ".")):
        return trimmed("".join(parts))
    return trimmed(*parts) if len(parts) == 2 else None


def trimmed(whole: str, fraction: str = "") -> str:
    """Without leading zeros, and without a fraction of zeros: 07 is 7, 35.00 is 35."""
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def _is_grouped(parts: list[str]) -> bool:
    return len(parts[0]) <= 3 and parts[0] != "0" and all(len(part) == 3 for part in parts[1:])
