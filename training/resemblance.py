"""Which texts repeat one that was seen before, or nearly do.

Near duplicates share four fifths of their runs of five words. MinHash in bands proposes them, the true share decides:
dialogues of the same task are alike without being copies. Broder, On the resemblance and containment of documents
(1997).
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy
from numpy.typing import NDArray

SHINGLE = 5  # words in a row
BANDS, IN_BAND = 8, 4  # of hashes: texts that share four fifths meet in a band 98 times of 100
NEAR = 0.8  # of the shingles of both that both have

Hashes = NDArray[numpy.uint64]

_PRIME = numpy.uint64((1 << 61) - 1)
_HALF = numpy.uint64(32)  # bits
_SEEDS = numpy.random.default_rng(0).integers(1, 1 << 31, size=(2, BANDS * IN_BAND), dtype=numpy.uint64)
_PLACES = numpy.random.default_rng(1).integers(1, 1 << 63, size=SHINGLE, dtype=numpy.uint64) | numpy.uint64(1)


class Repeat(StrEnum):
    """How a text repeats another."""

    EXACT = "exact"  #: the same but for case, spaces and marks
    NEAR = "near"  #: most of its runs of words are the same


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a text to compare it with others."""

    digest: bytes  #: of its letters and digits
    shingles: Hashes  #: each once, in order
    bands: tuple[tuple[int, bytes], ...]


class Seen:
    """The texts so far, to be asked whether another one repeats any of them."""

    def __init__(self) -> None:
        self._digests: set[bytes] = set()
        self._in_band: defaultdict[tuple[int, bytes], list[Hashes]] = defaultdict(list)

    def add(self, one: Fingerprint) -> None:
        """Remembers it."""
        self._digests.add(one.digest)
        for band in one.bands:
            self._in_band[band].append(one.shingles)

    def repeat(self, one: Fingerprint) -> Repeat | None:
        """How it repeats a text that was added, if it does."""
        if one.digest in self._digests:
            return Repeat.EXACT
        return Repeat.NEAR if any(are_near(one.shingles, other) for other in self._candidates(one)) else None

    def _candidates(self, one: Fingerprint) -> Iterator[Hashes]:
        checked: set[int] = set()
        for band in one.bands:
            for other in self._in_band.get(band, ()):
                if id(other) not in checked:
                    checked.add(id(other))
                    yield other


def words_of(text: str) -> list[str]:
    """Runs of letters and digits, without case."""
    return re.findall(r"\w+", text.casefold())


def fingerprint_of(words: Sequence[str]) -> Fingerprint:
    """Of a text as its words."""
    shingles = _shingles(words)
    least = ((shingles[:, None] >> _HALF) * _SEEDS[0] + _SEEDS[1]) % _PRIME
    parts = least.min(axis=0).reshape(BANDS, IN_BAND)
    bands = tuple((band, part.tobytes()) for band, part in enumerate(parts))
    return Fingerprint(blake2b("".join(words).encode(), digest_size=16).digest(), shingles, bands)


def are_near(some: Hashes, others: Hashes) -> bool:
    """By what both have, as a share of what either has."""
    fewer, more = sorted((len(some), len(others)))
    if fewer < NEAR * more:
        return False
    num_both = len(numpy.intersect1d(some, others, assume_unique=True))
    return num_both >= NEAR * (fewer + more - num_both)


def _shingles(words: Sequence[str]) -> Hashes:
    """A hash for every five words in a row; a shorter text has one."""
    hashes = numpy.fromiter(map(_hash, words), dtype=numpy.uint64, count=len(words))
    hashes = numpy.pad(hashes, (0, max(SHINGLE - len(words), 0)))
    num = len(hashes) - SHINGLE + 1
    runs: Any = sum(hashes[at : at + num] * place for at, place in enumerate(_PLACES))
    return numpy.unique(runs)


@lru_cache(maxsize=1 << 18)
def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest())
