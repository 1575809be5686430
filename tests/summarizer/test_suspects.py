import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from summarizer.suspects import Suspects

TENANT = uuid4()


def test_of_many_suspects_one_runs_at_a_time_and_each_has_its_turn() -> None:
    suspects, running, most, done = Suspects(), [], [], []

    def attempt(_: UUID, job_id: UUID) -> None:
        running.append(job_id)
        most.append(len(running))
        time.sleep(0.005)
        running.remove(job_id)
        done.append(job_id)

    job_ids = [uuid4() for _ in range(20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda job_id: suspects.run(attempt, TENANT, job_id), job_ids))
    assert max(most) == 1
    assert sorted(done) == sorted(job_ids)


def test_a_suspect_that_waits_leaves_its_thread_free_and_stands_in_line_once() -> None:
    suspects, begun, go_on, done = Suspects(), threading.Event(), threading.Event(), []

    def attempt(_: UUID, job_id: UUID) -> None:
        begun.set()
        go_on.wait(10)
        done.append(job_id)

    first, second = uuid4(), uuid4()
    thread = threading.Thread(target=suspects.run, args=(attempt, TENANT, first))
    thread.start()
    begun.wait(10)
    assert suspects.run(attempt, TENANT, second), "it waits, and its message is done"
    assert suspects.run(attempt, TENANT, second) is False, "it stands in the line already"
    go_on.set()
    thread.join()
    assert done == [first, second]


def test_after_an_error_the_next_suspect_has_its_turn() -> None:
    suspects, done = Suspects(), []

    def attempt(_: UUID, job_id: UUID) -> None:
        if not done:
            done.append(None)
            raise OSError
        done.append(job_id)

    with pytest.raises(OSError):  # noqa: PT011
        suspects.run(attempt, TENANT, uuid4())
    last = uuid4()
    suspects.run(attempt, TENANT, last)
    assert done == [None, last]
