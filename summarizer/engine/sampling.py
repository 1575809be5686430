"""The next token from its scores: greedy unless asked otherwise."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from summarizer.errors import ModelFailure

Accepts = Callable[[Sequence[int], int], bool]

MOST_REFUSED = 64  # tokens for one place; when even the sixty-fourth is refused, the text has lost its way and ends


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingOptions:
    """How one completion is written."""

    max_new_tokens: int
    stop_tokens: frozenset[int] = frozenset()  #: the completion ends with the first of these, and keeps it
    temperature: float = 0.0  #: 0 is greedy
    top_p: float = 1.0  #: sample from the smallest set of tokens with this probability
    seed: int = 0  #: the same seed gives the same completion, whatever else runs
    no_repeat_ngram: int = 0  #: n: no n tokens in a row come twice in the completion; the prompt may be copied
    accepts: Accepts | None = None  #: from the completion so far and a token to whether it may follow; None is always

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
    if options.no_repeat_ngram:
        scores = _without_repeats(scores, completion=completion, length=options.no_repeat_ngram)
        (best,) = best_of(scores[None])
    token = _choice(scores, options, best=best, random=random)
    if options.accepts is None or options.accepts(completion, token):
        return token
    return _next_accepted(scores, options, refused=token, completion=completion, random=random)


def best_of(scores: Tensor) -> list[Best]:
    """The best token of each row, all read from the device at once."""
    values, tokens = scores.max(1)  # NaN counts as the greatest, so it is found here
    return [Best(token, score) for token, score in zip(tokens.tolist(), values.tolist(), strict=True)]


def _choice(scores: Tensor, options: SamplingOptions, *, best: Best, random: Random) -> int:
    """The best token or a drawn one, whatever is accepted."""
    if not math.isfinite(best.score):
        raise ModelFailure("No next token: the scores are not finite, or nothing is allowed.")
    return _sample(scores, options, random=random) if options.temperature > 0 else best.token


def _next_accepted(
    scores: Tensor, options: SamplingOptions, *, refused: int, completion: Sequence[int], random: Random
) -> int:
    """Chosen again without what was refused, which draws from what is accepted; at last a stop token, if there is one.

    It costs the more the more is refused, so that few tries are all that a conversation can demand of the engine.
    """
    assert options.accepts is not None
    scores = scores.clone()
    for _ in range(MOST_REFUSED - 1):
        scores[refused] = -torch.inf
        (best,) = best_of(scores[None])
        if best.score == -torch.inf:
            break
        refused = _choice(scores, options, best=best, random=random)
        if options.accepts(completion, refused):
            return refused
    if not options.stop_tokens:
        raise ModelFailure("No next token: none of the best is accepted.")
    return min(options.stop_tokens)


def _without_repeats(scores: Tensor, *, completion: Sequence[int], length: int) -> Tensor:
    """The scores, -inf where a token would complete a run of `length` tokens already written."""
    forbidden = _repeating(completion, length=length)
    if not forbidden:
        return scores
    restricted = scores.clone()
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
