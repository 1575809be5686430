"""The life of a job. Each transition is one conditional UPDATE, and all times are the database's.

queued ──claim──▶ running ──complete──▶ succeeded
  ▲                 │ ├──fail─────────▶ failed
  └─retry, hand_back┘ └ requeue_stale: back to queued; fail_abandoned after the last attempt
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Update, and_, case, func, insert, literal, or_, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import InstrumentedAttribute, Session

from summarizer.errors import Unavailable
from summarizer.fairness import MOST_COUNTED
from summarizer.kinds import SUMMARIES, Kind
from summarizer.store.tables import Callback, Endpoint, Job
from summarizer.summary import NoSummary
from summarizer.tracing import Origin, traceparent

SWEEP_BATCH = 500
UNTRACED = Origin(None, timedelta(0))
_OPEN = text("SELECT kind, is_running, sum(num_jobs)::bigint, max(oldest_seconds) FROM backlog() GROUP BY 1, 2")
CROWDED = timedelta(seconds=2), timedelta(seconds=30)  #: shortest and longest wait while an endpoint is busy


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to finish one attempt of a job; it ends when another attempt begins."""

    tenant_id: UUID
    job_id: UUID
    owner: str
    attempt: int
    origin: Origin = field(default=UNTRACED, kw_only=True, compare=False)


@dataclass(frozen=True, slots=True)
class RevisionLease(Lease):
    """To summarize a revision."""

    conversation_id: UUID
    revision: int
    kind: str
    accepted: float = field(default=0.0, kw_only=True, compare=False)  #: on this process's monotonic clock


@dataclass(frozen=True, slots=True)
class FetchLease(Lease):
    """To fetch what an event names."""

    source_id: UUID
    delivery_id: str


@dataclass(frozen=True, slots=True)
class CallbackLease(Lease):
    """To tell an endpoint of an event."""

    callback_id: UUID


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job that needs a message, and how many of its tenant and kind wait before it."""

    id: UUID
    kind: Kind
    num_before: int


@dataclass(frozen=True, slots=True)
class Lost:
    """A revision whose job ended with its worker."""

    conversation_id: UUID
    revision: int
    trace: str | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many jobs wait and run, and how long the first of those that wait has been due."""

    num_waiting: int
    num_running: int
    longest: timedelta


@dataclass(frozen=True, slots=True)
class OpenJobs:
    """Jobs of one kind that are due, or run; of all tenants."""

    kind: str
    is_running: bool
    num_jobs: int
    oldest_seconds: float  #: since the first of them was due


@dataclass(frozen=True, slots=True)
class JobStatus:
    """What a caller may know of a job about a summary."""

    id: UUID
    state: str
    attempt: int
    reason: str | None


def add(
    session: Session,
    tenant_id: UUID,
    *,
    conversation_id: UUID,
    revision: int,
    kind: Kind = Kind.SUMMARIZE,
    batch_id: UUID | None = None,
) -> UUID:
    """A queued job to summarize one revision."""
    return _add(
        session,
        tenant_id=tenant_id,
        kind=kind,
        conversation_id=conversation_id,
        revision=revision,
        batch_id=batch_id,
    )


def add_fetch(session: Session, tenant_id: UUID, *, source_id: UUID, delivery_id: str) -> UUID:
    """A queued job to fetch what an event names."""
    return _add(session, tenant_id=tenant_id, kind=Kind.FETCH, source_id=source_id, delivery_id=delivery_id)


def add_delivery(session: Session, tenant_id: UUID, *, callback_id: UUID) -> UUID:
    """A queued job to tell an endpoint of an event."""
    return _add(session, tenant_id=tenant_id, kind=Kind.DELIVER, callback_id=callback_id)


