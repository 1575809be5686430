"""Numbers in a text as values, whether written in digits or in English words."""

import re
from collections.abc import Iterator

_UNITS = {
    word: value
    for value, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen""".split()
    )
}
_TENS = {
    word: value * 10
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_ORDINALS = {
    word: value
    for value, word in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), start=1)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
_DIGITS = re.compile(r"(?<![^\W_])\d+(?:[.,:]\d+)*")  # not the 1 of Person1
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_LETTERS = re.compile(r"[a-z]+")


def numbers(text: str) -> set[str]:
    """Every number as a plain decimal; a time as written, and its parts. `one` alone is a pronoun and no number."""
    return set(_written(text)) | set(_spoken(text))


def _written(text: str) -> Iterator[str]:
    for match in _DIGITS.finditer(text):
        token = match[0]
        if _GROUPED.fullmatch(token):
            yield _plain(token.replace(",", ""))
            continue
        yield _plain(token)
        yield from (_plain(part) for part in re.split(r"[.,:]", token) if ":" in token)


def _plain(token: str) -> str:
    """Without leading zeros, and without a fraction of zeros: 07 is 7, 35.00 is 35."""
    whole, dot, fraction = token.partition(".")
    fraction = fraction.rstrip("0") if fraction.isdigit() else fraction
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{fraction}" if dot and fraction else whole


def _spoken(text: str) -> Iterator[str]:
    run: list[str] = []
    for word in [*_LETTERS.findall(text.lower()), ""]:
        if word in _UNITS or word in _TENS or word in _SCALES or word in _ORDINALS:
            run.append(word)
        elif word != "and" or not run:
            yield from _values(run)
            run = []


def _values(run: list[str]) -> Iterator[str]:
    """The whole run as one number, and each of its words, since people also dictate digit by digit."""
    if run == ["one"] or not run:
        return
    total = current = 0
    for word in run:
        if word in _SCALES:
            current = max(current, 1) * _SCALES[word]
            if _SCALES[word] > 100:
                total, current = total + current, 0
        else:
            value = _UNITS.get(word, _TENS.get(word, _ORDINALS.get(word, 0)))
            yield str(value)
            current += value
    yield str(total + current)
    if all(_UNITS.get(word, 10) < 10 for word in run):
        yield "".join(str(_UNITS[word]) for word in run).lstrip("0") or "0"
