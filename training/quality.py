"""What a set of examples is like: a page of numbers that goes into the model's card."""

import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Any

from summarizer.conversation import Conversation
from summarizer.redaction import masked
from summarizer.summary import Draft
from training.resemblance import Seen, fingerprint_of, words_of

Example = tuple[Conversation, Draft]

BEGINNING = 3  # words by which two targets count as the same phrase
RUDE = frozenset(
    "arse asshole bastard bitch bollocks bullshit crap cunt damn dick fuck fucking piss shit slut twat".split()
)


def report(examples: Sequence[Example]) -> dict[str, Any]:
    """Counts and shares; words are runs of letters and digits."""
    said = [_said(conversation) for conversation, _ in examples]
    told = [" ".join(one.text for one in draft.statements) for _, draft in examples]
    words = [words_of(text) for text in said]
    return {
        "examples": len(examples),
        "duplicates": len(said) - len({" ".join(one) for one in words}),
        "near_duplicates": num_near_duplicates(words),
        "with_personal_data": sum(masked(one) != one for one in map(" ".join, zip(said, told, strict=True))),
        "with_rude_words": sum(not RUDE.isdisjoint(one) for one in words),
        "languages": dict(Counter(conversation.language or "unknown" for conversation, _ in examples)),
        "channels": dict(Counter(conversation.channel.value for conversation, _ in examples)),
        "words_said": _spread([len(one) for one in words]),
        "words_told": _spread([len(words_of(text)) for text in told]),
        "most_common_beginnings": _beginnings(told),
    }


def num_near_duplicates(texts: Sequence[Sequence[str]]) -> int:
    """Texts that nearly repeat one before them, exact duplicates among them."""
    seen = Seen()
    found = 0
    for words in texts:
        one = fingerprint_of(words)
        found += seen.repeat(one) is not None
        seen.add(one)
    return found


def _beginnings(told: Sequence[str]) -> dict[str, float]:
    """The three phrases that most targets begin with, and the share of the targets that do."""
    counts = Counter(" ".join(words_of(text)[:BEGINNING]) for text in told)
    return {phrase: num / len(told) for phrase, num in counts.most_common(3)}


def _spread(values: Sequence[int]) -> dict[str, float]:
    if not values:
        return {}
    return {"least": min(values), "median": statistics.median(values), "most": max(values)}


def _said(conversation: Conversation) -> str:
    return " ".join(turn.text for turn in conversation.turns)
