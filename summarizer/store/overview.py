"""How the service is doing, in numbers alone; cheap enough to be asked every two seconds, however much there is."""

from dataclasses import dataclass

from sqlalchemy import func, lateral, select, text
from sqlalchemy.orm import Session

from summarizer.store.tables import Callback, Job, Summary

MOST_LOOKED_AT = 1_000  #: of one tenant, the newest; shares and medians are of these
HOUR, MINUTE, DAY = (text(f"interval '{one}'") for one in ("1 hour", "1 minute", "1 day"))


@dataclass(frozen=True, slots=True)
class Written:
    """A summary as somebody who counts sees it."""

    kind: str
    backend: str
    because: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Rate:
    """How many summaries one tenant got."""

    num_minute: int
    num_hour: int


@dataclass(frozen=True, slots=True)
class Told:
    """The newest callbacks of one tenant's last day, by what became of them."""

    num_told: int = 0
    num_waiting: int = 0
    num_dead: int = 0

    def __add__(self, other: "Told") -> "Told":
        return Told(
            self.num_told + other.num_told, self.num_waiting + other.num_waiting, self.num_dead + other.num_dead
        )


def rate(session: Session) -> Rate:
    """Of one tenant's summaries now."""
    last_minute = func.count().filter(Summary.created_at > func.now() - MINUTE)
    recent = select(last_minute, func.count()).where(Summary.created_at > func.now() - HOUR)
    return Rate(*session.execute(recent).one())


def written(session: Session) -> list[Written]:
    """One tenant's newest summaries of the last hour."""
    columns = (Summary.kind, Summary.backend, Summary.because, Summary.seconds)
    newest = select(*columns).where(Summary.created_at > func.now() - HOUR)
    rows = session.execute(newest.order_by(Summary.created_at.desc(), Summary.id.desc()).limit(MOST_LOOKED_AT))
    return [Written(*row) for row in rows]


def told(session: Session) -> Told:
    """What one tenant's endpoints were told, by the newest job of each callback."""
    recent = (
        select(Callback.id)
        .where(Callback.created_at > func.now() - DAY)
        .order_by(Callback.created_at.desc(), Callback.id.desc())
        .limit(MOST_LOOKED_AT)
        .subquery()
    )
    newest = lateral(
        select(Job.state).where(Job.callback_id == recent.c.id).order_by(Job.created_at.desc(), Job.id).limit(1)
    )
    counted = (
        select(
            func.count().filter(newest.c.state == "succeeded"),
            func.count().filter(newest.c.state.in_(("queued", "running"))),
            func.count().filter(newest.c.state == "failed"),
        )
        .select_from(recent)
        .join(newest, text("true"))
    )
    num_told, num_waiting, num_dead = session.execute(counted).one()
    return Told(num_told, num_waiting, num_dead)


def holders(session: Session) -> list[tuple[str, str, int]]:
    """Who works for one tenant: the owner of leases, the kind of its jobs, and how many."""
    held = select(Job.owner, Job.kind, func.count()).where(Job.state == "running", Job.lease_until >= func.now())
    return [(owner, kind, num) for owner, kind, num in session.execute(held.group_by(Job.owner, Job.kind)) if owner]
