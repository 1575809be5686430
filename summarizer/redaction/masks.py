"""Typed masks in place of what was found: `[PHONE]`, and `[PHONE_2]` for a second, different number.

The same original is the same mask in the whole conversation, so that one mask of a summary leads to one original.
Kinds that are never stored are not numbered: nothing leads back from them, and parts of one card would be counted.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from summarizer.redaction.spans import NEVER_STORED, Kind, Span
from summarizer.redaction.spoken import groups, plain

MASK = re.compile(r"\[[A-Z]+(?:_[A-Z]+)*(?:_\d+)?\]")


@dataclass(frozen=True, slots=True)
class Original:
    """What stood where the masked `turn` now has `mask` at character `start`."""

    turn: int
    start: int
    mask: str
    text: str


class Masks:
    """The masks of one conversation, numbered as their originals come; `shown` are names the platform knows."""

    def __init__(self, language: str | None = None, shown: Iterable[str] = ()) -> None:
        self._language = language
        self._people = _People()
        self._numbers: dict[tuple[Kind, str | int], int] = {}
        self._counts: Counter[Kind] = Counter()
        for name in shown:
            self._people.of(name)

    def of(self, text: str, kind: Kind) -> str:
        """The mask for this original."""
        if kind in NEVER_STORED:
            return f"[{kind}]"
        identity = kind, self._people.of(text) if kind is Kind.NAME else self._characters(text)
        if identity not in self._numbers:
            self._counts[kind] += 1
            self._numbers[identity] = self._counts[kind]
        number = self._numbers[identity]
        return f"[{kind}]" if number == 1 else f"[{kind}_{number}]"

    def _characters(self, text: str) -> str:
        """However it is written or said: `206-555-0142` is `two oh six, five five five, oh one four two`."""
        return re.sub(r"[\W_]", "", plain(text, groups(text, self._language)).text).casefold()


class _People:
    """Who is meant by a name: `Priya` is `Priya Raghunathan`, told before or after."""

    def __init__(self) -> None:
        self._by_name: dict[str, int] = {}
        self._by_word: dict[str, int] = {}
        self._half_known: dict[str, int] = {}  #: told by one word so far

    def of(self, name: str) -> int:
        words = sorted(set(re.findall(r"[^\W_]+", name.casefold())))
        known = self._by_name.get(" ".join(words))
        if known is None:
            known = self._met(words)
            self._by_name[" ".join(words)] = known
            for word in words:
                self._by_word.setdefault(word, known)
        return known

    def _met(self, words: list[str]) -> int:
        if len(words) == 1 and words[0] in self._by_word:
            return self._by_word[words[0]]
        if len(words) == 1:
            self._half_known[words[0]] = len(self._by_name)
            return len(self._by_name)
        half = next((word for word in words if word in self._half_known), None)
        return len(self._by_name) if half is None else self._half_known.pop(half)


def cover(text: str, spans: Sequence[Span], masks: Masks, *, turn: int = 0) -> tuple[str, list[Original]]:
    """The text with a mask in place of each span (in order, not overlapping), and what stood there."""
    parts: list[str] = []
    originals: list[Original] = []
    done = length = 0
    for span in spans:
        before, original = text[done : span.start], text[span.start : span.end]
        mask = masks.of(original, span.kind)
        if span.kind not in NEVER_STORED:
            originals.append(Original(turn, length + len(before), mask, original))
        parts += [before, mask]
        length += len(before) + len(mask)
        done = span.end
    return "".join([*parts, text[done:]]), originals
