"""The short form of `python -m tests.fuzz`."""

import pytest

from tests.fuzz import Tally, Target, document_of, targets, tried

NUM_DOCUMENTS = 60


@pytest.mark.parametrize("target", targets(), ids=lambda target: target.name)
def test_of_a_reader_nothing_comes_out_but_a_conversation_or_a_refusal(target: Target) -> None:
    tally = Tally()
    for number in range(NUM_DOCUMENTS):
        raw = document_of(target, seed=1, number=number)
        failure = tried(target, raw, number=number, tally=tally)
        assert failure is None, failure and failure.what
    assert len(tally.outcomes) > 1  # not all of them end at the first look


def test_the_same_seed_makes_the_same_documents() -> None:
    first, *_ = targets()
    assert document_of(first, seed=3, number=5) == document_of(first, seed=3, number=5)
    assert document_of(first, seed=3, number=5) != document_of(first, seed=4, number=5)


@pytest.mark.parametrize("target", targets(), ids=lambda target: target.name)
def test_what_it_begins_with_is_good(target: Target) -> None:
    tally = Tally()
    for number, raw in enumerate(target.seeds):
        assert tried(target, raw, number=number, tally=tally) is None
    assert tally.num_read > 0
