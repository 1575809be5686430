"""References: order, case and account numbers, written or spelled, without what separates their parts.

A as in Alpha B 4 4 7 1   AB4471
case 55 18                5518
"""

import re
from collections.abc import Iterator
from itertools import accumulate

from summarizer.figures.digits import in_digits
from summarizer.figures.languages import language_of

FEWEST_DIGITS = 5  # a shorter number may count something
LONGEST = 40  # characters
MOST_PIECES = 8  # that one dictates after another

_WRITTEN = re.compile(r"(?<![\w.,:/-])#?(?=[A-Za-z]*[\d-])(?:[A-Z0-9]+(?:[-/][A-Z0-9]+)+|[A-Za-z0-9]+)(?!\w|[.,:]\d)")
_UNITS = "am pm h k x s ms gb mb kb tb g kg km cm mm m ml l min hr hrs mbps p pc st nd rd th er re e ème".replace(
    " ", "|"
)
_LABELS = "person|agent|customer|bot|supervisor|speaker"
_NONE = re.compile(  # years, round numbers, counts, COVID-19, our own labels
    rf"\d{{4}}[-/]\d{{2,4}}|\d+000|\d+(?:{_UNITS})|[A-Za-z]{{5,}}-\d{{1,3}}|(?:{_LABELS})\d+", re.IGNORECASE
)
_SPELLED = re.compile(r"\b([A-Za-z]),? (?:as in|for|like|comme|wie|de|como|come) [^\W\d_]+,?", re.IGNORECASE)
_TOKEN = re.compile(
    r"(?<![^\W_])(?<!['’])(?:[A-Za-z]{0,4}\d+[A-Za-z]?|[A-Z]{2,4}|[A-Za-z]|[Oo]h|[a-z]{2,4}(?=[ -]\d))(?!\w)"
)
_WITHIN = re.compile(r"[\s\-–‑./_]{1,3}|\s(?:dash|hyphen|slash|tiret|bindestrich|guion|guión)\s", re.IGNORECASE)
_FILLERS = (
    "uh um uhm er erm hmm mhm mm hm and then okay ok yes yeah right got it euh et puis ensuite oui daccord accord "
    "y luego sí vale äh ähm und dann ja genau gut huh dash hyphen slash tiret bindestrich guion guión"
)
_PAUSES = frozenset(_FILLERS.split())
_BETWEEN = re.compile(rf"(?:[\s,;:.…!?'’\-–]|\b(?:{'|'.join(_FILLERS.split())})\b)+", re.IGNORECASE)
_LONGEST_GAP = 30
_WORDS = frozenset("a i o y e à".split())  # letters that are words, before a number more often than in it


def references(text: str, language: str | None = None) -> set[str]:
    """What is written as one identifier: letters with digits, or a long run of digits."""
    plain = in_digits(text, language_of(text, known=language))
    return {reference for reference, _ in find_references(plain)}


def find_references(plain: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """The identifiers of a text that is in digits, and the characters of each."""
    for match in _WRITTEN.finditer(plain):
        token = match[0].lstrip("#")
        num_digits = sum(char.isdigit() for char in token)
        is_number = num_digits < FEWEST_DIGITS and re.fullmatch(r"[\d/-]+", token)
        if num_digits >= 2 and not is_number and not _NONE.fullmatch(token):
            yield joined([token]), match.span()


def dictated(plain: str) -> set[str]:
    """What the digits and letters that are said one after another may make: each piece, and pieces in a row."""
    found: set[str] = set()
    for run in _runs(_SPELLED.sub(r"\1 ", plain)):
        for start in range(len(run)):
            for whole in accumulate(run[start : start + MOST_PIECES]):
                if len(whole) <= LONGEST and any(char.isdigit() for char in whole):
                    found.update(_variants(whole))
    return found


def joined(parts: list[str]) -> str:
    """Capital letters and digits alone."""
    return re.sub(r"[^A-Z0-9]", "", "".join(parts).upper())


def _runs(plain: str) -> Iterator[list[str]]:
    """Pieces that follow one another with nothing but pauses between them."""
    run: list[list[str]] = []
    end = None
    for match in _TOKEN.finditer(plain):
        if match[0] in _PAUSES:
            continue
        gap = plain[end : match.start()] if end is not None else None
        token = "0" if match[0].casefold() == "oh" else match[0]
        is_word = len(token) > 1 and token.islower()  # flight hat 1 3 6
        if gap is not None and not is_word and _WITHIN.fullmatch(gap) and "\n" not in gap:
            run[-1].append(token)
        elif gap is not None and not is_word and len(gap) <= _LONGEST_GAP and _BETWEEN.fullmatch(gap):
            run.append([token])
        else:
            yield from _joined(run)
            run = [[token]]
        end = match.end()
    yield from _joined(run)


def _joined(run: list[list[str]]) -> Iterator[list[str]]:
    pieces = [joined(_without_words(piece)) for piece in run if len(piece) <= LONGEST]
    if any(char.isdigit() for piece in pieces for char in piece):
        yield pieces


def _without_words(piece: list[str]) -> list[str]:
    """Without `a` and the like at its ends, which are words: a 4 4 7 1 a."""
    start = 1 if piece[0] in _WORDS else 0
    end = len(piece) - 1 if piece[-1] in _WORDS else len(piece)
    return piece[start:end]


def _variants(whole: str) -> Iterator[str]:
    """With the letter O as a zero, and without the letters at its start."""
    yield whole
    yield whole.replace("O", "0")
    yield whole.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
