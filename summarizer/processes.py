"""Child processes that live no longer than we do, even when we are killed with -9."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

STOP_SECONDS = 30.0
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Account:
    """The user as whom a child runs."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Not the one who runs this process."""
        return self.uid != os.getuid()


@contextmanager
def running(
    command: list[str],
    *,
    log: Path,
    stop: signal.Signals,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    directory: str = "/",
) -> Iterator[subprocess.Popen[bytes]]:
    """A child until the block is left; then it gets the signal `stop` and, if it lingers, is killed."""
    process = start(command, log=log, stop=stop, account=account, environment=environment, directory=directory)
    try:
        yield process
    finally:
        process.send_signal(stop)
        wait_or_kill(process)


def start(
    command: list[str],
    *,
    log: Path,
    stop: signal.Signals,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    directory: str = "/",
) -> subprocess.Popen[bytes]:
    """Start a child whose output goes to the end of `log`; call it from the main thread, which it follows in death."""
    parent = os.getpid()
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=lambda: _become(account, parent, stop),
        )


def wait_or_kill(process: subprocess.Popen[bytes]) -> None:
    """Wait for a child that was asked to stop; kill one that lingers."""
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def follow_in_death(parent: int, stop: signal.Signals) -> None:
    """In a child: be sent `stop` when the parent dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, stop)
        if os.getppid() != parent:
            os._exit(1)


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _become(account: Account | None, parent: int, stop: signal.Signals) -> None:
    """In the child: give up rights, then ask to be stopped when the parent dies; the other order would be undone."""
    if account is not None and account.is_other:
        os.setgroups([])
        os.setgid(account.gid)
        os.setuid(account.uid)
    follow_in_death(parent, stop)
