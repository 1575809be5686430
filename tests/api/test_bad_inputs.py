"""Every bad input of `tests.bad_inputs`, sent to a real server."""

from pathlib import Path

import pytest

from tests.api.conftest import Running
from tests.bad_inputs import ELSEWHERE, TABLE, Bad, World, faults, variants, world_of

ROWS = range(1, 79)


@pytest.fixture(scope="module")
def world(running: Running) -> World:
    return world_of(running.address, running.database, running.settings)


@pytest.mark.parametrize("bad", TABLE, ids=str)
def test_a_bad_input_is_answered_as_it_must_be_and_the_next_good_one_is_taken(bad: Bad, world: World) -> None:
    assert faults(bad, world)[1] == []


@pytest.mark.parametrize("bad", list(variants()), ids=str)
def test_whatever_becomes_of_a_good_request_is_never_our_fault(bad: Bad, world: World) -> None:
    assert faults(bad, world)[1] == []


def test_every_row_of_the_list_is_tried_or_held_by_a_test_that_exists() -> None:
    assert {bad.row for bad in TABLE} | set(ELSEWHERE) == set(ROWS)
    for place in ELSEWHERE.values():
        path, _, name = place.partition("::")
        assert name in (Path(__file__).parents[2] / path).read_text("utf-8"), place
