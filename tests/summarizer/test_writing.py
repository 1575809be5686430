from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta

import pytest

from summarizer.backends.extractive import Extractive
from summarizer.budget import Because, Plan
from summarizer.errors import DeadlineExceeded, DeviceLost, GeneratorStopped, ModelFailure
from summarizer.generate import NO_PATIENCE, Generator
from summarizer.resting import NUM_FAILURES, SECONDS, Resting
from summarizer.summary import Kind
from summarizer.template import Template
from summarizer.writing import Taken, Written, write
from tests.builders import a_conversation
from tests.fakes import FakeGenerator

CHAIN = Plan(("first", "second", "extractive"))


def _raising(error: Exception) -> FakeGenerator:
    def fail(_: str) -> str:
        raise error

    return FakeGenerator(fail)


def _write(
    plan: Plan,
    taken: list[Taken],
    *,
    patience: timedelta = NO_PATIENCE,
    resting: Resting | None = None,
    **backends: Generator | Exception,
) -> Written:
    @contextmanager
    def broken(error: Exception) -> Iterator[Generator]:
        raise error
        yield

    def serving(name: str) -> AbstractContextManager[Generator]:
        found = Extractive() if name == "extractive" else backends[name]
        return broken(found) if isinstance(found, Exception) else nullcontext(found)

    return write(
        a_conversation(), Template(), plan, serving, patience=patience, resting=resting or Resting(), taken=taken
    )


def test_the_first_that_can_writes_and_nobody_else_is_asked() -> None:
    taken: list[Taken] = []
    second = FakeGenerator()
    written = _write(CHAIN, taken, first=FakeGenerator(), second=second)
    assert (written.taken.backend, written.because, second.prompts) == ("first", None, [])
    assert [(one.backend, one.is_summary, one.meter.num_prompts) for one in taken] == [("first", True, 1)]


@pytest.mark.parametrize("error", [ModelFailure("no"), DeadlineExceeded("late")])
def test_one_that_fails_is_followed_by_the_next_and_both_are_charged(error: ModelFailure) -> None:
    taken: list[Taken] = []
    written = _write(CHAIN, taken, first=_raising(error), second=FakeGenerator())
    follower = "extractive" if isinstance(error, DeadlineExceeded) else "second"
    assert (written.taken.backend, written.because) == (follower, Because.BACKEND_FAILED)
    assert [(one.backend, one.is_summary) for one in taken] == [("first", False), (follower, True)]


def test_one_that_cannot_be_opened_is_followed_by_the_next_and_costs_nothing() -> None:
    taken: list[Taken] = []
    written = _write(CHAIN, taken, first=ModelFailure("no file"), second=_raising(ModelFailure("no")))
    assert written.summary.kind is Kind.EXTRACTIVE
    assert (written.taken.backend, written.taken.model_version) == ("extractive", Extractive.model_version)
    assert [one.backend for one in taken] == ["second", "extractive"]


@pytest.mark.parametrize("error", [GeneratorStopped("stop"), DeviceLost("lost")])
def test_a_process_that_has_to_end_asks_nobody_else(error: ModelFailure) -> None:
    taken: list[Taken] = []
    with pytest.raises(type(error)):
        _write(CHAIN, taken, first=_raising(error), second=FakeGenerator())
    assert [(one.backend, one.is_summary) for one in taken] == [("first", False)]


def test_when_the_last_fails_the_attempt_has_failed() -> None:
    with pytest.raises(ModelFailure, match="no"):
        _write(Plan(("first",)), [], first=_raising(ModelFailure("no")))


def test_why_the_first_of_the_choice_was_not_asked_stays_known() -> None:
    written = _write(Plan(("second",), Because.SOFT_CAP), [], second=FakeGenerator())
    assert written.because is Because.SOFT_CAP


def test_a_backfill_has_patience_with_every_backend() -> None:
    first = FakeGenerator()
    _write(CHAIN, [], patience=timedelta(minutes=1), first=first)
    assert first.patience == timedelta(minutes=1)


def test_one_that_keeps_failing_rests_and_is_asked_again_later() -> None:
    now = [0.0]
    resting = Resting(clock=lambda: now[0])
    asked: list[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        raise ModelFailure("the server hangs")

    first = FakeGenerator(answer)
    for number in range(NUM_FAILURES + 2):
        written = _write(CHAIN, [], resting=resting, first=first, second=FakeGenerator())
        assert (written.taken.backend, written.because) == ("second", Because.BACKEND_FAILED)
        assert len(asked) == min(number + 1, NUM_FAILURES)
    now[0] = SECONDS + 1
    _write(CHAIN, [], resting=resting, first=first, second=FakeGenerator())
    assert len(asked) == NUM_FAILURES + 1
    assert resting.is_resting("first"), "once more was enough"
    now[0] = 2 * SECONDS + 2
    assert _write(CHAIN, [], resting=resting, first=FakeGenerator()).taken.backend == "first"
    assert not resting.is_resting("first")


def test_one_that_rests_is_asked_all_the_same_where_nobody_else_can_write() -> None:
    resting = Resting()
    for _ in range(NUM_FAILURES):
        resting.failed("first")
    assert _write(Plan(("first",)), [], resting=resting, first=FakeGenerator()).taken.backend == "first"
