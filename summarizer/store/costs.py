"""The ledger: what a tenant's attempts came to, summed by day, queue, backend and model version."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from summarizer.metering import Meter
from summarizer.prices import Charge
from summarizer.store.tables import Cost

_SUMS = (
    "num_summaries num_failed num_prompts prompt_tokens completion_tokens cached_tokens prompt_characters "
    "completion_characters device_seconds watt_hours money"
).split()
TODAY = func.timezone("UTC", func.now()).cast(Cost.day.type)


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


def add(
    session: Session, tenant_id: UUID, *, queue: str | None, spent: Iterable[Spent], on: date | None = None
) -> None:
    """Add to a day's sums, today's by the database's clock; always in one order, so that nobody waits in a ring."""
    for one in sorted(spent, key=lambda each: (each.backend, each.model_version)):
        added = insert(Cost).values(
            tenant_id=tenant_id,
            day=on or TODAY,
            queue=queue or "",
            backend=one.backend,
            model_version=one.model_version,
            currency=one.charge.currency,
            num_summaries=int(one.is_summary),
            num_failed=int(not one.is_summary),
            num_prompts=one.meter.num_prompts,
            prompt_tokens=one.meter.prompt_tokens,
            completion_tokens=one.meter.completion_tokens,
            cached_tokens=one.meter.cached_tokens,
            prompt_characters=one.meter.prompt_characters,
            completion_characters=one.meter.completion_characters,
            device_seconds=one.meter.device_seconds,
            watt_hours=one.charge.watt_hours,
            money=one.charge.money,
        )
        sums = {name: getattr(Cost, name) + getattr(added.excluded, name) for name in _SUMS}
        session.execute(added.on_conflict_do_update(index_elements=list(Cost.__table__.primary_key), set_=sums))


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