def waiting(session: Session, job_ids: Sequence[UUID], *, kind: Kind = Kind.SUMMARIZE) -> list[Waiting]:
    """The jobs of one kind that this transaction added; of those before them no more are counted than matter."""
    if not job_ids:
        return []
    counted = select(literal(1)).where(*_is_waiting(kind)).limit(MOST_COUNTED + len(job_ids)).subquery()
    num_all = session.scalar(select(func.count()).select_from(counted)) or 0
    return [Waiting(job_id, kind, number) for number, job_id in enumerate(job_ids, max(0, num_all - len(job_ids)))]


def latest(session: Session, conversation_id: UUID, revision: int) -> JobStatus | None:
    """The newest job to summarize one revision."""
    job = session.scalars(
        select(Job)
        .where(Job.conversation_id == conversation_id, Job.revision == revision)
        .order_by(Job.created_at.desc(), Job.id)
        .limit(1)
    ).one_or_none()
    return None if job is None else JobStatus(job.id, job.state, job.attempt, job.reason)


def claim(
    session: Session, tenant_id: UUID, job_id: UUID, *, owner: str, lease: timedelta, max_attempts: int
) -> RevisionLease | None:
    """Take a job to summarize for one attempt; None when it is done, not due, or in somebody else's hands."""
    subject = (func.now() - Job.created_at, Job.conversation_id, Job.revision, Job.kind)
    claimed = _claim(session, job_id, SUMMARIES, subject, owner, lease, max_attempts)
    if claimed is None:
        return None
    (attempt, age, *about), origin = claimed
    accepted = time.monotonic() - age.total_seconds()
    return RevisionLease(tenant_id, job_id, owner, attempt, *about, origin=origin, accepted=accepted)


def is_suspect(session: Session, job_id: UUID) -> bool:
    """Whether a job was tried before, and perhaps took its process along."""
    return session.scalar(select(Job.id).where(Job.id == job_id, Job.attempt > 0)) is not None


def wait_anew(session: Session, job_id: UUID) -> None:
    """Count a queued job's wait from now: the sweeper rings soon if the process in which it waits dies."""
    is_due = (Job.id == job_id) & (Job.state == "queued") & (Job.due_at <= func.now())
    session.execute(update(Job).where(is_due).values(due_at=func.now(), sent_at=func.now()))


def claim_fetch(
    session: Session, tenant_id: UUID, job_id: UUID, *, owner: str, lease: timedelta, max_attempts: int
) -> FetchLease | None:
    """Take a job to fetch for one attempt, as `claim` does."""
    claimed = _claim(session, job_id, (Kind.FETCH,), (Job.source_id, Job.delivery_id), owner, lease, max_attempts)
    return None if claimed is None else FetchLease(tenant_id, job_id, owner, *claimed[0], origin=claimed[1])


def claim_delivery(
    session: Session, tenant_id: UUID, job_id: UUID, *, owner: str, lease: timedelta, max_attempts: int, at_once: int
) -> CallbackLease | None:
    """Take a job to deliver for one attempt, as `claim` does; it waits while its endpoint is told `at_once` things."""
    if _is_crowded(session, job_id, at_once=at_once):
        is_due = (Job.id == job_id) & (Job.state == "queued") & (Job.due_at <= func.now())
        session.execute(update(Job).where(is_due).values(_waiting(_turn_away())))
        return None
    claimed = _claim(session, job_id, (Kind.DELIVER,), (Job.callback_id,), owner, lease, max_attempts)
    return None if claimed is None else CallbackLease(tenant_id, job_id, owner, *claimed[0], origin=claimed[1])


def heartbeat(session: Session, held: Lease, *, lease: timedelta) -> bool:
    """Renew the lease; False when it was lost."""
    return _changed(session, _held(held).values(lease_until=func.now() + lease))


def backlog(session: Session) -> Backlog:
    """What one tenant waits for, of every kind."""
    is_waiting = and_(Job.state == "queued", Job.due_at <= func.now())
    is_running = and_(Job.state == "running", Job.lease_until >= func.now())
    waiting, running, now, first = session.execute(
        select(
            func.count().filter(is_waiting),
            func.count().filter(is_running),
            func.now(),
            func.min(Job.due_at).filter(is_waiting),
        ).where(Job.state.in_(("queued", "running")))
    ).one()
    return Backlog(waiting, running, now - (first or now))


