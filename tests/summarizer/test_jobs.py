from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from summarizer.errors import DeadlineExceeded, GeneratorStopped, ModelFailure
from summarizer.jobs import FIRST_RETRY, Work, retry_delay, run, sweep
from summarizer.kinds import Kind
from summarizer.log import configure
from summarizer.settings import Settings
from summarizer.store import jobs, summaries
from summarizer.store.database import Database
from summarizer.store.jobs import Lease
from summarizer.summary import NoSummary
from tests.fakes import GROUNDED, FakeBell, FakeGenerator
from tests.work import a_worker, count, make_older, status, submitted

SECOND = timedelta(seconds=1)
ATTEMPTS = dict.fromkeys(Kind, 3)


def _claim(work: Work, tenant_id: UUID, job_id: UUID, *, owner: str = "other") -> Lease | None:
    with work.database.begin(tenant_id) as session:
        return jobs.claim(session, tenant_id, job_id, owner=owner, lease=30 * SECOND, max_attempts=3)


def _raising(error: Exception) -> FakeGenerator:
    def fail(_: str) -> str:
        raise error

    return FakeGenerator(fail)


@pytest.fixture
def work(database: Database, settings: Settings) -> Work:
    return a_worker(database, settings)


def test_a_job_ends_in_one_current_summary_that_names_its_model(work: Work, tenant_id: UUID) -> None:
    made = submitted(work.database, tenant_id)
    run(work, tenant_id, made.job_id)
    with work.database.begin(tenant_id) as session:
        found = summaries.current(session, made.conversation_id)
    assert found is not None
    assert found.machine.model_version == FakeGenerator.model_version
    assert found.machine.text == " ".join(line.split(": ", 1)[1] for line in GROUNDED.splitlines())
    assert found.machine.claims[0]["evidence"][0]["turn"] == 1
    assert status(work.database, tenant_id, made).state == "succeeded"


def test_a_redelivered_message_does_the_work_once(work: Work, tenant_id: UUID) -> None:
    made = submitted(work.database, tenant_id)
    for _ in range(3):
        run(work, tenant_id, made.job_id)
    assert count(work.database, tenant_id, "summaries") == 1


def test_of_many_workers_with_the_same_message_one_does_the_work(work: Work, tenant_id: UUID) -> None:
    made = submitted(work.database, tenant_id)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: run(work, tenant_id, made.job_id), range(16)))
    assert count(work.database, tenant_id, "summaries") == 1
    assert status(work.database, tenant_id, made).attempt == 1


def test_a_message_about_nothing_is_ignored(work: Work, tenant_id: UUID) -> None:
    run(work, tenant_id, uuid4())
    assert count(work.database, tenant_id, "summaries") == 0


def test_another_tenants_message_finds_no_job(work: Work, tenant_id: UUID) -> None:
    made = submitted(work.database, tenant_id)
    run(work, uuid4(), made.job_id)
    assert status(work.database, tenant_id, made).state == "queued"


def test_a_late_result_of_a_lost_lease_is_refused(work: Work, tenant_id: UUID) -> None:
    made = submitted(work.database, tenant_id)

    def be_overtaken(_: str) -> str:
        make_older(work.database, tenant_id, "lease_until", by="1 hour")
        assert _claim(work, tenant_id, made.job_id) is not None
        return GROUNDED

    zombie = a_worker(work.database, work.settings, generate=FakeGenerator(be_overtaken), owner="zombie")
    run(zombie, tenant_id, made.job_id)
    assert count(work.database, tenant_id, "summaries") == 0
    assert status(work.database, tenant_id, made).attempt == 2


def test_a_heartbeat_keeps_the_job_and_a_lost_lease_is_told(work: Work, tenant_id: UUID) -> None:
    made = submitted(work.database, tenant_id)
    held = _claim(work, tenant_id, made.job_id)
    assert held is not None
    with work.database.begin(tenant_id) as session:
        assert jobs.heartbeat(session, held, lease=30 * SECOND)
    make_older(work.database, tenant_id, "lease_until", by="1 hour")
    assert _claim(work, tenant_id, made.job_id) is not None
    with work.database.begin(tenant_id) as session:
        assert not jobs.heartbeat(session, held, lease=30 * SECOND)


def test_a_call_of_noise_fails_with_its_reason(work: Work, tenant_id: UUID) -> None:
    made = submitted(work.database, tenant_id, lines=(("agent", "Hello?"), ("customer", "Mm-hm.")))
    run(work, tenant_id, made.job_id)
    assert (status(work.database, tenant_id, made).state, status(work.database, tenant_id, made).reason) == (
        "failed",
        NoSummary.NOTHING_SAID,
    )


@pytest.mark.usefixtures("same_handlers")
@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ModelFailure("no"), NoSummary.MODEL_FAILURE),
        (DeadlineExceeded("late"), NoSummary.DEADLINE_EXCEEDED),
        (ValueError("4111 1111 1111 1111"), NoSummary.MODEL_FAILURE),
    ],
)
def test_a_failing_model_is_tried_again_later_and_then_the_job_fails_with_a_reason(
    database: Database,
    settings: Settings,
    tenant_id: UUID,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    reason: NoSummary,
) -> None:
    configure("INFO")
    work = a_worker(database, settings, generate=_raising(error))
    made = submitted(database, tenant_id)
    for attempt in (1, 2):
        run(work, tenant_id, made.job_id)
        assert (status(database, tenant_id, made).state, status(database, tenant_id, made).attempt) == (
            "queued",
            attempt,
        )
        run(work, tenant_id, made.job_id)
        assert status(database, tenant_id, made).attempt == attempt
        assert sweep(database, FakeBell(), stale_after=10 * SECOND, max_attempts=ATTEMPTS) == 0
        make_older(database, tenant_id, "due_at", by="1 hour")
        assert sweep(database, FakeBell(), stale_after=10 * SECOND, max_attempts=ATTEMPTS) == 1
    run(work, tenant_id, made.job_id)
    assert (status(database, tenant_id, made).state, status(database, tenant_id, made).reason) == ("failed", reason)
    assert "4111" not in "".join(capsys.readouterr())


