"""The running service on a screen of 80 columns, all of it from Postgres: counts, times, names of ours and tenants."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from statistics import median

from rich.console import Group
from rich.table import Table
from rich.text import Text

from summarizer.errors import Unavailable
from summarizer.kinds import Kind
from summarizer.store import costs, jobs, model_versions, nights, overview, tenants
from summarizer.store.database import Database
from summarizer.store.jobs import OpenJobs
from summarizer.store.overview import Told, Written

EVERY_SECONDS = 2.0
MOST_LISTED = 6  #: tenants, backends, workers ...: those with most
LEN_VERSION = 12
LEN_OWNER = 40


@dataclass(frozen=True, slots=True)
class Night:
    """The newest night."""

    slot: str
    state: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What there was to see at one moment; the hour's and minute's numbers are of summaries."""

    at: datetime
    champion: str | None
    challenger: str | None
    challenger_share: float
    jobs: tuple[OpenJobs, ...]
    num_minute: int
    num_hour: int
    median_seconds: float | None
    kinds: dict[str, int]
    backends: dict[str, int]
    because: dict[str, int]
    tenants: dict[str, int]  #: summaries of the last hour
    money_today: dict[str, Decimal]  #: by backend
    currency: str
    callbacks: Told
    workers: dict[str, dict[str, int]]  #: who holds leases, and of how many jobs of each kind
    night: Night | None


def look(database: Database, *, currency: str) -> Frame:
    """The service now; raises Unavailable."""
    with database.begin(None) as session:
        open_jobs = jobs.open_of_all(session)
        serving = model_versions.serving(session)
        night = nights.last(session)
        names = tenants.names(session)
    written: list[Written] = []
    callbacks = Told()
    num_minute = 0
    hours: Counter[str] = Counter()
    money: dict[str, Decimal] = {}
    workers: dict[str, Counter[str]] = {}
    for tenant_id, name in names.items():
        with database.begin(tenant_id) as session:
            rate = overview.rate(session)
            written += overview.written(session) if rate.num_hour else []
            callbacks += overview.told(session)
            for one in costs.this_month(session):
                money[one.backend] = money.get(one.backend, Decimal(0)) + one.today
            for owner, kind, num in overview.holders(session):
                workers.setdefault(owner, Counter())[kind] += num
        num_minute += rate.num_minute
        hours[name] = rate.num_hour
    return Frame(
        at=datetime.now(UTC),
        champion=serving.champion.id if serving else None,
        challenger=serving.challenger.id if serving and serving.challenger else None,
        challenger_share=serving.share if serving else 0.0,
        jobs=tuple(open_jobs),
        num_minute=num_minute,
        num_hour=hours.total(),
        median_seconds=median(one.seconds for one in written) if written else None,
        kinds=dict(Counter(one.kind for one in written)),
        backends=dict(Counter(one.backend for one in written)),
        because=dict(Counter(one.because for one in written if one.because)),
        tenants={name: num for name, num in hours.most_common() if num},
        money_today={name: amount for name, amount in money.items() if amount},
        currency=currency,
        callbacks=callbacks,
        workers={owner: dict(held) for owner, held in workers.items()},
        night=None if night is None else Night(night.slot, night.state, night.attempt),
    )


def frames(look: Callable[[], Frame], *, every_seconds: float = EVERY_SECONDS) -> Iterator[Frame | Unavailable]:
    """One frame after the other for ever; while the database is away, that it is."""
    while True:
        try:
            yield look()
        except Unavailable as error:
            yield error
        time.sleep(every_seconds)


def rendered(frame: Frame | Unavailable) -> Group:
    """A frame, or why there is none, as text that needs no colour."""
    if isinstance(frame, Unavailable):
        return Group(Text(f"wrapup  {datetime.now(UTC):%H:%M:%S} UTC"), Text(f"{frame}; asked again", style="bold"))
    return Group(
        Text(f"wrapup  {frame.at:%H:%M:%S} UTC  champion {_models(frame)}", style="bold"), _jobs(frame), _told(frame)
    )


def _models(frame: Frame) -> str:
    champion = "the model of MODEL_DIR" if frame.champion is None else frame.champion[:LEN_VERSION]
    if frame.challenger is None:
        return champion
    return f"{champion}, challenger {frame.challenger[:LEN_VERSION]} on {frame.challenger_share:.0%}"


def _jobs(frame: Frame) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("jobs", min_width=12)
    for name in ("waiting", "oldest", "running"):
        table.add_column(name, justify="right", min_width=10)
    found = {(one.kind, one.is_running): one for one in frame.jobs}
    for kind in Kind:
        waiting, running = found.get((kind, False)), found.get((kind, True))
        table.add_row(
            kind,
            str(waiting.num_jobs if waiting else 0),
            _duration(waiting.oldest_seconds) if waiting else "-",
            str(running.num_jobs if running else 0),
        )
    return table


def _told(frame: Frame) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=11, no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in (
        ("", ""),
        ("summaries", _rate(frame)),
        ("kinds", _shares(frame.kinds)),
        ("backends", _shares(frame.backends)),
        ("because", _listed(frame.because)),
        ("today", _money(frame)),
        ("callbacks", _callbacks(frame.callbacks)),
        ("workers", _workers(frame.workers)),
        ("tenants", _listed(frame.tenants)),
        ("night", _night(frame.night)),
    ):
        table.add_row(name, value)
    return table


def _rate(frame: Frame) -> str:
    seconds = "" if frame.median_seconds is None else f", median {frame.median_seconds:.2f} s"
    return f"{frame.num_minute} in the last minute, {frame.num_hour} in the last hour{seconds}"


def _shares(counts: dict[str, int]) -> str:
    total = sum(counts.values())
    return ", ".join(f"{name} {num / total:.0%}" for name, num in Counter(counts).most_common(MOST_LISTED)) or "-"


def _listed(counts: dict[str, int]) -> str:
    rest = len(counts) - MOST_LISTED
    listed = ", ".join(f"{name} {num}" for name, num in Counter(counts).most_common(MOST_LISTED)) or "-"
    return f"{listed}, and {rest} more" if rest > 0 else listed


def _money(frame: Frame) -> str:
    total = sum(frame.money_today.values(), start=Decimal(0))
    by = ", ".join(f"{name} {amount:.4f}" for name, amount in sorted(frame.money_today.items())[:MOST_LISTED])
    return f"{total:.4f} {frame.currency}" + (f": {by}" if len(frame.money_today) > 1 else "")


def _callbacks(told: Told) -> str:
    return f"{told.num_waiting} wait, {told.num_dead} dead, {told.num_told} told of the last day's newest"


def _workers(workers: dict[str, dict[str, int]]) -> str:
    if not workers:
        return "nobody holds a job"
    busiest = sorted(workers.items(), key=lambda one: -sum(one[1].values()))
    lines = [f"{owner[:LEN_OWNER]} holds {_listed(held)}" for owner, held in busiest[:MOST_LISTED]]
    rest = len(workers) - MOST_LISTED
    return "\n".join([*lines, f"and {rest} more"] if rest > 0 else lines)


def _night(night: Night | None) -> str:
    return "none yet" if night is None else f"{night.slot} {night.state}, attempt {night.attempt}"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"
