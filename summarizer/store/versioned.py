"""What is said in versions: rows are only added, the newest of a queue or else of the tenant counts."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from summarizer.store.tables import BackendChoice, TemplateVersion

Row = TypeVar("Row", TemplateVersion, BackendChoice)


def next_version(session: Session, table: type[Row], *, queue: str | None) -> int:
    """The number of the version to add; a second one of the same number violates a unique constraint."""
    last: int | None = session.scalar(select(func.max(table.version)).where(_is_of(table, queue)))
    return (last or 0) + 1


def current(session: Session, table: type[Row], *, queue: str | None) -> Row | None:
    """What counts for a conversation of this queue; None when neither it nor the tenant has said anything."""
    return session.scalars(
        select(table)
        .where(or_(table.queue.is_(None), table.queue == queue))
        .order_by(table.queue.nulls_last(), table.version.desc())
        .limit(1)
    ).one_or_none()


def history(session: Session, table: type[Row], *, queue: str | None) -> list[Row]:
    """All versions, the newest first."""
    return list(session.scalars(select(table).where(_is_of(table, queue)).order_by(table.version.desc())))


def lock(session: Session, table: type[Row], tenant_id: UUID) -> None:
    """Let versions of one tenant be added one after the other."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{table.__tablename__}:{tenant_id}", 0))))


def _is_of(table: type[Row], queue: str | None) -> Any:
    return table.queue.is_(None) if queue is None else table.queue == queue
