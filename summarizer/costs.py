"""What summaries and nights came to, and beside it what the same calls would have cost at rented models.

    ledger, a tenant and a day at a time ─▶ groups ─▶ sums, each with every model whose price counted on its days

Of another model's calls we know the characters alone: its tokens are estimated from them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from summarizer.errors import InvalidRequest
from summarizer.metering import Meter
from summarizer.prices import Prices, written
from summarizer.store import costs, nights
from summarizer.store.costs import Sums
from summarizer.store.database import Database
from summarizer.store.tables import NightlyRun

BY = ("day", "month", "tenant", "queue", "backend", "model")
MOST_DAYS = 400
RATIO = Decimal("0.01")
SECONDS_A_DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Period:
    """Days in UTC, the last one included."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Beside:
    """What the same calls would have come to at a rented model, and how many times ours that is."""

    name: str
    money: Decimal
    ratio: Decimal | None  #: None: ours came to nothing


@dataclass(frozen=True, slots=True)
class Row:
    """A group of attempts; `key` has a value for each of what they are told apart by, an empty one for no queue."""

    key: Mapping[str, str]
    currency: str
    num_summaries: int
    num_failed: int
    meter: Meter
    watt_hours: float
    money: Decimal
    beside: tuple[Beside, ...]

    @property
    def per_summary(self) -> Decimal | None:
        """Failed attempts included; None where nothing was written."""
        return self.money / self.num_summaries if self.num_summaries else None


@dataclass(frozen=True, slots=True)
class Night:
    """A night of training, and what was won by it."""

    day: str
    state: str
    device: str | None
    device_seconds: float
    watt_hours: float | None
    currency: str
    money: Decimal
    gain: float | None  #: ROUGE-1 over the champion before


@dataclass(frozen=True, slots=True)
class AtWork:
    """How much of one device's time all summaries took, and what it costs if it runs all the time."""

    device: str
    share: float  #: above 1: of more devices than one
    counted: float  #: the share that the price list takes for granted
    money: Decimal
    per_summary: Decimal | None


@dataclass(frozen=True, slots=True)
class Report:
    """Sums by group and over all, of each currency."""

    period: Period
    rows: tuple[Row, ...]
    totals: tuple[Row, ...]
    nights: tuple[Night, ...] = ()


def period(since: date | None, until: date | None) -> Period:
    """Days that can be asked for, by themselves the present month; raises InvalidRequest."""
    last = until or datetime.now(UTC).date()
    first = since or last.replace(day=1)
    if last < first:
        raise InvalidRequest("the last day lies before the first", field="query/until")
    if (last - first).days >= MOST_DAYS:
        raise InvalidRequest(f"at most {MOST_DAYS} days at once", field="query/since")
    return Period(first, last)


def told_apart(by: str, *, allowed: Sequence[str] = BY) -> tuple[str, ...]:
    """Names with commas between them, each once; raises InvalidRequest."""
    names = tuple(dict.fromkeys(one.strip() for one in by.split(",") if one.strip()))
    if not names or any(one not in allowed for one in names):
        raise InvalidRequest(f"name some of {', '.join(allowed)}, with commas between them", field="query/by")
    return names


def report(
    database: Database, prices: Prices, tenants: Mapping[UUID, str], *, over: Period, by: Sequence[str]
) -> Report:
    """What summaries of these tenants came to, the tenants by their names."""
    groups: dict[tuple[tuple[str, ...], str], list[Sums]] = defaultdict(list)
    everything: dict[str, list[Sums]] = defaultdict(list)
    for tenant_id, name in tenants.items():
        with database.begin(tenant_id) as session:
            found = costs.sums(session, since=over.since, until=over.until, by=by)
        for one in found:
            groups[tuple(_value(one, tenant=name, of=column) for column in by), one.currency].append(one)
            everything[one.currency].append(one)
    rows = [
        _row(dict(zip(by, key, strict=True)), found, prices, currency=currency)
        for (key, currency), found in sorted(groups.items(), key=lambda group: group[0])
    ]
    totals = [_row({}, found, prices, currency=currency) for currency, found in sorted(everything.items())]
    return Report(over, tuple(rows), tuple(totals))


def trained(database: Database, prices: Prices, *, over: Period) -> tuple[Night, ...]:
    """The installation's nights that came as far as to a ledger, the oldest first."""
    with database.begin(None) as session:
        found = nights.between(session, since=over.since.isoformat(), until=over.until.isoformat())
    return tuple(_night(one, one.ledger, prices) for one in found if one.ledger)


