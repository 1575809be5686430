"""The scheduler serves the oldest first, within its budget."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.engine.cache import BLOCK, Cache
from summarizer.engine.sampling import SamplingOptions
from summarizer.engine.scheduler import Chunk, Scheduler
from summarizer.engine.sequence import Sequence


def a_scheduler(
    *, num_blocks: int = 8, max_batch: int = 4, tokens_per_step: int = 10, guess_tokens: int = 0
) -> Scheduler:
    return Scheduler(Cache(num_blocks), max_batch=max_batch, tokens_per_step=tokens_per_step, guess_tokens=guess_tokens)


def a_sequence(length: int, *, max_new_tokens: int = 5, turn: float = 0.0) -> Sequence:
    return Sequence((9,) * length, SamplingOptions(max_new_tokens=max_new_tokens), turn=turn)


def run(scheduler: Scheduler, chunks: list[Chunk]) -> None:
    """Pretend that the model ran these chunks."""
    for chunk in chunks:
        scheduler.advance(chunk.sequence, chunk.num_tokens)
        if not chunk.sequence.num_pending:
            chunk.sequence.write(9)


def test_a_long_prompt_is_read_in_chunks_while_older_sequences_go_on() -> None:
    scheduler = a_scheduler(tokens_per_step=10)
    old, new = a_sequence(4), a_sequence(13)
    for sequence in (old, new):
        scheduler.add(sequence)
    steps = []
    for _ in range(3):
        chunks = scheduler.schedule()
        steps.append([(chunk.sequence, chunk.num_tokens) for chunk in chunks])
        run(scheduler, chunks)
    assert steps == [[(old, 4), (new, 6)], [(old, 1), (new, 7)], [(old, 1), (new, 1)]]


def test_nobody_overtakes_the_oldest_waiting_sequence() -> None:
    scheduler = a_scheduler(num_blocks=3)
    running, large, small = a_sequence(100), a_sequence(150), a_sequence(1)
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
        a_scheduler(num_blocks=1).add(a_sequence(BLOCK - 4))


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
    scheduler = a_scheduler(num_blocks=2, max_batch=max_batch, tokens_per_step=tokens_per_step)
    waiting = [a_sequence(length) for length in lengths]
    admitted: list[Sequence] = []
    for sequence in waiting:
        scheduler.add(sequence)
    while scheduler.sequences:
        chunks = scheduler.schedule()
        assert 1 <= len(chunks) <= max_batch
        assert sum(chunk.num_tokens for chunk in chunks) <= tokens_per_step
        admitted += [chunk.sequence for chunk in chunks if chunk.sequence not in admitted]
        run(scheduler, chunks)
        for chunk in chunks:
            if chunk.sequence.is_finished:
                scheduler.remove(chunk.sequence)
    assert admitted == waiting


def test_the_earliest_turn_is_first_in_line() -> None:
    scheduler = a_scheduler(max_batch=1)
    backfill, live, later = a_sequence(1, turn=60.0), a_sequence(1, turn=10.0), a_sequence(1, turn=20.0)
    for sequence in (backfill, live, later):
        scheduler.add(sequence)
    scheduler.schedule()
    assert scheduler.sequences == [live, later, backfill]


def test_a_running_sequence_gives_way_to_an_earlier_turn_and_is_read_again_from_memory() -> None:
    scheduler = a_scheduler(max_batch=1, tokens_per_step=200)
    backfill = a_sequence(BLOCK + 5, turn=60.0)
    scheduler.add(backfill)
    run(scheduler, scheduler.schedule())
    run(scheduler, scheduler.schedule())
    live = a_sequence(3, turn=10.0)
    scheduler.add(live)
    assert [chunk.sequence for chunk in scheduler.schedule()] == [live]
    scheduler.remove(live)
    (chunk,) = scheduler.schedule()
    assert chunk.sequence is backfill
    assert (backfill.num_cached, chunk.num_tokens) == (BLOCK, 5 + 2)


def test_nobody_gives_way_to_a_turn_no_earlier_than_his_own() -> None:
    scheduler = a_scheduler(max_batch=1)
    first, second = a_sequence(1, turn=10.0), a_sequence(1, turn=10.0)
    scheduler.add(first)
    scheduler.schedule()
    scheduler.add(second)
    assert [chunk.sequence for chunk in scheduler.schedule()] == [first]


def test_guesses_fill_a_step_that_is_nearly_empty_only() -> None:
    scheduler = a_scheduler(max_batch=4, tokens_per_step=100, guess_tokens=8)
    sequences = [a_sequence(20, max_new_tokens=50) for _ in range(3)]
    for sequence in sequences:
        scheduler.add(sequence)
    assert [len(chunk.guess) for chunk in scheduler.schedule()] == [0, 0, 0], "there is nothing to guess in a prompt"
    for sequence in sequences:
        scheduler.advance(sequence, 20)
        sequence.write(9)
    assert [(len(chunk.guess), chunk.num_scores) for chunk in scheduler.schedule()] == [(1, 2)] * 3


def test_half_as_much_is_done_after_halving() -> None:
    scheduler = a_scheduler(max_batch=4, tokens_per_step=8)
    sequences = [a_sequence(9, turn=float(turn)) for turn in range(4)]
    for sequence in sequences:
        scheduler.add(sequence)
    scheduler.schedule()
    assert scheduler.halve()
    chunks = scheduler.schedule()
    assert [chunk.sequence for chunk in chunks] == sequences[:2]
    assert sum(chunk.num_tokens for chunk in chunks) == 4
    assert [scheduler.halve() for _ in range(3)] == [True, True, False]
