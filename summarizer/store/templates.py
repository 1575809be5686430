"""Templates of summaries: versions are only added, the newest of a queue or else of the tenant is used."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from summarizer.store import versioned
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
    """The next version, after those that are added at the same time."""
    versioned.lock(session, TemplateVersion, tenant_id)
    version = versioned.next_version(session, TemplateVersion, queue=queue)
    row = TemplateVersion(tenant_id=tenant_id, queue=queue, version=version, author=author, body=body)
    session.add(row)
    session.flush()
    return _kept(row)


def current(session: Session, *, queue: str | None) -> Kept | None:
    """What a conversation of this queue is summarized by; None when neither it nor the tenant has one."""
    row = versioned.current(session, TemplateVersion, queue=queue)
    return None if row is None else _kept(row)


def history(session: Session, *, queue: str | None) -> list[Kept]:
    """All versions, the newest first."""
    return [_kept(row) for row in versioned.history(session, TemplateVersion, queue=queue)]


def _kept(row: TemplateVersion) -> Kept:
    return Kept(row.id, row.queue, row.version, row.author, row.body, row.created_at)
