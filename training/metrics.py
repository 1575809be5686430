"""Scores of summaries: overlap with references, and whether what they state was said.

ROUGE is Google's `rouge-score` with stemming, the mean over several references. It cannot be compared
with other implementations within ten points, and it rewards a fixed sentence; hence the other scores.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from rouge_score.rouge_scorer import RougeScorer

from summarizer.conversation import Conversation
from summarizer.numbers import numbers
from summarizer.verify import unknown_names, what_is_said

MEASURES = ("rouge1", "rouge2", "rougeL")
NUM_SAMPLES = 1000  # of the bootstrap
CONFIDENCE = 0.95

_SCORER = RougeScorer(list(MEASURES), use_stemmer=True)


@dataclass(frozen=True, slots=True)
class Scores:
    """Means over the conversations of one set, in percent; words a summary."""

    rouge1: float
    rouge2: float
    rougeL: float
    rouge1_low: float
    rouge1_high: float
    unsupported_numbers: float  #: summaries with a number nobody said
    unsupported_names: float  #: summaries with a name nobody said
    empty: float  #: conversations without a summary
    words: float


def score(
    summaries: Sequence[str], conversations: Sequence[Conversation], references: Sequence[Sequence[str]]
) -> Scores:
    """All scores of one system's summaries."""
    overlaps = [rouge(one, of) for one, of in zip(summaries, references, strict=True)]
    first = [overlap["rouge1"] for overlap in overlaps]
    low, high = interval(first)
    pairs = list(zip(summaries, conversations, strict=True))
    return Scores(
        **{measure: mean([overlap[measure] for overlap in overlaps]) for measure in MEASURES},
        rouge1_low=low,
        rouge1_high=high,
        unsupported_numbers=100 * mean([float(has_unsupported_number(*pair)) for pair in pairs]),
        unsupported_names=100 * mean([float(has_unsupported_name(*pair)) for pair in pairs]),
        empty=100 * mean([float(not one.strip()) for one in summaries]),
        words=mean([float(len(one.split())) for one in summaries]),
    )


def rouge(summary: str, references: Sequence[str]) -> dict[str, float]:
    """F1 in percent, the mean over the references."""
    scores = [_SCORER.score(reference, summary) for reference in references]
    return {measure: 100 * mean([one[measure].fmeasure for one in scores]) for measure in MEASURES}


def interval(values: Sequence[float], *, seed: int = 0) -> tuple[float, float]:
    """Bootstrap confidence interval of the mean."""
    rng = random.Random(seed)
    means = sorted(mean(rng.choices(values, k=len(values))) for _ in range(NUM_SAMPLES))
    cut = int(NUM_SAMPLES * (1 - CONFIDENCE) / 2)
    return means[cut], means[-1 - cut]


def has_unsupported_number(summary: str, conversation: Conversation) -> bool:
    """States a number that is not in the conversation."""
    return not numbers(summary) <= what_is_said(conversation).numbers


def has_unsupported_name(summary: str, conversation: Conversation) -> bool:
    """Writes a name that is not in the conversation; `Person1` is a label of ours."""
    known = what_is_said(conversation).stems
    return any(not name.startswith("Person") for name in unknown_names(summary, known))


def mean(values: Sequence[float]) -> float:
    """0 of nothing."""
    return sum(values) / len(values) if values else 0.0
