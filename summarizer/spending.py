"""A tenant's money: by which backends it may be summarized now, and what those that were asked came to."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from summarizer import prices
from summarizer.budget import Limits, Plan, Spending, has_limits, plan
from summarizer.store import audit, choices, costs, tenants
from summarizer.store.costs import Spent
from summarizer.store.tenants import Cap
from summarizer.tariff import Tariff
from summarizer.writing import Taken


def planned(session: Session, tenant_id: UUID, tariff: Tariff, *, queue: str | None, default: Sequence[str]) -> Plan:
    """The backends that a conversation of this queue is written by, as money and place allow it now."""
    choice = choices.current(session, queue=queue)
    chosen = choice.backends if choice else default
    limits, specs = tenants.limits(session, tenant_id), tariff.specs
    so_far = _so_far(session, tariff) if has_limits(chosen, specs, limits) else Spending()
    _tell_of_caps(session, tenant_id, limits, so_far)
    return plan(chosen, specs, limits, so_far)


def spent(tariff: Tariff, taken: Sequence[Taken]) -> list[Spent]:
    """What each of those asked took, with its price of today."""
    return [
        Spent(
            one.backend,
            one.model_version,
            one.meter,
            tariff.charge_or_nothing(one.backend, one.meter, on=_today(), num_summaries=int(one.is_summary)),
            is_summary=one.is_summary,
        )
        for one in taken
    ]


def _so_far(session: Session, tariff: Tariff) -> Spending:
    """The month's; a backend that wrote in it costs what it cost, another what the list tells."""
    found = costs.this_month(session)
    seen = {one.backend: one.month / one.num_summaries for one in found if one.num_summaries}
    return Spending(
        month=sum((one.month for one in found), start=Decimal(0)),
        today={one.backend: one.today for one in found},
        per_summary=tariff.expected(on=_today()) | seen,
    )


def _tell_of_caps(session: Session, tenant_id: UUID, limits: Limits, so_far: Spending) -> None:
    """The first job of a month that finds a cap reached says so, and no other."""
    caps: dict[Cap, Decimal | None] = {"soft_cap": limits.soft_cap, "hard_cap": limits.hard_cap}
    for name, cap in caps.items():
        if cap is not None and so_far.month >= cap and tenants.first_meets(session, tenant_id, cap=name):
            subject = prices.written(cap)
            audit.note(session, tenant_id, actor="worker", action=f"tenant.{name}_met", subject=subject)


def _today() -> date:
    return datetime.now(UTC).date()
