"""A sequence knows what is pending and when it is finished."""

from summarizer.engine.sampling import SamplingOptions
from summarizer.engine.sequence import Sequence


def a_sequence(*prompt: int, max_new_tokens: int = 3, stop_tokens: frozenset[int] = frozenset({2})) -> Sequence:
    return Sequence(tuple(prompt), SamplingOptions(max_new_tokens=max_new_tokens, stop_tokens=stop_tokens))


def test_first_the_prompt_is_pending_then_one_token_at_a_time() -> None:
    sequence = a_sequence(5, 6, 7)
    assert (sequence.num_pending, sequence.pending(2)) == (3, [5, 6])
    sequence.num_cached = 3
    assert sequence.num_pending == 0
    sequence.completion.append(8)
    assert (sequence.num_pending, sequence.pending(1)) == (1, [8])


def test_a_sequence_that_lost_its_memory_reads_prompt_and_completion_again() -> None:
    sequence = a_sequence(5, 6)
    sequence.completion += [8, 9]
    assert sequence.pending(4) == [5, 6, 8, 9]
    sequence.num_cached = 1
    assert sequence.pending(2) == [6, 8]


def test_a_stop_token_finishes_a_sequence() -> None:
    sequence = a_sequence(5)
    sequence.completion.append(8)
    assert not sequence.is_finished
    sequence.completion.append(2)
    assert sequence.is_finished


def test_the_greatest_length_finishes_a_sequence() -> None:
    sequence = a_sequence(5, max_new_tokens=2)
    assert sequence.max_tokens == 3
    sequence.completion += [8, 9]
    assert sequence.is_finished


def test_a_stop_token_in_the_prompt_finishes_nothing() -> None:
    assert not a_sequence(5, 2).is_finished
