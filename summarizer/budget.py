"""Which backends a conversation may be written by: its choice, less what is not allowed or costs too much by now.

    chosen ─▶ known ─▶ on premises? ─▶ under the hard cap? ─▶ within budgets? ─▶ under the soft cap? ─▶ in this order

Nothing left means quotations: nobody is told nothing because of money.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from summarizer.specs import EXTRACTIVE, OURS, Specs


class Because(StrEnum):
    """Why a summary was not written by the first of its choice."""

    UNKNOWN_BACKEND = "unknown_backend"  #: the installation has none of this name
    ON_PREMISES_ONLY = "on_premises_only"  #: the tenant's words may not leave
    HARD_CAP = "hard_cap"  #: the tenant's money for the month is spent
    SOFT_CAP = "soft_cap"  #: so much of it is that a cheaper backend writes
    BACKEND_BUDGET = "backend_budget"  #: what the tenant may spend on the backend in a day is spent
    BACKEND_FAILED = "backend_failed"  #: it did not write


@dataclass(frozen=True, slots=True)
class Limits:
    """What a tenant allows; money in a month (UTC), None without a limit."""

    on_premises_only: bool = False
    soft_cap: Decimal | None = None
    hard_cap: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Spending:
    """A tenant's money so far, and what a summary costs by each backend."""

    month: Decimal = Decimal(0)
    today: Mapping[str, Decimal] = field(default_factory=dict)  #: by backend
    per_summary: Mapping[str, Decimal] = field(default_factory=dict)  #: by backend; unknown counts as nothing


@dataclass(frozen=True, slots=True)
class Plan:
    """Backends in the order in which they are asked, at least one."""

    backends: tuple[str, ...]
    because: Because | None = None  #: the first of the choice is not among them


def plan(chosen: Sequence[str], specs: Specs, limits: Limits, spending: Spending) -> Plan:
    """The backends to ask now."""
    if limits.hard_cap is not None and spending.month >= limits.hard_cap:
        return Plan((EXTRACTIVE,), None if chosen[0] == EXTRACTIVE else Because.HARD_CAP)
    refused = {name: why for name in chosen if (why := _refusal(name, specs, limits, spending))}
    allowed = [name for name in chosen if name not in refused] or [EXTRACTIVE]
    because = refused.get(chosen[0])
    if limits.soft_cap is not None and spending.month >= limits.soft_cap:
        cheaper = _cheapest(allowed, spending)
        if cheaper[0] != allowed[0]:
            because = Because.SOFT_CAP
        allowed = cheaper
    return Plan(tuple(allowed), because)


def has_limits(chosen: Sequence[str], specs: Specs, limits: Limits) -> bool:
    """Whether anybody has to look at what was spent."""
    budgets = [specs[name].budget_per_day for name in chosen if name in specs]
    return limits.soft_cap is not None or limits.hard_cap is not None or any(one is not None for one in budgets)


def _refusal(name: str, specs: Specs, limits: Limits, spending: Spending) -> Because | None:
    if name not in specs:
        return Because.UNKNOWN_BACKEND
    if limits.on_premises_only and not specs[name].is_on_premises:
        return Because.ON_PREMISES_ONLY
    budget = specs[name].budget_per_day
    if budget is not None and spending.today.get(name, Decimal(0)) >= Decimal(str(budget)):
        return Because.BACKEND_BUDGET
    return None


def _cheapest(allowed: Sequence[str], spending: Spending) -> list[str]:
    """The cheapest model of those allowed and ours, before quotations where they are allowed."""
    models = [*(name for name in allowed if name != EXTRACTIVE), OURS]
    cheapest = min(models, key=lambda name: (spending.per_summary.get(name, Decimal(0)), models.index(name)))
    if allowed[0] == EXTRACTIVE:
        return list(allowed[:1])
    return [cheapest, *([EXTRACTIVE] if EXTRACTIVE in allowed else [])]
