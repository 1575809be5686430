"""Who did what to which row, in a chain of hashes for each tenant.

An entry is written as the last thing of its transaction: the chain takes one transaction after the other, and whoever
waits for it must hold nothing that others still need.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, tuple_
from sqlalchemy.orm import Session

from summarizer.store.tables import AuditEntry

_NOTED = "audit"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a tenant's audit as it is stored; numbers count from 1."""

    tenant_id: UUID
    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    hash: bytes


def note(session: Session, tenant_id: UUID, *, actor: str, action: str, subject: str) -> None:
    """Add an entry to the transaction of the act itself; ids only."""
    entry = {"tenant_id": tenant_id, "actor": actor, "action": action, "subject": subject}
    session.info.setdefault(_NOTED, []).append(entry)


def write(session: Session) -> None:
    """Write what was noted; `Database.begin` calls it before the commit."""
    noted = session.info.pop(_NOTED, [])
    if noted:
        session.flush()
        session.execute(insert(AuditEntry), noted)


def page(
    session: Session, *, after: int = 0, limit: int, since: datetime | None = None, action: str | None = None
) -> list[Entry]:
    """Up to `limit` entries with numbers above `after`, the oldest first."""
    statement = select(AuditEntry).where(AuditEntry.number > after).order_by(AuditEntry.number, AuditEntry.id)
    if since is not None:
        statement = statement.where(AuditEntry.at >= since)
    if action is not None:
        statement = statement.where(AuditEntry.action == action)
    return [_entry(row) for row in session.scalars(statement.limit(limit))]


def every(session: Session, *, page_size: int) -> Iterator[Entry]:
    """All entries in order, read piece by piece; numbers that stand twice and below 1 too."""
    place = tuple_(AuditEntry.number, AuditEntry.id)
    statement = select(AuditEntry).order_by(AuditEntry.number, AuditEntry.id).limit(page_size)
    rows = session.scalars(statement).all()
    while rows:
        yield from map(_entry, rows)
        rows = session.scalars(statement.where(place > tuple_(rows[-1].number, rows[-1].id))).all()


def last_number(session: Session) -> int:
    """The highest number there is, 0 when there is none."""
    return session.scalar(select(func.max(AuditEntry.number))) or 0


def _entry(row: AuditEntry) -> Entry:
    return Entry(row.tenant_id, row.number, row.at, row.actor, row.action, row.subject, row.hash)
