"""Every fault of the list: what causes it, or where else it is held, or why it cannot be had on one machine."""

from tests.faults.harness import Fault
from tests.faults.load import Load
from tests.faults.stage import Stage


def f1(stage: Stage, load: Load) -> None:
    stage.kill("worker")
    stage.wait(1)


FAULTS = [Fault("F1", "kill -9 of the worker", f1)]
