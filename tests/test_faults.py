"""A few faults in the real service, with all its processes; `make faults` causes the others."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.catalogue import ELSEWHERE, FAULTS, Elsewhere
from tests.faults.harness import Fault, run
from tests.faults.stage import Stage, staged

SHORT_SET = ("F1", "F9", "F14")
NUM_CALLS = 30


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("faults")) as running:
        yield running


@pytest.mark.parametrize("fault", [one for one in FAULTS if one.id in SHORT_SET], ids=lambda one: one.id)
def test_nothing_is_lost_and_nothing_doubled(stage: Stage, fault: Fault) -> None:
    report = run(stage, fault, num_calls=NUM_CALLS)
    assert report.broken == ()
    assert report.recovered_by_itself
    assert report.accepted >= NUM_CALLS
    assert report.summarised == report.accepted - fault.expected_failed


def test_every_fault_of_the_list_is_caused_or_held_elsewhere() -> None:
    known = {one.id.rstrip("b") for one in FAULTS} | {one.id for one in ELSEWHERE}
    assert {f"F{number}" for number in range(1, 45)} <= known


@pytest.mark.parametrize("other", ELSEWHERE, ids=lambda other: other.id)
def test_what_holds_a_fault_elsewhere_is_there(other: Elsewhere) -> None:
    named = [word.rstrip(",;") for word in other.where.split() if word.startswith("tests/")]
    assert all(Path(name).exists() for name in named)
