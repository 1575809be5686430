"""The table of what Celery alone loses (300 tasks, one fault a row), with our service in every row.

The same faults with an installation's own settings: lease 30 s, sweeper every 2 s, bells rung again after 10 s.
"""

import signal
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from tests.faults.generator import LONG
from tests.faults.harness import Fault, run
from tests.faults.load import Load
from tests.faults.processes import wait_for_work
from tests.faults.report import Report
from tests.faults.stage import Stage

NUM_TASKS = 300


@dataclass(frozen=True, slots=True)
class Row:
    """A fault, and what Celery alone made of it: accepted, done, lost, run twice, seconds to the last one."""

    name: str
    celery: str
    fault: Fault


def _killed(stage: Stage, load: Load) -> None:
    wait_for_work(stage, load)
    stage.kill("worker")
    stage.wait(0.5)


def _killed_thrice(stage: Stage, load: Load) -> None:
    for _ in range(3):
        _killed(stage, load)
        stage.wait_until(lambda: stage.is_ready("worker"), seconds=60)


def _flushed(stage: Stage, load: Load) -> None:  # noqa: ARG001
    stage.broker.flushdb()


def _replaced(stage: Stage, load: Load) -> None:
    wait_for_work(stage, load)
    stage.kill("worker", signal.SIGTERM)
    stage.deployment.processes["worker"].wait()
    stage.tend()


def _long(stage: Stage, load: Load) -> None:  # noqa: ARG001
    for _ in range(4):
        load.send_one(words=LONG)


def _row(name: str, celery: str, cause: Callable[[Stage, Load], None]) -> Row:
    return Row(name, celery, Fault("tasks", name, cause, at=1.0))


ROWS = (
    _row("kill -9 worker, new worker (early acks)", "280 done, 20 lost, 0 twice, 3.9 s", _killed),
    _row("kill -9 worker, new worker (late acks)", "300 done, 0 lost, 4 twice, 101 s", _killed),
    _row("kill -9 three times (late acks)", "297 done, 3 lost, 0 twice", _killed_thrice),
    _row("kill -9 three times (late acks, reject)", "300 done, 0 lost, 3 twice, 3.1 s", _killed_thrice),
    _row("FLUSHDB", "89 done, 211 lost, never", _flushed),
    _row("TERM, new worker", "300 done, 0 lost, 1 twice, 6.5 s", _replaced),
    _row("4 jobs of twice the lease", "4 done, 4 twice", _long),
)


def table(stage: Stage, *, num_tasks: int) -> list[tuple[Row, Report]]:
    """Each row, run; the calls are all accepted before the fault, as in the table."""
    return [(row, run(stage, row.fault, num_calls=num_tasks)) for row in ROWS]


def show(results: list[tuple[Row, Report]], console: Console) -> None:
    """Print the table beside Celery's."""
    shown = Table("fault", "Celery alone", "accepted", "summarised", "lost", "doubled", "begun again", "recovered s")
    for row, report in results:
        again = report.executions - report.summarised
        done = (report.accepted, report.summarised, report.lost, report.duplicate_rows, again, report.recovery_s)
        shown.add_row(row.name, row.celery, *map(str, done))
    console.print(shown)
