"""The next token is the best one, or a drawn one, within what is allowed."""

from collections import Counter
from random import Random

import pytest
import torch

from summarizer.engine.sampling import MOST_REFUSED, SamplingOptions, best_of, next_token
from summarizer.errors import ModelFailure

SCORES = torch.tensor([0.1, 0.5, 3.0, 2.0])


def choose(scores: torch.Tensor = SCORES, *, completion: tuple[int, ...] = (), seed: int = 0, **options: object) -> int:
    chosen = SamplingOptions(max_new_tokens=1, **options)  # type: ignore[arg-type]
    (best,) = best_of(scores[None])
    return next_token(scores, chosen, best=best, completion=completion, random=Random(seed))


def drawn(**options: object) -> Counter[int]:
    return Counter(choose(seed=seed, **options) for seed in range(400))  # type: ignore[arg-type]


def test_greedy_takes_the_best_token() -> None:
    assert choose() == 2


def test_the_same_seed_draws_the_same_token() -> None:
    assert [choose(seed=seed, temperature=1.0) for seed in range(20)] == [
        choose(seed=seed, temperature=1.0) for seed in range(20)
    ]


def test_tokens_are_drawn_as_often_as_they_are_probable() -> None:
    counts = drawn(temperature=1.0)
    for token, probability in enumerate(SCORES.softmax(0).tolist()):
        assert abs(counts[token] / 400 - probability) < 0.07


def test_top_p_leaves_the_improbable_out() -> None:
    assert set(drawn(temperature=1.0, top_p=0.9)) == {2, 3}
    assert set(drawn(temperature=1.0, top_p=0.01)) == {2}


def test_a_low_temperature_comes_close_to_greedy() -> None:
    assert set(drawn(temperature=0.05)) == {2}


def test_the_best_accepted_token_follows() -> None:
    assert choose(accepts=lambda _, token: token in (0, 1)) == 1
    assert choose(accepts=lambda *_: True) == 2


def test_what_is_drawn_is_drawn_from_what_is_accepted_as_often_as_it_is_probable() -> None:
    counts = drawn(temperature=1.0, accepts=lambda _, token: token in (0, 3))
    share = SCORES[[0, 3]].softmax(0)[1].item()
    assert set(counts) == {0, 3}
    assert abs(counts[3] / 400 - share) < 0.07


def test_what_is_accepted_may_depend_on_what_is_written() -> None:
    assert choose(completion=(3, 1), accepts=lambda completion, token: token == completion[0]) == 3


def test_no_more_is_asked_than_whether_the_best_token_is_accepted() -> None:
    asked: list[int] = []
    choose(accepts=lambda _, token: asked.append(token) is None)
    assert asked == [2]


def test_when_the_best_are_all_refused_the_text_ends() -> None:
    asked: list[int] = []

    def refuse(_: object, token: int) -> bool:
        asked.append(token)
        return False

    scores = torch.arange(200.0)
    assert choose(scores, accepts=refuse, stop_tokens=frozenset({5, 9})) == 5
    assert asked == [199 - rank for rank in range(MOST_REFUSED)]


def test_no_ngram_is_written_twice() -> None:
    assert choose(completion=(2, 0, 2), no_repeat_ngram=2) == 2
    assert choose(completion=(1, 2, 0, 1), no_repeat_ngram=2) == 3
    assert choose(completion=(2,), no_repeat_ngram=1) == 3
    assert choose(completion=(1, 2), no_repeat_ngram=3) == 2


def test_the_scores_are_left_as_they_were() -> None:
    scores = SCORES.clone()
    choose(scores, completion=(2,), no_repeat_ngram=1)
    choose(scores, accepts=lambda _, token: token == 0)
    assert torch.equal(scores, SCORES)


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_scores_that_are_not_finite_are_a_failure(bad: float) -> None:
    with pytest.raises(ModelFailure):
        choose(torch.tensor([0.0, bad, 1.0]))


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_nothing_accepted_and_no_way_to_end_is_a_failure(temperature: float) -> None:
    with pytest.raises(ModelFailure):
        choose(temperature=temperature, accepts=lambda *_: False)


@pytest.mark.parametrize(
    "options",
    [
        {"max_new_tokens": 0},
        {"max_new_tokens": 1, "temperature": -1.0},
        {"max_new_tokens": 1, "top_p": 0.0},
        {"max_new_tokens": 1, "top_p": 1.5},
        {"max_new_tokens": 1, "no_repeat_ngram": -1},
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must|cannot"):
        SamplingOptions(**options)  # type: ignore[arg-type]
