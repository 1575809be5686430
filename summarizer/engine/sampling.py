"""The next token from its scores: greedy unless asked otherwise."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from summarizer.errors import ModelFailure

Allow = Callable[[Sequence[int]], Sequence[int] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingOptions:
    """How one completion is written."""

    max_new_tokens: int
    stop_tokens: frozenset[int] = frozenset()  #: the completion ends with the first of these, and keeps it
    temperature: float = 0.0  #: 0 is greedy
    top_p: float = 1.0  #: sample from the smallest set of tokens with this probability
    seed: int = 0  #: the same seed gives the same completion, whatever else runs
    no_repeat_ngram: int = 0  #: n: no n tokens in a row come twice in the completion; the prompt may be copied
    allow: Allow | None = None  #: from the completion so far to the ids that may follow; None is all

    def __post_init__(self) -> None:
        if self.max_new_tokens < 1:
            raise ValueError("max_new_tokens must be at least 1.")
        if not (self.temperature >= 0 and 0 < self.top_p <= 1 and self.no_repeat_ngram >= 0):
            raise ValueError("temperature and no_repeat_ngram cannot be negative, top_p lies in (0, 1].")


@dataclass(frozen=True, slots=True)
class Best:
    """A greedy choice and its score."""

    token: int
    score: float


def next_token(
    scores: Tensor, options: SamplingOptions, *, best: Best, completion: Sequence[int], random: Random
) -> int:
    """The token that follows `completion`; scores have the shape (vocabulary,). Raises ModelFailure."""
    if options.allow or options.no_repeat_ngram:
        scores = _restricted(scores, options, completion=completion)
        (best,) = best_of(scores[None])
    if not math.isfinite(best.score):
        raise ModelFailure("No next token: the scores are not finite, or nothing is allowed.")
    return _sample(scores, options, random=random) if options.temperature > 0 else best.token


def best_of(scores: Tensor) -> list[Best]:
    """The best token of each row, all read from the device at once."""
    values, tokens = scores.max(1)  # NaN counts as the greatest, so it is found here
    return [Best(token, score) for token, score in zip(tokens.tolist(), values.tolist(), strict=True)]


def _restricted(scores: Tensor, options: SamplingOptions, *, completion: Sequence[int]) -> Tensor:
    """The scores, -inf where the options forbid a token."""
    allowed = options.allow(completion) if options.allow else None
    forbidden = _repeating(completion, length=options.no_repeat_ngram) if options.no_repeat_ngram else []
    if allowed is None and not forbidden:
        return scores
    restricted = scores.clone()
    if allowed is not None:
        restricted.fill_(-torch.inf)
        restricted[list(allowed)] = scores[list(allowed)]
    restricted[forbidden] = -torch.inf
    return restricted


def _repeating(completion: Sequence[int], *, length: int) -> list[int]:
    """The tokens that would complete a run of `length` tokens already written."""
    tail = list(completion[len(completion) - length + 1 :])
    starts = range(len(completion) - length + 1)
    return [completion[at + length - 1] for at in starts if list(completion[at : at + length - 1]) == tail]


def _sample(scores: Tensor, options: SamplingOptions, *, random: Random) -> int:
    """Draw by inverting the cumulative distribution, in double, so that one number decides on any device."""
    probabilities, tokens = (scores.double() / options.temperature).softmax(0).sort(descending=True, stable=True)
    cumulative = probabilities.cumsum(0)
    kept = cumulative[cumulative - probabilities < options.top_p]
    point = random.random() * float(kept[-1])
    drawn = min(int((kept <= point).sum()), len(kept) - 1)
    return int(tokens[drawn])
