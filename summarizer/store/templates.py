"""Templates of summaries: versions are only added, the newest of a queue or else of the tenant is used."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from summarizer.store.tables import TemplateVersion


@dataclass(frozen=True, slots=True)
class Kept:
    """One version of a template; without a queue it is the tenant's own."""

    id: UUID
    queue: str | None
    version: int
    author: str
    body: dict[str, Any]
    created_at: datetime


def add(session: Session, tenant_id: UUID, *, queue: str | None, author: str, body: dict[str, Any]) -> Kept:
    """The next version; a second one of the same number violates a unique constraint."""
    last = session.scalar(select(func.max(TemplateVersion.version)).where(_is_of(queue)))
    row = TemplateVersion(tenant_id=tenant_id, queue=queue, version=(last or 0) + 1, author=author, body=body)
    session.add(row)
    session.flush()
    return _kept(row)


def current(session: Session, *, queue: str | None) -> Kept | None:
    """What a conversation of this queue is summarized by; None when neither it nor the tenant has one."""
    row = session.scalars(
        select(TemplateVersion)
        .where(or_(TemplateVersion.queue.is_(None), TemplateVersion.queue == queue))
        .order_by(TemplateVersion.queue.nulls_last(), TemplateVersion.version.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _kept(row)


def history(session: Session, *, queue: str | None) -> list[Kept]:
    """All versions, the newest first."""
    rows = session.scalars(select(TemplateVersion).where(_is_of(queue)).order_by(TemplateVersion.version.desc()))
    return [_kept(row) for row in rows]


def lock(session: Session, tenant_id: UUID) -> None:
    """Let versions of one tenant be added one after the other."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"templates:{tenant_id}", 0))))


def _is_of(queue: str | None) -> Any:
    return TemplateVersion.queue.is_(None) if queue is None else TemplateVersion.queue == queue


def _kept(row: TemplateVersion) -> Kept:
    return Kept(row.id, row.queue, row.version, row.author, row.body, row.created_at)
