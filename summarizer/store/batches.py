"""Batches: many transcripts at once, how far they have been read, and what became of their jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from summarizer.errors import Conflict
from summarizer.store.cursor import Cursor
from summarizer.store.tables import Batch, Job

MAX_REFUSALS = 100  # kept with their places; all are counted


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch has been read."""

    id: UUID
    name: str
    num_read: int
    num_accepted: int
    num_unchanged: int  #: they were there already
    num_refused: int
    refusals: list[dict[str, Any]]  #: the first ones, with their places
    created_at: datetime
    finished_at: datetime | None  #: of the reading


def opened(session: Session, tenant_id: UUID, *, name: str, digest: bytes | None) -> Progress:
    """The batch of these documents, to go on with; a new one where there is none, or no digest to know it by."""
    if digest is not None:
        lock = func.hashtextextended(f"{tenant_id}/batch/{digest.hex()}", 0)
        session.execute(select(func.pg_advisory_xact_lock(lock)))
        same = select(Batch).where(Batch.digest == digest).order_by(Batch.created_at).limit(1)
        row = session.scalars(same).one_or_none()
        if row is not None:
            return _progress(row)
    row = Batch(tenant_id=tenant_id, name=name, digest=digest)
    session.add(row)
    session.flush()
    session.refresh(row)
    return _progress(row)


def other_of_name(session: Session, name: str, *, digest: bytes, window: timedelta) -> UUID | None:
    """A batch of this name with other documents, not older than the window."""
    other = select(Batch.id).where(Batch.name == name, Batch.digest != digest, Batch.created_at > func.now() - window)
    return session.scalars(other.limit(1)).one_or_none()


def hold(session: Session, known: Progress) -> None:
    """Keep everybody else from reading on until the transaction ends; raises Conflict when somebody did already."""
    if _row(session, known).num_read != known.num_read:
        raise Conflict("somebody else is reading this batch")


def advanced(
    session: Session, held: Progress, *, num_accepted: int, num_unchanged: int, refusals: Sequence[dict[str, Any]]
) -> Progress:
    """So many documents further, each of them accepted, unchanged or refused."""
    row = _row(session, held)
    row.num_read += num_accepted + num_unchanged + len(refusals)
    row.num_accepted += num_accepted
    row.num_unchanged += num_unchanged
    row.num_refused += len(refusals)
    row.refusals = [*row.refusals, *refusals][:MAX_REFUSALS]
    session.flush()
    return _progress(row)


def finished(session: Session, held: Progress) -> Progress:
    """Everything was read."""
    row = _row(session, held)
    row.finished_at = session.scalar(select(func.now()))
    session.flush()
    return _progress(row)


def find(session: Session, batch_id: UUID) -> Progress | None:
    """One batch, None if this tenant has no such one."""
    row = session.scalars(select(Batch).where(Batch.id == batch_id)).one_or_none()
    return None if row is None else _progress(row)


def page(session: Session, *, after: Cursor | None, limit: int) -> list[Progress]:
    """Up to `limit` batches, newest first."""
    statement = select(Batch).order_by(Batch.created_at.desc(), Batch.id.desc()).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(Batch.created_at, Batch.id) < tuple_(after.created_at, after.id))
    return [_progress(row) for row in session.scalars(statement)]


def num_jobs(session: Session, batch_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """How many jobs of each batch are in which state."""
    counted = select(Batch.id, Job.state, func.count()).join(Job, Job.batch_id == Batch.id)
    found: dict[UUID, dict[str, int]] = {batch_id: {} for batch_id in batch_ids}
    for batch_id, state, num in session.execute(counted.where(Batch.id.in_(batch_ids)).group_by(Batch.id, Job.state)):
        found[batch_id][state] = num
    return found


def _row(session: Session, known: Progress) -> Batch:
    return session.scalars(select(Batch).where(Batch.id == known.id).with_for_update()).one()


def _progress(row: Batch) -> Progress:
    return Progress(
        id=row.id,
        name=row.name,
        num_read=row.num_read,
        num_accepted=row.num_accepted,
        num_unchanged=row.num_unchanged,
        num_refused=row.num_refused,
        refusals=list(row.refusals),
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
