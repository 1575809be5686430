"""Model versions, and which of them serves since when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from summarizer.store.tables import ModelVersion, Promotion


@dataclass(frozen=True, slots=True)
class Version:
    """One checkpoint: the SHA-256 over its files, and where they lie."""

    id: str
    directory: str


@dataclass(frozen=True, slots=True)
class Serving:
    """The champion, and the challenger that is being tried on a share of the jobs."""

    champion: Version
    challenger: Version | None = None
    share: float = 0.0


def register(session: Session, model_version: str, *, directory: str) -> None:
    """Make the version known, so that summaries can name it; a known one stays as it is."""
    session.execute(insert(ModelVersion).values(id=model_version, directory=directory).on_conflict_do_nothing())


def serving(session: Session) -> Serving | None:
    """What is to serve now; None while nothing was ever promoted."""
    rows = session.execute(select(Promotion, ModelVersion).join(ModelVersion).order_by(Promotion.id)).all()
    full = [_version(version) for promotion, version in rows if promotion.share == 1]
    if not full:
        return None
    last, version = rows[-1]
    return Serving(full[-1]) if last.share == 1 else Serving(full[-1], _version(version), last.share)


def last_promoted_at(session: Session) -> datetime | None:
    """When what serves was changed last, but for a rollback."""
    newer = select(func.max(Promotion.at)).where(Promotion.action != "rollback")
    return session.scalar(newer)


def history(session: Session) -> list[Promotion]:
    """Every change of what serves, the oldest first."""
    return list(session.scalars(select(Promotion).order_by(Promotion.id)))


def add_promotion(
    session: Session, model_version: str, *, share: float, action: str, actor: str, decision: dict[str, Any] | None
) -> None:
    """From now on this version serves that share of the jobs."""
    session.add(Promotion(model_version=model_version, share=share, action=action, actor=actor, decision=decision))
    session.flush()


def former_champion(rows: Iterable[Promotion]) -> str | None:
    """The version that served before the present champion; a version that was rolled back does not count."""
    line = champions(rows)
    return line[-2] if len(line) > 1 else None


def champions(rows: Iterable[Promotion]) -> list[str]:
    """The versions that served one after the other, the present one last, without those that were rolled back."""
    line: list[str] = []
    for row in rows:
        if row.share < 1:
            continue
        if row.model_version in line[-1:]:
            continue
        if row.action == "rollback":
            line.pop()
        else:
            line.append(row.model_version)
    return line


def find(session: Session, model_version: str) -> Version | None:
    """A version that is known."""
    row = session.get(ModelVersion, model_version)
    return None if row is None else _version(row)


def every(session: Session) -> list[Version]:
    """All versions that are known, the oldest first."""
    return [_version(row) for row in session.scalars(select(ModelVersion).order_by(ModelVersion.created_at))]


def _version(row: ModelVersion) -> Version:
    return Version(row.id, row.directory)
