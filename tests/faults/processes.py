"""Faults of processes: killed, stopped, replaced, alone or together."""

import os
import random
import signal

from tests.faults.generator import CRASH, HANG, SLOW
from tests.faults.load import Load
from tests.faults.stage import Stage

PROMPT_SECONDS = 20.0


def worker_killed(stage: Stage, load: Load) -> None:
    """In the middle of its work."""
    wait_for_work(stage, load)
    stage.kill("worker")
    stage.wait(1)


def worker_replaced(stage: Stage, load: Load) -> None:
    """As a deployment does: SIGTERM, a new one, four times."""
    for _ in range(4):
        wait_for_work(stage, load)
        stage.kill("worker", signal.SIGTERM)
        stage.wait_until(lambda: stage.deployment.processes["worker"].poll() is not None, seconds=PROMPT_SECONDS)
        stage.wait(2)


def worker_stopped(stage: Stage, load: Load) -> None:
    """For three leases, while another takes its jobs; then it wakes and would write what nobody waits for."""
    stage.add("worker-2", like="worker")
    wait_for_work(stage, load)
    stage.kill("worker", signal.SIGSTOP)
    stage.wait(3 * stage.lease_seconds)
    stage.kill("worker", signal.SIGCONT)
    stage.wait(1)
    stage.remove("worker-2")


def api_killed(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """Five times, while clients wait for their answers."""
    for _ in range(5):
        stage.wait(1)
        stage.kill("serve")
        stage.wait_until_answering()


def answers_lost(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """What was committed is not answered: the process is killed before a byte of it reaches a client."""
    stage.http.drops_answers = True
    stage.wait(1.5)
    stage.kill("serve")
    stage.wait(0.2)
    stage.http.drops_answers = False
    stage.wait_until_answering()


def killed_before_the_bell(stage: Stage, load: Load) -> None:
    """The broker says nothing, so that requests stand between their commit and their bell; then the API is killed."""
    stage.hold("worker")
    for _ in range(3):
        stage.valkey.stall()
        stage.wait_until(lambda: load.num_sent >= load.num_calls, seconds=0.5)
        stage.kill("serve")
        stage.valkey.heal()
        stage.wait_until_answering()


def beat_lost(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """Every bell is lost while no sweeper lives; then there are two of them, and a backlog."""
    stage.hold("beat")
    stage.hold("worker")
    stage.wait(2)
    stage.broker.flushall()
    stage.add("beat-2", like="beat")
    stage.held.clear()
    stage.wait(5)
    stage.remove("beat-2")


def poisoned(stage: Stage, load: Load) -> None:
    """A call that crashes the process whenever it is read, among others."""
    load.send_one(words=CRASH)
    stage.wait(2)


def hanging(stage: Stage, load: Load) -> None:
    """A call at which the model never ends."""
    load.send_one(words=HANG)
    stage.wait(2)


def deaf_log(stage: Stage, load: Load) -> None:
    """Whoever reads the logs of worker and API has stopped: their pipes are full."""
    for name in ("worker", "serve"):
        path = stage.deployment.log(name)
        aside = path.with_suffix(".aside")
        path.rename(aside)
        os.mkfifo(path)
        holder = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        _fill(holder)
        stage.kill(name)
        stage.wait(0.5)
        stage.on_heal(lambda name=name, path=path, aside=aside, holder=holder: _undo(stage, name, path, aside, holder))
    stage.wait_until_answering()
    stage.wait_until(lambda: not load.is_sending, seconds=30)


def killed_at_random(stage: Stage, load: Load) -> None:
    """Any process, at any moment, ten times."""
    rng = random.Random(load.num_calls)
    for _ in range(10):
        stage.wait(rng.uniform(0.2, 2.0))
        stage.kill(rng.choice(["serve", "worker", "beat", "courier"]))
    stage.wait_until_answering()


def _fill(pipe: int) -> None:
    try:
        while True:
            os.write(pipe, b"." * 4096)
    except BlockingIOError:
        return


def _undo(stage: Stage, name: str, path: object, aside: object, holder: int) -> None:
    os.unlink(str(path))
    os.rename(str(aside), str(path))
    stage.kill(name)
    stage.deployment.processes[name].wait()
    os.close(holder)


def wait_for_work(stage: Stage, load: Load) -> None:
    """Until jobs run that take their time, so that something can be lost."""
    for _ in range(4):
        load.send_one(words=SLOW)
    stage.wait_until(lambda: load.num_running(words=SLOW) > 0, seconds=PROMPT_SECONDS)
