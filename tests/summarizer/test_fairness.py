from uuid import UUID

import pytest

from summarizer.fairness import LAST_LIVE, LEVELS, MOST_COUNTED, level
from summarizer.jobs import sweep
from summarizer.kinds import Kind
from summarizer.store import jobs, tenants
from summarizer.store.database import Database
from summarizer.submit import submit
from tests.builders import a_conversation
from tests.fakes import FakeBell
from tests.summarizer.test_batches import a_line, ingested, lines_of
from tests.summarizer.test_jobs import ATTEMPTS, SECOND
from tests.summarizer.test_submit import DAY
from tests.work import make_older, submitted


@pytest.mark.parametrize(
    ("num_before", "expected"),
    [
        *((number, 0) for number in (0, 3)),
        *((number, 1) for number in (4, 15)),
        *((number, 2) for number in (16, 63)),
        *((number, 3) for number in (64, 255)),
        *((number, 4) for number in (256, 1023)),
        *((number, 5) for number in (1024, 4095)),
        *((number, 6) for number in (4096, 16383)),
        *((number, 7) for number in (16384, MOST_COUNTED, 10**9)),
    ],
)
@pytest.mark.parametrize("kind", [Kind.SUMMARIZE, Kind.FETCH, Kind.DELIVER])
def test_the_more_of_a_tenants_jobs_wait_the_later_its_next_one_is_taken(
    kind: Kind, num_before: int, expected: int
) -> None:
    assert level(kind, num_before) == expected


@pytest.mark.parametrize(("num_before", "expected"), [(0, 8), (255, 8), (256, 9), (MOST_COUNTED, 9)])
def test_a_backfill_is_after_all_that_is_live(num_before: int, expected: int) -> None:
    assert level(Kind.BACKFILL, num_before) == expected > LAST_LIVE
    assert expected in LEVELS


def test_jobs_are_rung_for_by_how_many_of_their_own_tenant_wait(database: Database, tenant_id: UUID) -> None:
    def levels(whose: UUID, *, calls: int) -> list[int]:
        bell = FakeBell()
        for number in range(calls):
            call = a_conversation(external_id=f"call-{number}")
            submit(database, bell, whose, call, actor="test", idempotency_key=None, window=DAY)
        return bell.levels

    with database.begin(None) as session:
        other = tenants.ensure(session, "other")
    assert levels(tenant_id, calls=18) == [0] * 4 + [1] * 12 + [2] * 2
    assert levels(other, calls=2) == [0, 0]


def test_a_backfill_does_not_make_its_tenants_live_calls_wait(database: Database, tenant_id: UUID) -> None:
    bell = FakeBell()
    ingested(database, tenant_id, lines_of(b"".join(a_line(number) for number in range(60))), bell=bell)
    assert bell.levels == [8] * 60
    submit(database, bell, tenant_id, a_conversation(), actor="test", idempotency_key=None, window=DAY)
    assert bell.levels[-1] == 0


def test_what_waited_longest_is_rung_for_again_before_what_came_later(database: Database, tenant_id: UUID) -> None:
    made = [submitted(database, tenant_id, external_id=f"call-{number}").job_id for number in range(20)]
    make_older(database, tenant_id, "sent_at", by="1 minute")
    bell = FakeBell()
    assert sweep(database, bell, stale_after=10 * SECOND, max_attempts=ATTEMPTS) == 20
    rung = {job_id: level for (_, _, job_id), level in zip(bell.rung, bell.levels, strict=True)}
    assert [rung[job_id] for job_id in made] == [0] * 4 + [1] * 12 + [2] * 4


def test_a_job_that_waits_for_its_next_attempt_is_not_counted(database: Database, tenant_id: UUID) -> None:
    for number in range(4):
        submitted(database, tenant_id, external_id=f"call-{number}")
    make_older(database, tenant_id, "due_at", by="-1 hour")
    job_id = submitted(database, tenant_id).job_id
    with database.begin(tenant_id) as session:
        assert [one.num_before for one in jobs.waiting(session, [job_id])] == [0]