def open_of_all(session: Session) -> list[OpenJobs]:
    """What all tenants together wait for; the database goes through them itself.

    Raises Unavailable where the schema is too old to tell.
    """
    try:
        return [OpenJobs(*row) for row in session.execute(_OPEN)]
    except ProgrammingError as error:
        raise Unavailable("the schema is older than this code: run `wrapup migrate`") from error


def num_unaccounted(session: Session) -> int:
    """Revisions of all tenants for which nobody works and nothing came."""
    return session.scalar(text("SELECT unaccounted()")) or 0


def complete(session: Session, held: Lease) -> bool:
    """The job succeeded; False when the lease was lost, and nothing may be written then."""
    return _changed(session, _held(held).values(state="succeeded", lease_until=None, finished_at=func.now()))


def fail(session: Session, held: Lease, *, reason: str) -> bool:
    """The job ends without what it was for; False when the lease was lost."""
    return _changed(
        session, _held(held).values(state="failed", reason=reason, lease_until=None, finished_at=func.now())
    )


def retry(session: Session, held: Lease, *, delay: timedelta) -> bool:
    """Another attempt after a while; False when the lease was lost."""
    return _changed(session, _held(held).values(state="queued", **_waiting(delay)))


def hand_back(session: Session, held: Lease) -> bool:
    """The worker stops and the attempt does not count; False when the lease was lost."""
    return _changed(session, _held(held).values(state="queued", attempt=Job.attempt - 1, **_waiting(timedelta(0))))


def cancel_queued(session: Session, conversation_id: UUID) -> None:
    """Nobody needs to begin with what newer words have taken the place of."""
    session.execute(
        update(Job)
        .where(Job.conversation_id == conversation_id, Job.state == "queued")
        .values(state="canceled", finished_at=func.now())
    )


def fail_abandoned(session: Session, *, max_attempts: Mapping[Kind, int]) -> list[Lost]:
    """Fail the jobs that lost their worker at the last attempt; the revisions that get no summary thereby."""
    is_last = case({str(kind): Job.attempt >= most for kind, most in max_attempts.items()}, value=Job.kind)
    rows = session.execute(
        update(Job)
        .where(_is_abandoned(), is_last)
        .values(state="failed", reason=NoSummary.WORKER_LOST, lease_until=None, finished_at=func.now())
        .returning(Job.conversation_id, Job.revision, Job.trace)
    )
    return [Lost(about, revision, trace) for about, revision, trace in rows if about and revision]


def fetch_again(session: Session, source_id: UUID) -> int:
    """Give the failed fetches of a source all their attempts again; how many. The sweeper rings for them."""
    failed = update(Job).where(Job.kind == Kind.FETCH, Job.source_id == source_id, Job.state == "failed")
    again = failed.values(state="queued", attempt=0, reason=None, finished_at=None, **_waiting(timedelta(0)))
    return len(session.execute(again.returning(Job.id)).all())


