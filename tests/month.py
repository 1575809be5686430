"""A month's costs from simulated traffic: `python -m tests.month [--calls 50] [--per-day 2000] [--data FILE ...]`.

    real calls ─▶ jobs.run, the shipped model, embedded Postgres ─▶ a meter a call
    a meter a call ─▶ drawn for every simulated call of a month ─▶ ledger ─▶ as `wrapup costs` shows it

Measured are our model and quotations, on this machine. The rented backend is not called: its tokens are estimated from
the characters of our model's calls, as the report estimates those it stands beside.
"""

import argparse
import random
import tempfile
import time
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import cycle, islice
from pathlib import Path
from uuid import UUID

from rich.console import Console
from sqlalchemy import select

import migrations
from summarizer.backends import opened
from summarizer.cli.costs import show, show_at_work
from summarizer.conversation import Conversation
from summarizer.costs import Period, report
from summarizer.demo import samples
from summarizer.embedded import servers
from summarizer.generate import Generator
from summarizer.jobs import Work, run
from summarizer.metering import Meter
from summarizer.model import load
from summarizer.prices import SHIPPED, read
from summarizer.settings import Settings
from summarizer.specs import BUILT_IN, EXTRACTIVE, OURS, EndpointSpec, Specs
from summarizer.store import choices, model_versions, tenants
from summarizer.store.database import Database, app_engine
from summarizer.store.tables import Cost, Summary
from summarizer.submit import submit
from summarizer.tariff import Tariff
from summarizer.transcripts import conversation_in, documents_of
from summarizer.vault import new_master_key
from tests.fakes import FakeBell
from tests.work import no_renewal
from training.dataset import conversation_of, read_records

