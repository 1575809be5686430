"""The ledger: what a tenant's attempts came to, summed by day, queue, backend and model version."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from summarizer.metering import Meter
from summarizer.prices import Charge
from summarizer.store.tables import Base, Cost

_SUMS = (
    "num_summaries num_failed num_prompts prompt_tokens completion_tokens cached_tokens prompt_characters "
    "completion_characters device_seconds watt_hours money"
).split()
TODAY = func.timezone("UTC", func.now()).cast(Cost.day.type)


def _adding() -> Insert:
    """Made once: every job that ends executes it while others wait for the same row."""
    names = ("tenant_id", "queue", "backend", "model_version", "currency", *_SUMS)
    day = func.coalesce(bindparam("on", type_=Cost.day.type), TODAY)
    added = insert(Base.metadata.tables[Cost.__tablename__]).values(
        {name: bindparam(name) for name in names} | {"day": day}
    )
    sums_of = {name: getattr(Cost, name) + getattr(added.excluded, name) for name in _SUMS}
    return added.on_conflict_do_update(index_elements=list(Cost.__table__.primary_key), set_=sums_of)


_ADD = _adding()


@dataclass(frozen=True, slots=True)
class Spent:
    """What one backend took for one attempt."""

    backend: str
    model_version: str
    meter: Meter
    charge: Charge
    is_summary: bool  #: else it came to nothing


@dataclass(frozen=True, slots=True)
class OfBackend:
    """A tenant's present month by one backend."""

    backend: str
    month: Decimal
    today: Decimal
    num_summaries: int


@dataclass(frozen=True, slots=True)
class Sums:
    """What a tenant's attempts of one day came to; empty where it is not told apart."""

    day: date
    queue: str
    backend: str
    model_version: str
    currency: str
    num_summaries: int
    num_failed: int
    meter: Meter
    watt_hours: float
    money: Decimal


def add(
    session: Session, tenant_id: UUID, *, queue: str | None, spent: Iterable[Spent], on: date | None = None
) -> None:
    """Add to a day's sums, today's by the database's clock; always in one order, so that nobody waits in a ring."""
    for one in sorted(spent, key=lambda each: (each.backend, each.model_version)):
        row = {
            "tenant_id": tenant_id,
            "on": on,
            "queue": queue or "",
            "backend": one.backend,
            "model_version": one.model_version,
            "currency": one.charge.currency,
            "num_summaries": int(one.is_summary),
            "num_failed": int(not one.is_summary),
            **asdict(one.meter),
            "watt_hours": one.charge.watt_hours,
            "money": one.charge.money,
        }
        session.connection().execute(_ADD, row)


def this_month(session: Session) -> list[OfBackend]:
    """What this tenant spent by each backend since the month began (UTC)."""
    rows = session.execute(
        select(
            Cost.backend,
            func.sum(Cost.money),
            func.coalesce(func.sum(Cost.money).filter(Cost.day == TODAY), 0),
            func.sum(Cost.num_summaries),
        )
        .where(Cost.day >= func.date_trunc("month", func.timezone("UTC", func.now())))
        .group_by(Cost.backend)
    )
    return [OfBackend(backend, month, today, int(num)) for backend, month, today, num in rows]


def sums(session: Session, *, since: date, until: date, by: Collection[str]) -> list[Sums]:
    """This tenant's days from the first to the last, told apart by columns of those named queue, backend, model."""
    told = {"queue": Cost.queue, "backend": Cost.backend, "model": Cost.model_version}
    columns = [column for name, column in told.items() if name in by]
    names = [one.name for one in fields(Meter)]
    rows: Iterable[Sequence[Any]] = session.execute(
        select(
            Cost.day,
            *(column if name in by else literal("") for name, column in told.items()),
            Cost.currency,
            func.sum(Cost.num_summaries),
            func.sum(Cost.num_failed),
            func.sum(Cost.watt_hours),
            func.sum(Cost.money),
            *(func.sum(getattr(Cost, name)) for name in names),
        )
        .where(Cost.day.between(since, until))
        .group_by(Cost.day, *columns, Cost.currency)
        .order_by(Cost.day, *columns, Cost.currency)
    )
    return [
        Sums(day, queue, backend, model, currency, int(num), int(failed), _meter(names, metered), watt_hours, money)
        for day, queue, backend, model, currency, num, failed, watt_hours, money, *metered in rows
    ]


def _meter(names: Sequence[str], values: Sequence[Any]) -> Meter:
    """Postgres sums whole numbers to numeric ones."""
    return Meter(
        **{name: value if name == "device_seconds" else int(value) for name, value in zip(names, values, strict=True)}
    )
