"""The scheduler serves the oldest first, within its budget."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.engine.cache import Cache
from summarizer.engine.sampling import SamplingOptions
from summarizer.engine.scheduler import Chunk, Scheduler
from summarizer.engine.sequence import Sequence


def a_scheduler(*, cache_tokens: int = 100, max_batch: int = 4, tokens_per_step: int = 10) -> Scheduler:
    cache = Cache(cache_tokens, num_layers=1, num_heads=1, head_size=1)
    return Scheduler(cache, max_batch=max_batch, tokens_per_step=tokens_per_step)


def a_sequence(length: int, *, max_new_tokens: int = 5) -> Sequence:
    return Sequence((9,) * length, SamplingOptions(max_new_tokens=max_new_tokens))


def run(chunks: list[Chunk]) -> None:
    """Pretend that the model ran these chunks."""
    for chunk in chunks:
        chunk.sequence.num_cached += chunk.num_tokens
        if not chunk.sequence.num_pending:
            chunk.sequence.completion.append(9)


def test_a_long_prompt_is_read_in_chunks_while_older_sequences_go_on() -> None:
    scheduler = a_scheduler(tokens_per_step=10)
    old, new = a_sequence(4), a_sequence(13)
    for sequence in (old, new):
        scheduler.add(sequence)
    steps = []
    for _ in range(3):
        chunks = scheduler.schedule()
        steps.append([(chunk.sequence, chunk.num_tokens) for chunk in chunks])
        run(chunks)
    assert steps == [[(old, 4), (new, 6)], [(old, 1), (new, 7)], [(old, 1), (new, 1)]]


def test_nobody_overtakes_the_oldest_waiting_sequence() -> None:
    scheduler = a_scheduler(cache_tokens=30)
    running, large, small = a_sequence(15), a_sequence(20), a_sequence(1)
    for sequence in (running, large, small):
        scheduler.add(sequence)
    assert [chunk.sequence for chunk in scheduler.schedule()] == [running]
    scheduler.remove(running)
    assert [chunk.sequence for chunk in scheduler.schedule()] == [large]


def test_no_more_than_the_batch_runs_together() -> None:
    scheduler = a_scheduler(max_batch=2)
    sequences = [a_sequence(1) for _ in range(3)]
    for sequence in sequences:
        scheduler.add(sequence)
    assert [chunk.sequence for chunk in scheduler.schedule()] == sequences[:2]


def test_a_sequence_can_be_removed_while_it_waits() -> None:
    scheduler = a_scheduler(max_batch=1)
    first, second = a_sequence(1), a_sequence(1)
    scheduler.add(first)
    scheduler.add(second)
    scheduler.schedule()
    scheduler.remove(second)
    assert scheduler.sequences == [first]


def test_what_could_never_run_is_refused() -> None:
    with pytest.raises(ValueError, match="for ever"):
        a_scheduler(cache_tokens=10).add(a_sequence(6))


def test_a_step_must_hold_a_token_of_every_running_sequence() -> None:
    with pytest.raises(ValueError, match="room"):
        a_scheduler(max_batch=4, tokens_per_step=3)


@given(
    lengths=st.lists(st.integers(1, 30), min_size=1, max_size=12),
    max_batch=st.integers(1, 5),
    tokens_per_step=st.integers(5, 40),
)
@settings(max_examples=50, deadline=None)
def test_every_sequence_finishes_in_turn_within_the_budget(
    lengths: list[int], max_batch: int, tokens_per_step: int
) -> None:
    scheduler = a_scheduler(cache_tokens=60, max_batch=max_batch, tokens_per_step=tokens_per_step)
    waiting = [a_sequence(length) for length in lengths]
    admitted: list[Sequence] = []
    for sequence in waiting:
        scheduler.add(sequence)
    while scheduler.sequences:
        chunks = scheduler.schedule()
        assert 1 <= len(chunks) <= max_batch
        assert sum(chunk.num_tokens for chunk in chunks) <= tokens_per_step
        admitted += [chunk.sequence for chunk in chunks if chunk.sequence not in admitted]
        run(chunks)
        for chunk in chunks:
            if chunk.sequence.is_finished:
                scheduler.remove(chunk.sequence)
    assert admitted == waiting