RECORDS = Path(__file__).parent / "data" / "training" / "records.jsonl"
RENTED, RENTED_AS = "rented", "gpt-4.1-mini"
BACKENDS: Specs = {
    **BUILT_IN,
    RENTED: EndpointSpec(url="https://api.example.com/v1", model=RENTED_AS, rented_as=RENTED_AS),
}
#: Share of all calls, and how they are shared out among backends.
TRAFFIC = {
    ("acme", "billing"): (0.35, {OURS: 1.0}),
    ("acme", "support"): (0.25, {OURS: 0.9, EXTRACTIVE: 0.1}),
    ("acme", "sales"): (0.10, {RENTED: 1.0}),
    ("bravo", "billing"): (0.12, {OURS: 1.0}),
    ("bravo", "support"): (0.15, {OURS: 0.8, RENTED: 0.2}),
    ("bravo", "sales"): (0.03, {EXTRACTIVE: 1.0}),
}
BY_WEEKDAY = (1.25, 1.10, 1.05, 1.00, 0.95, 0.45, 0.20)  #: Monday first
BY_HOUR = (*[0] * 7, 2, 6, 10, 11, 10, 7, 8, 10, 10, 9, 7, 5, 3, 2, 0, 0, 0)  #: UTC
ENGINE_JOBS = 16  #: as many as a worker has


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """How many, and of what."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=50, help="that are really summarized")
    parser.add_argument("--per-day", type=int, default=2000, help="calls of an average weekday, simulated")
    parser.add_argument("--data", type=Path, nargs="+", help="transcripts; by itself samples and test data, repeated")
    parser.add_argument("--month", default=f"{datetime.now(UTC):%Y-%m}")
    parser.add_argument("--by", default="tenant,queue,backend")
    parser.add_argument("--beside", nargs="+", default=["claude-haiku-5-5", RENTED_AS, "genesys"])
    parser.add_argument("--prices", type=Path, default=SHIPPED, help="the price list")
    parser.add_argument("--seed", type=int, default=8)
    return parser.parse_args(arguments)


def main() -> None:
    args = parse()
    first = date.fromisoformat(f"{args.month}-01")
    over = Period(first, first.replace(day=monthrange(first.year, first.month)[1]))
    with tempfile.TemporaryDirectory(prefix="wrapup-month-") as directory, servers(Path(directory)) as running:
        migrations.upgrade(running.database_url)
        settings = Settings(
            _env_file=None,
            database_url=running.database_url,
            redis_url=running.redis_url,
            master_key=new_master_key(),
            prices_file=args.prices,
        )
        tariff = Tariff(BACKENDS, read(settings.prices_file), settings.device)
        with closing(Database(app_engine(settings))) as database:
            meters = measured(database, settings, tariff, list(islice(calls(args.data), args.calls)))
            names = simulate(database, tariff, meters, over=over, per_day=args.per_day, rng=random.Random(args.seed))
            told = report(database, tariff.prices, names, over=over, by=args.by.split(","))
    print(f"\nprice list: {settings.prices_file.name}, {tariff.prices.currency}; own device: {settings.device}")
    console = Console(width=200)
    show(told, beside=args.beside, console=console, is_wide=True)
    show_at_work(told, tariff.prices, device=settings.device, console=console)


def calls(files: Sequence[Path] | None) -> Iterator[Conversation]:
    """Real calls without end: those of the files, or ours, again and again under other names."""
    documents = documents_of((file, file.name) for file in (files or samples()))
    found = [conversation_in(one) for one in documents]
    if files is None:
        found += [one for record in read_records(RECORDS) if (one := conversation_of(record))]
    print(f"{len(found)} different calls")
    return (replace(one, external_id=f"call-{number}") for number, one in enumerate(cycle(found)))


def measured(
    database: Database, settings: Settings, tariff: Tariff, conversations: Sequence[Conversation]
) -> dict[str, list[Meter]]:
    """Summarize all of them by each backend of ours; what each summary took."""
    meters = {}
    with closing(load(settings)) as ours:
        for backend, generator in ((OURS, ours), (EXTRACTIVE, opened(BACKENDS[EXTRACTIVE], settings))):
            started = time.monotonic()
            meters[backend] = _taken(database, settings, tariff, conversations, backend=backend, generator=generator)
            seconds = time.monotonic() - started
            print(f"{backend}: {len(meters[backend])} of {len(conversations)} calls summarized in {seconds:.1f} s")
    rented = tariff.prices.rented_model(RENTED_AS, on=datetime.now(UTC).date())
    meters[RENTED] = [rented.as_here(one) for one in meters[OURS]]
    return meters


def simulate(
    database: Database,
    tariff: Tariff,
    meters: dict[str, list[Meter]],
    *,
    over: Period,
    per_day: int,
    rng: random.Random,
) -> dict[UUID, str]:
    """A month in the ledger; its tenants by name."""
    with database.begin(None) as session:
        ids = {name: tenants.ensure(session, name) for name in sorted({tenant for tenant, _ in TRAFFIC})}
    busiest: Counter[tuple[date, int]] = Counter()
    seconds: dict[tuple[date, int], float] = defaultdict(float)
    for day in _days(over):
        rows: dict[tuple[str, str, str], list[Meter]] = defaultdict(list)
        for hour, tenant, queue, backend in _arrivals(day, per_day, rng):
            meter = rng.choice(meters[backend])
            rows[tenant, queue, backend].append(meter)
            busiest[day, hour] += 1
            seconds[day, hour] += meter.device_seconds
        _write(database, tariff, ids, rows, on=day)
    (day, hour), num = busiest.most_common(1)[0]
    print(f"{busiest.total():,} simulated calls; the busiest hour, {day} {hour}:00, had {num}")
    print(f"device seconds in the hour that took most: {max(seconds.values()):,.0f} of 3,600 of one device")
    return {tenant_id: name for name, tenant_id in ids.items()}


def _taken(
    database: Database,
    settings: Settings,
    tariff: Tariff,
    conversations: Sequence[Conversation],
    *,
    backend: str,
    generator: Generator,
) -> list[Meter]:
    with database.begin(None) as session:
        tenant_id = tenants.ensure(session, f"measured by {backend}")
        model_versions.register(session, generator.model_version, directory=backend)
    with database.begin(tenant_id) as session:
        choices.add(session, tenant_id, queue=None, author="month", backends=[backend])
    work = Work(database, FakeBell(), lambda *_: nullcontext(generator), "month", settings, no_renewal, tariff=tariff)
    jobs = [_submitted(database, tenant_id, one) for one in conversations]
    with ThreadPoolExecutor(ENGINE_JOBS) as pool:
        list(pool.map(lambda job_id: run(work, tenant_id, job_id), jobs))
    with database.begin(tenant_id) as session:
        found = session.scalars(select(Summary.meter).where(Summary.because.is_(None)))
        return [Meter(**one) for one in found if one]


def _submitted(database: Database, tenant_id: UUID, conversation: Conversation) -> UUID:
    return submit(
        database,
        FakeBell(),
        tenant_id,
        conversation,
        actor="month",
        idempotency_key=None,
        window=timedelta(hours=1),
    ).job_id


def _days(over: Period) -> Iterator[date]:
    return (over.since + timedelta(days=number) for number in range((over.until - over.since).days + 1))


def _arrivals(day: date, per_day: int, rng: random.Random) -> Iterator[tuple[int, str, str, str]]:
    """Hour, tenant, queue and backend of each call of a day."""
    num = round(rng.gauss(1, 0.05) * per_day * BY_WEEKDAY[day.weekday()])
    keys, shares = list(TRAFFIC), [share for share, _ in TRAFFIC.values()]
    for hour, key in zip(rng.choices(range(24), BY_HOUR, k=num), rng.choices(keys, shares, k=num), strict=True):
        chain = TRAFFIC[key][1]
        yield hour, *key, rng.choices(list(chain), list(chain.values()))[0]


def _write(
    database: Database,
    tariff: Tariff,
    ids: dict[str, UUID],
    rows: dict[tuple[str, str, str], list[Meter]],
    *,
    on: date,
) -> None:
    """A day's sums at once, as they would be after so many jobs."""
    for (tenant, queue, backend), meters in rows.items():
        charges = [tariff.charge(backend, one, on=on) for one in meters]
        total = _sum(meters)
        with database.begin(ids[tenant]) as session:
            session.add(
                Cost(
                    tenant_id=ids[tenant],
                    day=on,
                    queue=queue,
                    backend=backend,
                    model_version=backend,
                    currency=tariff.prices.currency,
                    num_summaries=len(meters),
                    num_failed=0,
                    **asdict(total),
                    watt_hours=sum(one.watt_hours for one in charges),
                    money=sum((one.money for one in charges), start=Decimal(0)),
                )
            )


def _sum(meters: Iterable[Meter]) -> Meter:
    return sum(meters, start=Meter())


if __name__ == "__main__":
    main()