def requeue_stale(session: Session, *, stale_after: timedelta, silent: Collection[Kind] = ()) -> list[Waiting]:
    """Jobs that need a new message: abandoned by their worker, due again, or queued and never taken.

    A job that only waits in a long queue is sent again ever more rarely, since each time the wait doubles. Of the kinds
    that are silent no message waits: what is queued of them has lost its message, however long the queue was.
    """
    in_long_queue = func.greatest(Job.sent_at - Job.due_at, timedelta(0))
    since_due = case((Job.kind.in_(silent), timedelta(0)), else_=in_long_queue)
    is_unheard = and_(
        Job.state == "queued",
        Job.due_at <= func.now(),
        or_(Job.sent_at.is_(None), func.now() - Job.sent_at > stale_after + since_due),
    )
    stale = (
        select(Job.id)
        .where(or_(_is_abandoned(), is_unheard))
        .order_by(Job.kind == Kind.BACKFILL, Job.due_at)
        .limit(SWEEP_BATCH)
        .with_for_update(skip_locked=True)
    )
    requeued = (
        update(Job)
        .where(Job.id.in_(stale.scalar_subquery()))
        .values(
            state="queued",
            owner=None,
            lease_until=None,
            due_at=case((_is_abandoned(), func.now()), else_=Job.due_at),  # its messages may be lost with its worker
            sent_at=func.now(),
        )
    )
    kinds = {job_id: Kind(kind) for job_id, kind in session.execute(requeued.returning(Job.id, Job.kind))}
    before = {job_id: num for kind in set(kinds.values()) for job_id, num in _num_before(session, kind, set(kinds))}
    return [Waiting(job_id, kind, before.get(job_id, MOST_COUNTED)) for job_id, kind in kinds.items()]


def _num_before(session: Session, kind: Kind, job_ids: set[UUID]) -> list[tuple[UUID, int]]:
    """How many of the kind were due before each of these jobs; one before which there are too many is left out."""
    first = select(Job.id, (func.row_number().over(order_by=(Job.due_at, Job.id)) - 1).label("num_before"))
    numbered = first.where(*_is_waiting(kind)).order_by(Job.due_at, Job.id).limit(MOST_COUNTED).subquery()
    rows = session.execute(select(numbered.c.id, numbered.c.num_before).where(numbered.c.id.in_(job_ids)))
    return [(job_id, num_before) for job_id, num_before in rows]


def _is_waiting(kind: Kind) -> tuple[ColumnElement[bool], ...]:
    return Job.state == "queued", Job.kind == kind, Job.due_at <= func.now()


def _add(session: Session, **values: object) -> UUID:
    return session.scalars(insert(Job).values(trace=traceparent(), **values).returning(Job.id)).one()


def _claim(
    session: Session,
    job_id: UUID,
    kinds: tuple[Kind, ...],
    subject: tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...],
    owner: str,
    lease: timedelta,
    max_attempts: int,
) -> tuple[tuple[Any, ...], Origin] | None:
    """The attempt's number and what the job is about, and where it comes from."""
    row = session.execute(
        update(Job)
        .where(
            Job.id == job_id,
            Job.kind.in_(kinds),
            Job.attempt < max_attempts,
            or_(and_(Job.state == "queued", Job.due_at <= func.now()), _is_abandoned()),
        )
        .values(state="running", attempt=Job.attempt + 1, owner=owner, lease_until=func.now() + lease)
        .returning(Job.trace, func.now() - Job.due_at, Job.attempt, *subject)
    ).one_or_none()
    return None if row is None else (tuple(row[2:]), Origin(row[0], row[1]))


def _is_crowded(session: Session, job_id: UUID, *, at_once: int) -> bool:
    """Whether the endpoint of this job is told enough already; others that ask for the same one wait here."""
    endpoint_id = session.scalar(
        select(Callback.endpoint_id).join(Job, Job.callback_id == Callback.id).where(Job.id == job_id)
    )
    session.execute(select(Endpoint.id).where(Endpoint.id == endpoint_id).with_for_update(key_share=True))
    running = (
        select(func.count())
        .select_from(Job)
        .join(Callback, Callback.id == Job.callback_id)
        .where(Callback.endpoint_id == endpoint_id, Job.id != job_id)
        .where(Job.state == "running", Job.lease_until >= func.now())
    )
    return (session.scalar(running) or 0) >= at_once


def _turn_away() -> ColumnElement[timedelta]:
    """How long to wait for a busy endpoint: the longer one has waited, or a long queue would do little but ask."""
    return func.least(func.greatest(func.now() - Job.created_at, CROWDED[0]), CROWDED[1])


def _waiting(delay: timedelta | ColumnElement[timedelta]) -> dict[str, object]:
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
