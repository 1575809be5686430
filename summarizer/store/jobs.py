"""The life of a job. Each transition is one conditional UPDATE, and all times are the database's.

queued ──claim──▶ running ──complete──▶ succeeded
  ▲                 │ ├──fail─────────▶ failed
  └─retry, hand_back┘ └ requeue_stale: back to queued, or failed after the last attempt
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Update, and_, func, or_, select, update
from sqlalchemy.orm import Session

from summarizer.store.tables import Job
from summarizer.summary import NoSummary

SWEEP_BATCH = 500


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to finish one attempt of a job; it ends when another attempt begins."""

    tenant_id: UUID
    job_id: UUID
    owner: str
    attempt: int
    conversation_id: UUID
    revision: int


@dataclass(frozen=True, slots=True)
class JobStatus:
    """What a caller may know of a job."""

    id: UUID
    state: str
    attempt: int
    reason: str | None


def add(session: Session, tenant_id: UUID, *, conversation_id: UUID, revision: int) -> UUID:
    """A queued job for one revision."""
    job = Job(tenant_id=tenant_id, conversation_id=conversation_id, revision=revision)
    session.add(job)
    session.flush()
    return job.id


def latest(session: Session, conversation_id: UUID, revision: int) -> JobStatus | None:
    """The newest job of one revision."""
    job = session.scalars(
        select(Job)
        .where(Job.conversation_id == conversation_id, Job.revision == revision)
        .order_by(Job.created_at.desc(), Job.id)
        .limit(1)
    ).one_or_none()
    return None if job is None else JobStatus(job.id, job.state, job.attempt, job.reason)


def claim(
    session: Session, tenant_id: UUID, job_id: UUID, *, owner: str, lease: timedelta, max_attempts: int
) -> Lease | None:
    """Take the job for one attempt; None when it is done, not due, or in somebody else's hands."""
    row = session.execute(
        update(Job)
        .where(
            Job.id == job_id,
            Job.attempt < max_attempts,
            or_(and_(Job.state == "queued", Job.due_at <= func.now()), _is_abandoned()),
        )
        .values(state="running", attempt=Job.attempt + 1, owner=owner, lease_until=func.now() + lease)
        .returning(Job.attempt, Job.conversation_id, Job.revision)
    ).one_or_none()
    return None if row is None else Lease(tenant_id, job_id, owner, row.attempt, row.conversation_id, row.revision)


def heartbeat(session: Session, held: Lease, *, lease: timedelta) -> bool:
    """Renew the lease; False when it was lost."""
    return _changed(session, _held(held).values(lease_until=func.now() + lease))


def complete(session: Session, held: Lease) -> bool:
    """The job succeeded; False when the lease was lost, and nothing may be written then."""
    return _changed(session, _held(held).values(state="succeeded", lease_until=None, finished_at=func.now()))


def fail(session: Session, held: Lease, *, reason: NoSummary) -> bool:
    """The job ends without a summary; False when the lease was lost."""
    return _changed(
        session, _held(held).values(state="failed", reason=reason, lease_until=None, finished_at=func.now())
    )


def retry(session: Session, held: Lease, *, delay: timedelta) -> bool:
    """Another attempt after a while; False when the lease was lost."""
    return _changed(session, _held(held).values(state="queued", **_waiting(delay)))


def hand_back(session: Session, held: Lease) -> bool:
    """The worker stops and the attempt does not count; False when the lease was lost."""
    return _changed(session, _held(held).values(state="queued", attempt=Job.attempt - 1, **_waiting(timedelta(0))))


def requeue_stale(session: Session, *, stale_after: timedelta, max_attempts: int) -> list[UUID]:
    """Ids of jobs that need a new message: abandoned by their worker, due again, or queued and never taken.

    A job that only waits in a long queue is sent again ever more rarely, since each time the wait doubles.
    Abandoned jobs without an attempt left fail.
    """
    session.execute(
        update(Job)
        .where(_is_abandoned(), Job.attempt >= max_attempts)
        .values(state="failed", reason=NoSummary.WORKER_LOST, lease_until=None, finished_at=func.now())
    )
    since_due = func.greatest(Job.sent_at - Job.due_at, timedelta(0))
    is_unheard = and_(
        Job.state == "queued",
        Job.due_at <= func.now(),
        or_(Job.sent_at.is_(None), func.now() - Job.sent_at > stale_after + since_due),
    )
    stale = (
        select(Job.id)
        .where(or_(_is_abandoned(), is_unheard))
        .order_by(Job.due_at)
        .limit(SWEEP_BATCH)
        .with_for_update(skip_locked=True)
    )
    requeued = (
        update(Job)
        .where(Job.id.in_(stale.scalar_subquery()))
        .values(state="queued", owner=None, lease_until=None, sent_at=func.now())
    )
    return list(session.scalars(requeued.returning(Job.id)))


def _waiting(delay: timedelta) -> dict[str, object]:
    return {"owner": None, "lease_until": None, "due_at": func.now() + delay, "sent_at": None}


def _is_abandoned() -> ColumnElement[bool]:
    return and_(Job.state == "running", Job.lease_until < func.now())


def _held(held: Lease) -> Update:
    """Fenced: matches only while this attempt of this owner is the running one."""
    return update(Job).where(
        Job.id == held.job_id, Job.state == "running", Job.owner == held.owner, Job.attempt == held.attempt
    )


def _changed(session: Session, statement: Update) -> bool:
    return session.execute(statement.returning(Job.id)).one_or_none() is not None
