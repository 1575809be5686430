"""Endpoints: where tenants want to be told."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from summarizer.store.tables import Endpoint
from summarizer.verdict import Because


def add(
    session: Session,
    tenant_id: UUID,
    *,
    url: str,
    description: str | None,
    events: list[str],
    shape: str,
    secrets: bytes,
) -> Endpoint:
    """A new endpoint; `secrets` is encrypted."""
    row = Endpoint(tenant_id=tenant_id, url=url, description=description, events=events, shape=shape, secrets=secrets)
    session.add(row)
    session.flush()
    return row


def find(session: Session, endpoint_id: UUID, *, lock: bool = False) -> Endpoint | None:
    """The endpoint with this id, None if this tenant has no such one; a locked one changes nowhere else meanwhile."""
    return session.get(Endpoint, endpoint_id, with_for_update={"key_share": True} if lock else None)


def every(session: Session) -> list[Endpoint]:
    """All endpoints of the tenant, the oldest first."""
    return list(session.scalars(select(Endpoint).order_by(Endpoint.created_at, Endpoint.id)))


def subscribed(session: Session, event: str) -> list[UUID]:
    """Enabled endpoints that want to know of such events."""
    return list(
        session.scalars(select(Endpoint.id).where(Endpoint.disabled_at.is_(None), Endpoint.events.contains([event])))
    )


def count_under_lock(session: Session, tenant_id: UUID) -> int:
    """How many the tenant has; no other one is added before this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"endpoints:{tenant_id}", 0))))
    return session.scalar(select(func.count()).select_from(Endpoint)) or 0


def change(session: Session, endpoint_id: UUID, values: Mapping[str, Any]) -> Endpoint:
    """The endpoint with other values."""
    return session.scalars(
        update(Endpoint)
        .where(Endpoint.id == endpoint_id)
        .values(**values)
        .returning(Endpoint)
        .execution_options(populate_existing=True)
    ).one()


def enable(session: Session, endpoint_id: UUID) -> None:
    """It is told of what happens from now on, and has failed at nothing yet."""
    change(session, endpoint_id, {"disabled_at": None, "disabled_because": None, "failing_since": None})


def disable(session: Session, endpoint_id: UUID, because: Because) -> bool:
    """It is told nothing more; False when that is so already."""
    done = session.execute(
        update(Endpoint)
        .where(Endpoint.id == endpoint_id, Endpoint.disabled_at.is_(None))
        .values(disabled_at=func.now(), disabled_because=because)
        .returning(Endpoint.id)
    )
    return done.one_or_none() is not None


def remove(session: Session, endpoint_id: UUID) -> bool:
    """Forget it with its callbacks; False when there is none."""
    done = session.execute(delete(Endpoint).where(Endpoint.id == endpoint_id).returning(Endpoint.id))
    return done.one_or_none() is not None


def note_success(session: Session, endpoint_id: UUID) -> None:
    """It was told of something."""
    is_failing = (Endpoint.id == endpoint_id) & Endpoint.failing_since.is_not(None)
    session.execute(update(Endpoint).where(is_failing).values(failing_since=None))


def note_failure(session: Session, endpoint_id: UUID, *, patience: timedelta) -> bool:
    """It was not told of something; True when it has failed for longer than our patience."""
    since = session.scalars(
        update(Endpoint)
        .where(Endpoint.id == endpoint_id)
        .values(failing_since=func.coalesce(Endpoint.failing_since, func.now()))
        .returning(func.now() - Endpoint.failing_since > patience)
    ).one_or_none()
    return bool(since)
