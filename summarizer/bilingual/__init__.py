"""What a word of one language is in another: a list of our own for the commonest words of contact centers.

Each line of a list is one notion: words of the one language, a tab, words of the other, any of which may stand for it.
Only English and French so far; of any other pair nothing is known, and names and numbers alone are the same.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from summarizer.stems import stem_in

_LISTS = {("en", "fr"): Path(__file__).parent / "en_fr.tsv"}
PAIRS = frozenset(pair for one, other in _LISTS for pair in ((one, other), (other, one)))


def translated(stems: Iterable[str], *, source: str, target: str) -> set[str]:
    """Stems of the target language that may stand for stems of the source language; both are primary tags."""
    return {one for stem in stems for one in _senses(source, target).get(stem, ())}


@cache
def _senses(source: str, target: str) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for words, others in _notions(source, target):
        meanings = {stem_in(other, target) for other in others}
        for word in words:
            found.setdefault(stem_in(word, source), set()).update(meanings)
    return {stem: frozenset(meanings) for stem, meanings in found.items()}


def _notions(source: str, target: str) -> list[tuple[list[str], list[str]]]:
    """Each notion in words of both languages; none of a pair that has no list."""
    if (source, target) not in PAIRS:
        return []
    is_turned = (source, target) not in _LISTS
    path = _LISTS[(target, source) if is_turned else (source, target)]
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    return [(right.split(), left.split()) if is_turned else (left.split(), right.split()) for left, right in lines]
