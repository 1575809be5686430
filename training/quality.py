"""What a set of examples is like: a page of numbers that goes into the model's card.

Near duplicates are found by MinHash over five words in a row, in bands: two conversations that share nine tenths of
them meet in a band almost surely. Broder, On the resemblance and containment of documents (1997).
"""

import hashlib
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy

from summarizer.conversation import Conversation
from summarizer.redaction import masked
from summarizer.summary import Draft

Example = tuple[Conversation, Draft]

SHINGLE = 5  # words in a row
BANDS, IN_BAND = 8, 4  # of hashes
BEGINNING = 3  # words by which two targets count as the same phrase
RUDE = frozenset(
    "arse asshole bastard bitch bollocks bullshit crap cunt damn dick fuck fucking piss shit slut twat".split()
)

_PRIME = (1 << 61) - 1
_SEEDS = numpy.random.default_rng(0).integers(1, 1 << 31, size=(2, BANDS * IN_BAND), dtype=numpy.uint64)


def report(examples: Sequence[Example]) -> dict[str, Any]:
    """Counts and shares; words are runs of letters and digits."""
    said = [_said(conversation) for conversation, _ in examples]
    told = [" ".join(one.text for one in draft.statements) for _, draft in examples]
    words = [_words(text) for text in said]
    return {
        "examples": len(examples),
        "duplicates": len(said) - len({" ".join(one) for one in words}),
        "near_duplicates": num_near_duplicates(words),
        "with_personal_data": sum(masked(one) != one for one in map(" ".join, zip(said, told, strict=True))),
        "with_rude_words": sum(not RUDE.isdisjoint(one) for one in words),
        "languages": dict(Counter(conversation.language or "unknown" for conversation, _ in examples)),
        "channels": dict(Counter(conversation.channel.value for conversation, _ in examples)),
        "words_said": _spread([len(one) for one in words]),
        "words_told": _spread([len(_words(text)) for text in told]),
        "most_common_beginnings": _beginnings(told),
    }


def num_near_duplicates(texts: Sequence[Sequence[str]]) -> int:
    """Texts that share a band of their MinHash with one before them, exact duplicates among them."""
    seen: set[tuple[int, bytes]] = set()
    found = 0
    for words in texts:
        bands = list(_bands(words))
        found += any(band in seen for band in bands)
        seen.update(bands)
    return found


def _bands(words: Sequence[str]) -> Iterator[tuple[int, bytes]]:
    shingles = {" ".join(words[at : at + SHINGLE]) for at in range(max(len(words) - SHINGLE + 1, 1))}
    digests = [int.from_bytes(hashlib.blake2b(one.encode(), digest_size=4).digest()) for one in shingles]
    values = numpy.array(digests, dtype=numpy.uint64)[:, None]
    least = ((values * _SEEDS[0] + _SEEDS[1]) % numpy.uint64(_PRIME)).min(axis=0)
    for band, part in enumerate(least.reshape(BANDS, IN_BAND)):
        yield band, part.tobytes()


def _beginnings(told: Sequence[str]) -> dict[str, float]:
    """The three phrases that most targets begin with, and the share of the targets that do."""
    counts = Counter(" ".join(_words(text)[:BEGINNING]) for text in told)
    return {phrase: num / len(told) for phrase, num in counts.most_common(3)}


def _spread(values: Sequence[int]) -> dict[str, float]:
    if not values:
        return {}
    return {"least": min(values), "median": statistics.median(values), "most": max(values)}


def _said(conversation: Conversation) -> str:
    return " ".join(turn.text for turn in conversation.turns)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
