"""The nights: one row a date, and what it came to."""

from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from summarizer.store.tables import NightlyRun

_OPEN = text(
    "INSERT INTO nightly_runs (slot) SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') "
    "WHERE extract(hour FROM now() AT TIME ZONE 'UTC') >= :hour ON CONFLICT DO NOTHING RETURNING slot"
)


def open_slot(session: Session, *, hour: int) -> str | None:
    """Today's night, if its hour has come and nobody has opened it yet. A night that was missed stays missed."""
    slot: str | None = session.scalar(_OPEN, {"hour": hour})
    return slot


def unfinished(session: Session, *, max_attempts: int) -> str | None:
    """The newest night, if it has not come to anything yet and may still be tried."""
    row = last(session)
    if row is None or row.state not in ("open", "running") or row.attempt >= max_attempts:
        return None
    return row.slot


def begin(session: Session, slot: str) -> None:
    """One more attempt of a night."""
    session.execute(
        update(NightlyRun)
        .where(NightlyRun.slot == slot)
        .values(state="running", attempt=NightlyRun.attempt + 1, started_at=func.now())
    )


def finish(session: Session, slot: str, *, state: str, reason: str, ledger: dict[str, Any] | None) -> None:
    """What it came to."""
    session.execute(
        update(NightlyRun)
        .where(NightlyRun.slot == slot)
        .values(state=state, reason=reason, ledger=ledger, finished_at=func.now())
    )


def last(session: Session) -> NightlyRun | None:
    """The newest night."""
    return session.scalars(select(NightlyRun).order_by(NightlyRun.slot.desc()).limit(1)).one_or_none()


def history(session: Session) -> list[NightlyRun]:
    """All nights, the newest first."""
    return list(session.scalars(select(NightlyRun).order_by(NightlyRun.slot.desc())))


def between(session: Session, *, since: str, until: str) -> list[NightlyRun]:
    """The nights from one date to another, the oldest first."""
    within = select(NightlyRun).where(NightlyRun.slot.between(since, until))
    return list(session.scalars(within.order_by(NightlyRun.slot)))
