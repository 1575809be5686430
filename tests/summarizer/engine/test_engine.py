"""Many sequences at once, each as if it were alone."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from summarizer.engine.attention import Attention, Row
from summarizer.engine.bloom import Bloom
from summarizer.engine.cache import BLOCK
from summarizer.engine.capacity import Capacity
from summarizer.engine.engine import Engine
from summarizer.engine.sampling import SamplingOptions
from summarizer.errors import DeadlineExceeded, ModelFailure
from tests.summarizer.engine.builders import END, VOCABULARY, a_prompt

PROMPTS = [a_prompt(length) for length in (1, 3, 30, 70, 140, 200)]
OPTIONS = [SamplingOptions(max_new_tokens=12, stop_tokens=frozenset({END})) for _ in PROMPTS]
OPTIONS[3] = SamplingOptions(max_new_tokens=12, temperature=0.8, top_p=0.9, seed=7)
OPTIONS[4] = SamplingOptions(max_new_tokens=5, no_repeat_ngram=2)
OPTIONS[5] = SamplingOptions(max_new_tokens=12, accepts=lambda completion, token: (token + len(completion)) % 4 > 0)

CAPACITY = Capacity(cache_tokens=4096)
POISON = 5  # a token that no prompt above holds, for models that cannot bear it
FEW = SamplingOptions(max_new_tokens=4)
MANY = SamplingOptions(max_new_tokens=2000)


class Fragile:
    """A model that fails on a row that holds POISON: it raises, or scores that row with NaN."""

    def __init__(self, bloom: Bloom, *, raises: type[BaseException] | None) -> None:
        self._bloom = bloom
        self._raises = raises
        self.vocabulary_size = bloom.vocabulary_size
        self.bytes_per_token = bloom.bytes_per_token
        self.device = bloom.device

    def new_memory(self, num_blocks: int) -> Attention:
        return self._bloom.new_memory(num_blocks)

    def forward(self, rows: Sequence[Row], memory: Attention) -> Tensor:
        is_poisoned = torch.tensor([POISON in row.tokens for row in rows for _ in range(row.num_scores)])
        if self._raises and is_poisoned.any():
            raise self._raises
        return self._bloom.forward(rows, memory).masked_fill(is_poisoned[:, None], torch.nan)


@pytest.fixture(scope="session")
def alone(bloom: Bloom) -> list[list[int]]:
    """What each prompt gives by itself."""
    completions = []
    for prompt, options in zip(PROMPTS, OPTIONS, strict=True):
        engine = Engine(bloom, capacity=Capacity(cache_tokens=4096, guess_tokens=0))
        future = engine.submit(prompt, options)
        engine.close()
        completions.append(future.result())
    return completions


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_the_order_of_arrival_changes_nothing(bloom: Bloom, alone: list[list[int]], data: st.DataObject) -> None:
    capacity = data.draw(
        st.builds(
            Capacity,
            max_batch=st.integers(1, 4),
            tokens_per_step=st.sampled_from([4, 33, 128, 512]),
            cache_tokens=st.sampled_from([256, 448, 5000]),
            guess_tokens=st.sampled_from([0, 4, 30]),
        )
    )
    arrival = st.tuples(st.integers(0, 5), st.sampled_from(range(len(PROMPTS))), st.sampled_from([0.0, 60.0]))
    arrivals = data.draw(st.lists(arrival, min_size=2, max_size=8))
    canceled = data.draw(st.sets(st.integers(0, 7)))
    engine = Engine(bloom, capacity=capacity)
    futures = []
    for num_steps, which, patience in arrivals:
        futures.append(engine.submit(PROMPTS[which], OPTIONS[which], patience=patience))
        if len(futures) in canceled:
            futures[len(futures) // 2].cancel()
        for _ in range(num_steps):
            engine.step()
    engine.close()
    for (_, which, _), future in zip(arrivals, futures, strict=True):
        assert future.cancelled() or future.result() == alone[which]


def test_a_completion_ends_with_the_stop_token(bloom: Bloom, alone: list[list[int]]) -> None:
    stop = alone[2][5]
    engine = Engine(bloom, capacity=CAPACITY)
    future = engine.submit(PROMPTS[2], SamplingOptions(max_new_tokens=12, stop_tokens=frozenset({stop})))
    engine.close()
    assert future.result() == alone[2][: alone[2].index(stop) + 1]


def test_a_canceled_sequence_leaves_between_two_tokens(bloom: Bloom, alone: list[list[int]]) -> None:
    engine = Engine(bloom, capacity=Capacity(max_batch=1, cache_tokens=4000))
    long = engine.submit(PROMPTS[0], MANY)
    waiting = engine.submit(PROMPTS[1], OPTIONS[1])
    for _ in range(3):
        engine.step()
    assert long.cancel()
    for _ in range(12):
        engine.step()
    assert waiting.result(timeout=0) == alone[1]
    with pytest.raises(CancelledError):
        long.result(timeout=0)


def test_a_sequence_whose_time_is_over_fails_between_two_tokens(bloom: Bloom) -> None:
    now = [100.0]
    engine = Engine(bloom, capacity=CAPACITY, clock=lambda: now[0])
    late = engine.submit(PROMPTS[0], MANY, deadline=105.0)
    patient = engine.submit(PROMPTS[1], MANY, deadline=200.0)
    engine.step()
    now[0] = 104.9
    engine.step()
    assert not late.done()
    now[0] = 105.0
    engine.step()
    assert isinstance(late.exception(timeout=0), DeadlineExceeded)
    assert not patient.done()
    engine.close(drain=False)


def test_a_sequence_may_be_too_late_before_it_begins(bloom: Bloom) -> None:
    engine = Engine(bloom, capacity=CAPACITY, clock=lambda: 100.0)
    late = engine.submit(PROMPTS[0], FEW, deadline=99.0)
    engine.step()
    assert isinstance(late.exception(timeout=0), DeadlineExceeded)


@pytest.mark.parametrize(
    ("prompt", "reason"),
    [
        ([], "empty"),
        ([4] * 300, "304 tokens; 256 are the limit"),
        ([4, VOCABULARY], "outside"),
        ([-1, 4], "outside"),
    ],
    ids=["empty", "too long", "outside the vocabulary", "negative"],
)
def test_a_prompt_that_cannot_be_read_fails_alone(
    bloom: Bloom, alone: list[list[int]], prompt: list[int], reason: str
) -> None:
    engine = Engine(bloom, capacity=Capacity(cache_tokens=256))
    good = engine.submit(PROMPTS[2], OPTIONS[2])
    bad = engine.submit(prompt, FEW)
    engine.close()
    with pytest.raises(ModelFailure, match=reason):
        bad.result(timeout=0)
    assert good.result(timeout=0) == alone[2]


def test_scores_that_are_not_finite_fail_their_own_sequence_only(bloom: Bloom, alone: list[list[int]]) -> None:
    engine = Engine(Fragile(bloom, raises=None), capacity=CAPACITY)
    good, bad = engine.submit(PROMPTS[2], OPTIONS[2]), engine.submit([POISON], FEW)
    engine.close()
    assert isinstance(bad.exception(timeout=0), ModelFailure)
    assert good.result(timeout=0) == alone[2]


def test_a_hook_that_raises_fails_its_own_sequence_only(bloom: Bloom, alone: list[list[int]]) -> None:
    engine = Engine(bloom, capacity=CAPACITY)
    good = engine.submit(PROMPTS[2], OPTIONS[2])
    bad = engine.submit(
        PROMPTS[1], SamplingOptions(max_new_tokens=4, accepts=lambda completion, _: completion[99] == 0)
    )
    engine.close()
    assert isinstance(bad.exception(timeout=0), ModelFailure)
    assert good.result(timeout=0) == alone[2]


def test_a_hook_restricts_what_comes_next(bloom: Bloom) -> None:
    engine = Engine(bloom, capacity=CAPACITY)
    options = SamplingOptions(max_new_tokens=30, accepts=lambda completion, token: token % 3 == len(completion) % 3)
    future = engine.submit(PROMPTS[2], options)
    engine.close()
    assert [token % 3 for token in future.result()] == [place % 3 for place in range(30)]


def test_a_guard_keeps_a_model_from_going_round_in_circles(bloom: Bloom) -> None:
    engine = Engine(bloom, capacity=CAPACITY)
    plain = engine.submit(PROMPTS[2], SamplingOptions(max_new_tokens=150))
    guarded = engine.submit(PROMPTS[2], SamplingOptions(max_new_tokens=150, no_repeat_ngram=2))
    engine.close()
    assert len(set(pairwise(plain.result()))) < 149
    assert len(set(pairwise(guarded.result()))) == 149


def test_a_sequence_on_which_the_model_raises_fails_alone(bloom: Bloom, alone: list[list[int]]) -> None:
    engine = Engine(Fragile(bloom, raises=RuntimeError), capacity=Capacity(max_batch=3, cache_tokens=4096))
    good = [engine.submit(PROMPTS[2], OPTIONS[2])]
    bad = engine.submit([POISON], FEW)
    good += [engine.submit(PROMPTS[5], OPTIONS[5]) for _ in range(2)]
    engine.step()
    with pytest.raises(ModelFailure, match="being written"):
        bad.result(timeout=0)
    engine.close()
    assert [future.result(timeout=0) for future in good] == [alone[2], alone[5], alone[5]]


def test_nobody_waits_for_an_engine_that_was_stopped_from_outside(bloom: Bloom) -> None:
    engine = Engine(Fragile(bloom, raises=KeyboardInterrupt), capacity=Capacity(max_batch=1, cache_tokens=4096))
    futures = [engine.submit([POISON], FEW), engine.submit(PROMPTS[0], FEW)]
    with pytest.raises(KeyboardInterrupt):
        engine.close()
    for future in [*futures, engine.submit(PROMPTS[0], FEW)]:
        assert isinstance(future.exception(timeout=0), ModelFailure)


def test_close_finishes_what_was_asked_for_and_takes_nothing_more(bloom: Bloom, alone: list[list[int]]) -> None:
    engine = Engine(bloom, capacity=CAPACITY).start()
    futures = [engine.submit(prompt, options) for prompt, options in zip(PROMPTS, OPTIONS, strict=True)]
    engine.close()
    assert [future.result(timeout=0) for future in futures] == alone
    with pytest.raises(ModelFailure, match="closed"):
        engine.submit(PROMPTS[0], FEW).result(timeout=0)
    engine.close()


def test_close_without_draining_cancels_what_is_left(bloom: Bloom) -> None:
    engine = Engine(bloom, capacity=Capacity(max_batch=1, cache_tokens=4096)).start()
    futures = [engine.submit(PROMPTS[0], MANY) for _ in range(3)]
    engine.close(drain=False)
    assert all(future.cancelled() for future in futures)


def test_many_threads_may_submit_at_once(bloom: Bloom, alone: list[list[int]]) -> None:
    engine = Engine(bloom, capacity=Capacity(max_batch=3, cache_tokens=4096)).start()
    written: dict[int, list[int]] = {}

    def caller(which: int) -> None:
        time.sleep(0.003 * which)
        written[which] = engine.submit(PROMPTS[which], OPTIONS[which]).result(timeout=30)

    threads = [threading.Thread(target=caller, args=(which,)) for which in range(len(PROMPTS))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.close()
    assert [written[which] for which in range(len(PROMPTS))] == alone


def test_memory_is_free_again_when_all_is_done(bloom: Bloom) -> None:
    engine = Engine(Fragile(bloom, raises=RuntimeError), capacity=CAPACITY)
    engine.submit(PROMPTS[1], MANY).cancel()
    for prompt in (PROMPTS[0], [POISON], PROMPTS[2]):
        engine.submit(prompt, FEW)
    engine.submit(PROMPTS[3], FEW, deadline=0.0)
    engine.close()
    assert engine.num_free_tokens == engine.max_tokens == 4096


def test_a_known_beginning_is_not_read_again_and_changes_nothing(bloom: Bloom, alone: list[list[int]]) -> None:
    engine = Engine(bloom, capacity=CAPACITY)
    first = engine.submit(PROMPTS[5], OPTIONS[5])
    while not first.done():
        engine.step()
    assert engine.totals.known_tokens == 0
    again = engine.submit(PROMPTS[5], OPTIONS[5])
    longer = engine.submit([*PROMPTS[5], *PROMPTS[2]], FEW)
    engine.close()
    assert first.result() == again.result() == alone[5]
    assert engine.totals.known_tokens == 2 * (200 // BLOCK) * BLOCK
    fresh = Engine(bloom, capacity=CAPACITY)
    unknown = fresh.submit([*PROMPTS[5], *PROMPTS[2]], FEW)
    fresh.close()
    assert longer.result() == unknown.result()


def test_a_waiting_agent_goes_before_a_backfill(bloom: Bloom, alone: list[list[int]]) -> None:
    engine = Engine(bloom, capacity=Capacity(max_batch=1, cache_tokens=4096), clock=lambda: 100.0)
    backfill = [engine.submit(PROMPTS[which], OPTIONS[which], patience=60.0) for which in (5, 0)]
    for _ in range(5):
        engine.step()
    live = engine.submit(PROMPTS[1], OPTIONS[1])
    while not live.done():
        engine.step()
    assert not any(future.done() for future in backfill)
    engine.close()
    assert live.result() == alone[1]
    assert [future.result() for future in backfill] == [alone[5], alone[0]]


def test_guesses_save_steps_and_change_nothing(bloom: Bloom) -> None:
    written = []
    for guess_tokens in (0, 8):
        engine = Engine(bloom, capacity=Capacity(cache_tokens=4096, guess_tokens=guess_tokens))
        future = engine.submit(PROMPTS[2], SamplingOptions(max_new_tokens=300))
        engine.close()
        written.append((future.result(), engine.totals.steps))
    (plain, many_steps), (guessed, few_steps) = written
    assert plain == guessed
    assert few_steps < 0.8 * many_steps


class Small(Fragile):
    """A model whose device has memory for so many tokens a step."""

    def __init__(self, bloom: Bloom, *, room: int) -> None:
        super().__init__(bloom, raises=None)
        self.room = room
        self.sizes: list[int] = []

    def forward(self, rows: Sequence[Row], memory: Attention) -> Tensor:
        self.sizes.append(sum(len(row.tokens) for row in rows))
        if self.sizes[-1] > self.room:
            raise MemoryError
        return super().forward(rows, memory)


def test_out_of_memory_halves_the_step_and_remembers(bloom: Bloom, alone: list[list[int]]) -> None:
    model = Small(bloom, room=70)
    engine = Engine(model, capacity=Capacity(cache_tokens=4096, tokens_per_step=256))
    futures = [engine.submit(prompt, options) for prompt, options in zip(PROMPTS, OPTIONS, strict=True)]
    engine.close()
    assert [future.result() for future in futures] == alone
    assert sum(size > model.room for size in model.sizes) == 2


def test_a_device_without_memory_for_one_token_fails_what_runs(bloom: Bloom) -> None:
    engine = Engine(Small(bloom, room=0), capacity=CAPACITY)
    future = engine.submit(PROMPTS[2], FEW)
    engine.close()
    with pytest.raises(ModelFailure, match="not enough memory"):
        future.result(timeout=0)
