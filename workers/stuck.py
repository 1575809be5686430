"""A process that is stuck ends itself, so that its supervisor starts another; then its threads and its device are free.

what is stuck                                           who notices
a job runs longer than it may                           the thread that keeps the leases, by `Watchdog.look`
messages wait, none is taken, and nothing runs          the same
the device can compute nothing more                     the engine; the task calls `end_soon`
a thread keeps the interpreter, so that no other runs   a thread of C, `end_unless_called_again`
"""

import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from summarizer import jobs
from summarizer.errors import SummarizerError, Unavailable
from summarizer.jobs import Work
from summarizer.log import logger
from summarizer.store.jobs import Lease, RevisionLease

EXIT_STUCK = 70  # EX_SOFTWARE of sysexits.h
EXIT_FAILED = 1  # so ends the thread of C as well
SOON_SECONDS = 2.0  #: for the other threads, which hear of a lost device at the same time, to give their jobs back
PATIENCE = timedelta(minutes=2)  #: messages may wait for so long, while nothing runs, before a process counts as stuck


class Watchdog:
    """Touches the file of life while the process makes progress, and ends the process when it is stuck.

    Progress: it took a message in the last minutes, or runs a job within its time, or no message waits for it. A
    broker or a database that is away is no reason to end: nothing could be taken anywhere.
    """

    def __init__(
        self,
        *,
        alive_file: Path | None = None,
        num_waiting: Callable[[], int] = lambda: 0,
        patience: timedelta = PATIENCE,
        longest: timedelta = timedelta.max,
        settle: Callable[[list[Lease], list[Lease]], None] = lambda *_: None,
        end: Callable[[str], None] | None = None,
    ) -> None:
        """`settle` is told what ran longer than `longest` and what ran beside it, before the process ends."""
        self._alive_file = alive_file
        self._num_waiting = num_waiting
        self._patience = patience.total_seconds()
        self._longest = longest.total_seconds()
        self._settle = settle
        self._end = end or end_now
        self._last = time.monotonic()

    def took(self) -> None:
        """A message was taken, whatever came of it."""
        self._last = time.monotonic()

    def look(self, held: Mapping[Lease, float]) -> None:
        """Look at the leases that are held, and since when; called again and again."""
        now = time.monotonic()
        overdue = [one for one, since in held.items() if now - since >= self._longest]
        if overdue:
            for one in overdue:
                logger(__name__).error("job stuck", job_id=str(one.job_id), attempt=one.attempt)
            self._settle(overdue, [one for one in held if one not in overdue])
            self._end("a job runs longer than it may")
        elif not held and now - self._last > self._patience and self._num_waiting():
            self._end("messages wait and none is taken")
        else:
            self._last = now if held else self._last
            if self._alive_file is not None:
                self._alive_file.touch()


def settle(work: Work, overdue: list[Lease], others: list[Lease]) -> None:
    """What took too long has lost its attempt; what ran beside it is handed back, and the attempt does not count."""
    try:
        for held in overdue:
            if isinstance(held, RevisionLease):
                jobs.give_up(work, held)
        for held in others:
            jobs.hand_back(work, held)
    except Unavailable:  # then all leases end by themselves
        logger(__name__).warning("database away")


@contextmanager
def failing_aloud() -> Iterator[None]:
    """End the process if the block fails: Celery goes on without what a handler of its signals could not open."""
    try:
        yield
    except SummarizerError as error:
        logger(__name__).error("process cannot start", error=str(error))
        os._exit(EXIT_FAILED)
    except Exception:
        logger(__name__).exception("process cannot start")
        os._exit(EXIT_FAILED)


def end_soon(reason: str) -> None:
    """End the process once the other threads had a moment to give their jobs back."""
    timer = threading.Timer(SOON_SECONDS, end_now, args=(reason,))
    timer.daemon = True
    timer.start()


def end_now(reason: str) -> None:
    """At once, since a thread that hangs can be ended in no other way."""
    logger(__name__).error("process ends itself", reason=reason)
    os._exit(EXIT_STUCK)


def end_unless_called_again(*, within: timedelta | None) -> None:
    """The last resort, off with None: needs no interpreter; writes where each thread was, and no value of theirs."""
    if within is None:
        faulthandler.cancel_dump_traceback_later()
    else:  # Celery puts something without a descriptor in the place of sys.stderr
        faulthandler.dump_traceback_later(within.total_seconds(), exit=True, file=sys.__stderr__ or sys.stderr)