def test_a_stopping_worker_hands_its_job_back_and_the_attempt_does_not_count(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    made = submitted(database, tenant_id)
    run(a_worker(database, settings, generate=_raising(GeneratorStopped("stop"))), tenant_id, made.job_id)
    assert (status(database, tenant_id, made).state, status(database, tenant_id, made).attempt) == ("queued", 0)
    assert sweep(database, FakeBell(), stale_after=10 * SECOND, max_attempts=ATTEMPTS) == 1
    run(a_worker(database, settings), tenant_id, made.job_id)
    assert status(database, tenant_id, made).state == "succeeded"


def test_the_sweeper_rings_for_a_job_whose_worker_died(work: Work, tenant_id: UUID) -> None:
    made = submitted(work.database, tenant_id)
    _claim(work, tenant_id, made.job_id)
    bell = FakeBell()
    assert sweep(work.database, bell, stale_after=10 * SECOND, max_attempts=ATTEMPTS) == 0
    make_older(work.database, tenant_id, "lease_until", by="1 hour")
    assert sweep(work.database, bell, stale_after=10 * SECOND, max_attempts=ATTEMPTS) == 1
    assert bell.rung == [(Kind.SUMMARIZE, tenant_id, made.job_id)]


def test_the_sweeper_rings_for_a_queued_job_whose_message_was_lost(work: Work, tenant_id: UUID) -> None:
    made = submitted(work.database, tenant_id)
    make_older(work.database, tenant_id, "sent_at", by="11 seconds")
    bell = FakeBell()
    assert sweep(work.database, bell, stale_after=10 * SECOND, max_attempts=ATTEMPTS) == 1
    assert bell.rung == [(Kind.SUMMARIZE, tenant_id, made.job_id)]


def test_a_job_in_a_long_queue_is_rung_for_ever_more_rarely(work: Work, tenant_id: UUID) -> None:
    submitted(work.database, tenant_id)
    rings = []
    for _ in range(40):
        make_older(work.database, tenant_id, "due_at", by="10 seconds")
        make_older(work.database, tenant_id, "sent_at", by="10 seconds")
        rings.append(sweep(work.database, FakeBell(), stale_after=5 * SECOND, max_attempts=ATTEMPTS))
    assert 3 <= sum(rings) <= 8


def test_what_waited_long_in_a_queue_that_has_lost_everything_waits_no_longer_than_what_is_new(
    work: Work, tenant_id: UUID
) -> None:
    submitted(work.database, tenant_id)
    make_older(work.database, tenant_id, "due_at", by="1 hour")
    make_older(work.database, tenant_id, "sent_at", by="11 seconds")
    assert sweep(work.database, FakeBell(), stale_after=10 * SECOND, max_attempts=ATTEMPTS) == 0
    assert sweep(work.database, FakeBell(is_empty=True), stale_after=10 * SECOND, max_attempts=ATTEMPTS) == 1


def test_a_job_that_lost_its_worker_at_every_attempt_is_set_aside(work: Work, tenant_id: UUID) -> None:
    made = submitted(work.database, tenant_id)
    for _ in range(3):
        assert _claim(work, tenant_id, made.job_id) is not None
        make_older(work.database, tenant_id, "lease_until", by="1 hour")
    assert _claim(work, tenant_id, made.job_id) is None
    assert sweep(work.database, FakeBell(), stale_after=10 * SECOND, max_attempts=ATTEMPTS) == 0
    assert status(work.database, tenant_id, made).reason == NoSummary.WORKER_LOST


def test_two_sweepers_at_once_ring_once(work: Work, tenant_id: UUID) -> None:
    for index in range(20):
        submitted(work.database, tenant_id, external_id=f"call-{index}")
    make_older(work.database, tenant_id, "sent_at", by="1 minute")
    with ThreadPoolExecutor(2) as pool:
        rung = list(
            pool.map(
                lambda _: sweep(work.database, FakeBell(), stale_after=10 * SECOND, max_attempts=ATTEMPTS), range(2)
            )
        )
    assert sum(rung) == 20


def test_waits_grow_and_end() -> None:
    waits = [retry_delay(attempt, max_attempts=3) for attempt in (1, 2, 3)]
    assert waits == [FIRST_RETRY, 3 * FIRST_RETRY, None]


@pytest.mark.parametrize(("kind", "is_patient"), [(Kind.SUMMARIZE, False), (Kind.BACKFILL, True)])
def test_a_backfill_lets_live_calls_go_first_in_the_engine_too(
    database: Database, settings: Settings, tenant_id: UUID, kind: Kind, is_patient: bool
) -> None:
    generate = FakeGenerator()
    worker = a_worker(database, settings, generate=generate)
    made = submitted(database, tenant_id)
    with database.begin(tenant_id) as session:
        session.execute(text("UPDATE jobs SET kind = :kind"), {"kind": kind})
    run(worker, tenant_id, made.job_id)
    assert status(database, tenant_id, made).state == "succeeded"
    assert generate.patience == (settings.backfill_patience if is_patient else timedelta(0))
