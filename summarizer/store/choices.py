"""Which backends a tenant chose: versions are only added, the newest of a queue or else of the tenant counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from summarizer.store import versioned
from summarizer.store.tables import BackendChoice


@dataclass(frozen=True, slots=True)
class Choice:
    """Backends in the order in which they are asked; without a queue it is the tenant's own."""

    id: UUID
    queue: str | None
    version: int
    author: str
    backends: tuple[str, ...]
    created_at: datetime


def add(session: Session, tenant_id: UUID, *, queue: str | None, author: str, backends: Sequence[str]) -> Choice:
    """The next version, after those that are added at the same time."""
    versioned.lock(session, BackendChoice, tenant_id)
    version = versioned.next_version(session, BackendChoice, queue=queue)
    row = BackendChoice(tenant_id=tenant_id, queue=queue, version=version, author=author, backends=list(backends))
    session.add(row)
    session.flush()
    return _choice(row)


def current(session: Session, *, queue: str | None) -> Choice | None:
    """By what a conversation of this queue is written; None when neither it nor the tenant has chosen."""
    row = versioned.current(session, BackendChoice, queue=queue)
    return None if row is None else _choice(row)


def history(session: Session, *, queue: str | None) -> list[Choice]:
    """All versions, the newest first."""
    return [_choice(row) for row in versioned.history(session, BackendChoice, queue=queue)]


def chosen(session: Session) -> set[str]:
    """Every backend that the newest choice of this tenant, or of one of its queues, names."""
    newest = select(BackendChoice.backends).ext(distinct_on(BackendChoice.queue))
    rows = session.scalars(newest.order_by(BackendChoice.queue, BackendChoice.version.desc()))
    return {backend for backends in rows for backend in backends}


def _choice(row: BackendChoice) -> Choice:
    return Choice(row.id, row.queue, row.version, row.author, tuple(row.backends), row.created_at)
