"""Jobs that were tried before: perhaps one of them took its process along. One at a time runs in a process.

So the guilty one runs beside new jobs only, and each of these is taken along once at most: then it is a suspect
itself, runs beside no other, and is done.
"""

from collections.abc import Callable
from threading import Lock
from uuid import UUID


class Suspects:
    """A line in which they wait; whoever comes first runs all that come meanwhile, one after the other.

    The line is no more than a memory of messages: of what is lost with the process the sweeper rings again.
    """

    def __init__(self) -> None:
        self._line: dict[UUID, UUID] = {}  #: the tenant of each job
        self._is_busy = False
        self._lock = Lock()

    def run(self, attempt: Callable[[UUID, UUID], object], tenant_id: UUID, job_id: UUID) -> bool:
        """Run this one and those behind it, or leave it to the thread that does; whether it is new in that line.

        What is raised empties the line.
        """
        with self._lock:
            is_new = job_id not in self._line
            self._line[job_id] = tenant_id
            if self._is_busy:
                return is_new
            self._is_busy = True
        try:
            while first := self._first():
                attempt(*first)
        except BaseException:
            with self._lock:
                self._line.clear()
                self._is_busy = False
            raise
        return False

    def _first(self) -> tuple[UUID, UUID] | None:
        with self._lock:
            if not self._line:
                self._is_busy = False
                return None
            job_id = next(iter(self._line))
            return self._line.pop(job_id), job_id
