"""Words of a text with their places: what grounding, verification and the fallback compare."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from summarizer.stems import stem_in, without_elision
from summarizer.vocabulary import mixed, vocabulary
from summarizer.vocabulary.folding import folded

_CJK = "぀-ヿ㐀-䶿一-鿿가-힣"
# Signs that stand on or beside a letter and belong to its word: the vowels of Hindi, the points of Arabic.
_MARKS = "".join(chr(code) for code in range(0x300, 0x1C00) if unicodedata.category(chr(code)) in ("Mn", "Mc"))
_LETTER = rf"[^\W\d_{_CJK}]"
_REST = rf"(?:[^\W_{_CJK}]|[{_MARKS}])*"
_WORD = re.compile(rf"[{_CJK}]|\d+(?:[.,:]\d+)*|{_LETTER}{_REST}(?:['’][^\W\d_](?:[^\W\d_]|[{_MARKS}])*)*")
_SENTENCE = re.compile(r"[^.!?。！？…\n]+[.!?。！？…]*\s*|[.!?。！？…\n]+\s*")
_ABBREVIATION = re.compile(r"(?:\b(?:mr|mrs|ms|dr|st|no|m|mme)|\b[a-z])\.\s*$|\d\.$", re.IGNORECASE)
MAX_ABBREVIATION = 12  # characters with the space behind; reading the whole sentence again would take its square

STOP_WORDS = frozenset(mixed.FUNCTION_WORDS.split())
ROLE_WORDS = frozenset(mixed.ROLES.split())
FILLERS = frozenset(mixed.FILLERS.split())


@dataclass(frozen=True, slots=True)
class Word:
    """One word as written, and its characters `start` to `end` (exclusive)."""

    text: str
    start: int
    end: int

    @property
    def is_name(self) -> bool:
        """Written as a name: a capital first, or capitals inside."""
        return any(char.isupper() for char in self.text)


def any_of(phrases: str) -> re.Pattern[str]:
    """Finds each of the phrases, regular expressions a line or between bars, as whole words in any case."""
    return re.compile(rf"\b(?:{'|'.join(phrases.strip().splitlines())})\b", re.IGNORECASE)


def words(text: str) -> list[Word]:
    """Runs of letters, also with digits (HAT136), and runs of digits; a CJK character counts as one word."""
    return [Word(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]


def stem(word: str, *, language: str | None = None) -> str:
    """The word without its ending, roughly, so that `booked` meets `booking`; by the rules of a BCP 47 language."""
    return stem_in(word, language)


def is_content(word: Word, *, language: str | None = None) -> bool:
    """Says something of this conversation: no function word, no reporting verb, no role."""
    return _is_content(word.text, language)


def content_stems(text: str, *, language: str | None = None) -> set[str]:
    """Stems of the words that say something."""
    return {stem_in(word.text, language) for word in words(text) if _is_content(word.text, language)}


def telling_stems(text: str, *, language: str | None = None) -> set[str]:
    """Content stems without fillers."""
    fillers = vocabulary(language).fillers
    telling = (word.text for word in words(text) if folded(word.text) not in fillers)
    return {stem_in(word, language) for word in telling if _is_content(word, language)}


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end (exclusive) of each sentence, without the space around it."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _SENTENCE.finditer(text):
        ending = text[max(start, match.end() - MAX_ABBREVIATION) : match.end()]
        if match.end() < len(text) and _ABBREVIATION.search(ending):
            continue
        spans.append(_trimmed(text, start, match.end()))
        start = match.end()
    if start < len(text):
        spans.append(_trimmed(text, start, len(text)))
    return [(left, right) for left, right in spans if left < right]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))


@lru_cache(maxsize=100_000)
def _is_content(word: str, language: str | None) -> bool:
    known = vocabulary(language)
    plain = folded(without_elision(word, language))
    role = plain.removesuffix("'s").rstrip("0123456789").removesuffix("s")  # customers, Agent2's
    is_empty = plain in known.function_words or plain in known.reporting or {plain, role} & known.roles
    return not is_empty and stem_in(word, language) not in _reporting_stems(known.language)


@cache
def _reporting_stems(language: str | None) -> frozenset[str]:
    """English lists every form, for by its stems a statement would be a state."""
    is_listed = language in (None, "en")
    return frozenset() if is_listed else frozenset(stem_in(verb, language) for verb in vocabulary(language).reporting)
