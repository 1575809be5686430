"""Faults of the queue: gone, emptied, full, silent, cut off. It is only a bell."""

import contextlib
import shutil
import signal
from pathlib import Path

import redis

from tests.faults.load import Load
from tests.faults.stage import Stage


def restarted_empty(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """Killed, and everything it kept is gone."""
    server = stage.servers.valkey
    server.stop(signal.SIGKILL)
    for kept in Path(server.data).glob("appendonly*"):
        shutil.rmtree(kept)
    stage.wait(3)
    server.start()
    stage.wait(1)


def flushed(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """All keys at once, three times; the keys that bind queues once more."""
    for _ in range(3):
        stage.broker.flushall()
        stage.wait(1)
    for key in stage.broker.scan_iter("*_kombu.binding*"):
        stage.broker.delete(key)
    stage.wait(1)


def connections_reset(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """Twenty times, by the network and by the server in turn."""
    for number in range(20):
        if number % 2:
            stage.valkey.reset()
        else:
            with contextlib.suppress(redis.ConnectionError):
                stage.broker.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        stage.wait(0.5)


def unreachable(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """Connections are refused for half a minute."""
    stage.valkey.down()
    stage.wait(30)


def silent(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """A black hole for half a minute: nobody says no."""
    stage.valkey.stall()
    stage.wait(30)


def full(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """It takes nothing more, and says so."""
    stage.broker.config_set("maxmemory", "1mb")
    stage.wait(10)
    stage.broker.config_set("maxmemory", "0")
