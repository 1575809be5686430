"""A bad network: slow, and in pieces of a byte."""

from tests.faults.load import Load
from tests.faults.stage import Stage


def in_pieces(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """A byte at a time between clients, API and queue, 64 to and from Postgres."""
    stage.http.slice_bytes = stage.valkey.slice_bytes = 1
    stage.postgres.slice_bytes = 64
    stage.wait(10)


def far_away(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """Clients are 200 ms away, and so is the queue."""
    stage.http.delay_seconds = stage.valkey.delay_seconds = 0.2
    stage.wait(10)