def at_work(found: Report, prices: Prices, *, device: str) -> AtWork:
    """Whether a device works as much as its price takes for granted; raises InvalidPrices when it has none."""
    priced = prices.device(device, on=found.period.until)
    seconds = ((found.period.until - found.period.since).days + 1) * SECONDS_A_DAY
    money = priced.money_of_hours(seconds)
    num_summaries = sum(one.num_summaries for one in found.totals)
    return AtWork(
        device,
        sum(one.meter.device_seconds for one in found.totals) / seconds,
        priced.utilisation,
        money,
        money / num_summaries if num_summaries else None,
    )


def beside(meter: Meter, prices: Prices, *, on: date, num_summaries: int, money: Decimal) -> tuple[Beside, ...]:
    """The same calls at every rented model that had a price on a day, the cheapest first."""
    at = {name: one.estimate(meter, num_summaries=num_summaries) for name, one in prices.rented_on(on).items()}
    return _compared(at, money=money)


def document(found: Report) -> dict[str, Any]:
    """As it goes over the wire: money as text, so that nobody rounds it."""
    return {
        "since": found.period.since.isoformat(),
        "until": found.period.until.isoformat(),
        "data": [_row_document(one) for one in found.rows],
        "totals": [_row_document(one) for one in found.totals],
        "training": [_night_document(one) for one in found.nights],
    }


def beside_document(found: Iterable[Beside]) -> list[dict[str, Any]]:
    """Rented models as they go over the wire."""
    return [
        {"name": one.name, "money": written(one.money), "ratio": None if one.ratio is None else written(one.ratio)}
        for one in found
    ]


def _value(found: Sums, *, tenant: str, of: str) -> str:
    match of:
        case "day":
            return found.day.isoformat()
        case "month":
            return f"{found.day:%Y-%m}"
        case "tenant":
            return tenant
        case "model":
            return found.model_version
        case _:
            return str(getattr(found, of))


def _row(key: Mapping[str, str], found: Sequence[Sums], prices: Prices, *, currency: str) -> Row:
    money = sum((one.money for one in found), start=Decimal(0))
    return Row(
        key,
        currency,
        sum(one.num_summaries for one in found),
        sum(one.num_failed for one in found),
        sum((one.meter for one in found), start=Meter()),
        sum(one.watt_hours for one in found),
        money,
        _compared(_rented(found, prices), money=money) if currency == prices.currency else (),
    )


def _rented(found: Sequence[Sums], prices: Prices) -> dict[str, Decimal]:
    """Money at each model that had a price on every day, by the price of that day."""
    days = {one.day: prices.rented_on(one.day) for one in found}
    common = set.intersection(*(set(models) for models in days.values()))
    return {
        name: sum(
            (days[one.day][name].estimate(one.meter, num_summaries=one.num_summaries) for one in found),
            start=Decimal(0),
        )
        for name in common
    }


def _compared(at: Mapping[str, Decimal], *, money: Decimal) -> tuple[Beside, ...]:
    cheapest_first = sorted(at.items(), key=lambda one: (one[1], one[0]))
    return tuple(
        Beside(name, theirs, (theirs / money).quantize(RATIO) if money else None) for name, theirs in cheapest_first
    )


def _night(row: NightlyRun, ledger: Mapping[str, Any], prices: Prices) -> Night:
    """Nights from before the price list told neither device nor energy, and their money was a plain number."""
    return Night(
        row.slot,
        row.state,
        ledger.get("device"),
        float(ledger["device_hours"]) * 3600,
        ledger.get("watt_hours"),
        str(ledger.get("currency", prices.currency)),
        Decimal(str(ledger["money"])),
        ledger.get("gain_rouge1"),
    )


def _row_document(row: Row) -> dict[str, Any]:
    return {
        "kind": "summaries",
        **{name: row.key.get(name) for name in BY},
        "num_summaries": row.num_summaries,
        "num_failed": row.num_failed,
        "num_prompts": row.meter.num_prompts,
        "prompt_tokens": row.meter.prompt_tokens,
        "completion_tokens": row.meter.completion_tokens,
        "cached_tokens": row.meter.cached_tokens,
        "prompt_characters": row.meter.prompt_characters,
        "completion_characters": row.meter.completion_characters,
        "device_seconds": round(row.meter.device_seconds, 3),
        "watt_hours": round(row.watt_hours, 3),
        "currency": row.currency,
        "money": written(row.money),
        "per_summary": None if row.per_summary is None else written(row.per_summary),
        "rented": beside_document(row.beside),
    }


def _night_document(night: Night) -> dict[str, Any]:
    return {
        "kind": "training",
        "day": night.day,
        "state": night.state,
        "device": night.device,
        "device_seconds": round(night.device_seconds, 3),
        "watt_hours": night.watt_hours,
        "currency": night.currency,
        "money": written(night.money),
        "gain_rouge1": night.gain,
    }
