"""The ledger's sums, what they are put beside, and caps that act: through the real jobs on the real store."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text

from summarizer.backends.extractive import Extractive
from summarizer.costs import Period, Report, Row, at_work, document, period, report, told_apart, trained
from summarizer.erasing import erase_conversation
from summarizer.errors import InvalidRequest, ModelFailure
from summarizer.generate import NO_PATIENCE, Completion, Generator, Prompt
from summarizer.jobs import Work, run
from summarizer.metering import Meter
from summarizer.prices import Charge, Device, Prices, Rented
from summarizer.settings import Settings
from summarizer.specs import BUILT_IN, EXTRACTIVE, CausalSpec
from summarizer.store import audit, choices, costs, jobs, model_versions, summaries, tenants
from summarizer.store.costs import Spent
from summarizer.store.database import Database
from summarizer.store.tables import NightlyRun
from summarizer.submit import Submission
from summarizer.tariff import Tariff
from tests.fakes import GROUNDED, FakeGenerator
from tests.work import a_worker, make_older, status, submitted

TODAY = datetime.now(UTC).date()
FIRST = date(2026, 1, 1)
PRICES = Prices(
    currency="USD",
    devices=(
        Device(name="small", since=FIRST, per_hour=Decimal(36), watts=100),  # a cent a second
        Device(name="large", since=FIRST, per_hour=Decimal(3600), watts=700),  # a dollar a second
    ),
    rented=(
        Rented(name="vendor", since=FIRST, per_summary=Decimal("0.05")),
        Rented(name="mini", since=FIRST, input_per_million=Decimal(400), output_per_million=Decimal(1600)),
    ),
)
SPECS = {
    **BUILT_IN,
    "dear": CausalSpec(model_dir="/none", device="large"),
    "cheap": CausalSpec(model_dir="/none", device="small"),
}


class Timed(FakeGenerator):
    """Takes a second of its device for each prompt."""

    def __init__(self, version: str, answer: Callable[[str], str] = lambda _: GROUNDED) -> None:
        super().__init__(answer)
        self.model_version = version

    def __call__(self, prompts: Sequence[Prompt], *, patience: timedelta = NO_PATIENCE) -> list[Completion]:
        return [replace(one, device_seconds=1.0) for one in super().__call__(prompts, patience=patience)]


def failing(_: str) -> str:
    raise ModelFailure("it cannot")


def a_priced_worker(database: Database, settings: Settings, **generators: Generator) -> Work:
    """A worker with several backends behind the seam: `wrapup`, `dear` and `cheap`, and quotations."""
    known: dict[str, Generator] = {
        "wrapup": Timed("w" * 64),
        "dear": Timed("d" * 64),
        "cheap": Timed("c" * 64),
        EXTRACTIVE: Extractive(),
    }
    known |= generators
    with database.begin(None) as session:
        for one in known.values():
            model_versions.register(session, one.model_version, directory="fake")
    worker = a_worker(database, settings)
    tariff = Tariff(SPECS, PRICES, "small")
    return replace(worker, serving=lambda backend, _: nullcontext(known[backend]), tariff=tariff)


def choose(database: Database, tenant_id: UUID, *backends: str) -> None:
    with database.begin(tenant_id) as session:
        choices.add(session, tenant_id, queue=None, author="test", backends=backends)


def cap(database: Database, tenant_id: UUID, *, soft: str | None = None, hard: str | None = None) -> None:
    with database.begin(tenant_id) as session:
        caps = {"soft": None if soft is None else Decimal(soft), "hard": None if hard is None else Decimal(hard)}
        tenants.set_caps(session, tenant_id, **caps)


def done(work: Work, tenant_id: UUID, number: int, **changes: object) -> Submission:
    made = submitted(work.database, tenant_id, external_id=f"call-{number}", **changes)
    run(work, tenant_id, made.job_id)
    return made


def writer(work: Work, tenant_id: UUID, made: Submission) -> tuple[str, str | None]:
    """Which backend wrote, and why not another."""
    with work.database.begin(tenant_id) as session:
        found = summaries.current(session, made.conversation_id)
    assert found is not None
    return found.machine.backend, found.machine.because


def spend(database: Database, tenant_id: UUID, money: str, *, on: date = TODAY, backend: str = "dear") -> None:
    """As if calls of a day had cost so much."""
    charge = Charge(Decimal(money), 0.0, "USD")
    spent = Spent(backend, "d" * 64, Meter(num_prompts=1, prompt_characters=4_000), charge, is_summary=True)
    with database.begin(tenant_id) as session:
        costs.add(session, tenant_id, queue="billing", spent=[spent], on=on)


def asked(database: Database, tenant_id: UUID, *by: str, over: Period | None = None) -> Report:
    over = over or Period(TODAY.replace(day=1), TODAY)
    return report(database, PRICES, {tenant_id: "acme"}, over=over, by=by or ("backend",))


def audited(database: Database, tenant_id: UUID) -> list[tuple[str, str]]:
    with database.begin(tenant_id) as session:
        entries = audit.page(session, limit=100)
    return [(one.action, one.subject) for one in entries if one.action.startswith("tenant.")]


@pytest.fixture
def work(database: Database, settings: Settings) -> Work:
    return a_priced_worker(database, settings)


def test_from_the_soft_cap_on_a_cheaper_backend_writes_and_from_the_hard_one_on_calls_are_quoted(
    work: Work, tenant_id: UUID
) -> None:
    choose(work.database, tenant_id, "dear", "cheap")
    cap(work.database, tenant_id, soft="1", hard="1.005")
    assert writer(work, tenant_id, done(work, tenant_id, 1)) == ("dear", None)
    assert writer(work, tenant_id, done(work, tenant_id, 2)) == ("cheap", "soft_cap")
    for number in (3, 4):
        assert writer(work, tenant_id, done(work, tenant_id, number)) == (EXTRACTIVE, "hard_cap")
    assert audited(work.database, tenant_id) == [("tenant.soft_cap_met", "1"), ("tenant.hard_cap_met", "1.005")]


def test_of_backends_that_were_seen_to_cost_something_the_cheapest_writes(work: Work, tenant_id: UUID) -> None:
    choose(work.database, tenant_id, "dear", "cheap")
    spend(work.database, tenant_id, "1")
    for backend, money in (("wrapup", "0.5"), ("cheap", "0.01")):
        spend(work.database, tenant_id, money, backend=backend)
    cap(work.database, tenant_id, soft="1")
    assert writer(work, tenant_id, done(work, tenant_id, 1)) == ("cheap", "soft_cap")


def test_a_cap_that_was_set_anew_is_told_of_again(work: Work, tenant_id: UUID) -> None:
    spend(work.database, tenant_id, "5")
    for number, soft in enumerate(("1", "2")):
        cap(work.database, tenant_id, soft=soft)
        done(work, tenant_id, 2 * number)
        done(work, tenant_id, 2 * number + 1)
    assert audited(work.database, tenant_id) == [("tenant.soft_cap_met", "1"), ("tenant.soft_cap_met", "2")]


def test_a_new_month_begins_anew(work: Work, tenant_id: UUID) -> None:
    choose(work.database, tenant_id, "dear")
    cap(work.database, tenant_id, hard="2")
    spend(work.database, tenant_id, "100", on=TODAY.replace(day=1) - timedelta(days=1))
    assert writer(work, tenant_id, done(work, tenant_id, 1)) == ("dear", None)
    with work.database.begin(tenant_id) as session:  # it was told of in the month before
        session.execute(text("UPDATE tenants SET hard_cap_met = date_trunc('month', now() - interval '40 days')"))
    spend(work.database, tenant_id, "100")
    assert writer(work, tenant_id, done(work, tenant_id, 2)) == (EXTRACTIVE, "hard_cap")
    assert audited(work.database, tenant_id) == [("tenant.hard_cap_met", "2")]


def test_what_one_tenant_spends_is_nothing_to_another(work: Work, tenant_id: UUID) -> None:
    with work.database.begin(None) as session:
        other = tenants.ensure(session, "other")
    spend(work.database, tenant_id, "100")
    for one in (tenant_id, other):
        choose(work.database, one, "dear")
        cap(work.database, one, hard="50")
    assert writer(work, other, done(work, other, 1)) == ("dear", None)
    assert writer(work, tenant_id, done(work, tenant_id, 1)) == (EXTRACTIVE, "hard_cap")
    (row,) = asked(work.database, other).rows
    assert (row.num_summaries, row.money) == (1, 1)


def test_sixteen_jobs_at_once_add_up_exactly(work: Work, tenant_id: UUID) -> None:
    choose(work.database, tenant_id, "dear")
    made = [submitted(work.database, tenant_id, external_id=f"call-{number}") for number in range(16)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda one: run(work, tenant_id, one.job_id), made))
    (row,) = asked(work.database, tenant_id).rows
    assert (row.num_summaries, row.num_failed, row.meter.num_prompts) == (16, 0, 16)
    assert (row.meter.device_seconds, row.money, row.watt_hours) == (16.0, 16, pytest.approx(16 * 700 / 3600))


def test_attempts_that_come_to_nothing_and_their_retries_are_charged(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    """Something breaks while a sentence is written again: what the first prompt took was taken."""
    written: list[str] = []

    def once(prompt: str) -> str:
        written.append(prompt)
        if len(written) % 2 == 0:
            raise RuntimeError("broken")
        return "Reason: The customer bought three elephants.\nActions: The agent ordered the replacement card."

    choose(database, tenant_id, "dear")
    work = a_priced_worker(database, settings, dear=Timed("d" * 64, once))
    made = submitted(database, tenant_id)
    for _ in range(3):
        run(work, tenant_id, made.job_id)
        make_older(database, tenant_id, "due_at", by="1 hour")
    assert status(database, tenant_id, made).state == "failed"
    (row,) = asked(database, tenant_id).rows
    assert (row.num_summaries, row.num_failed, row.per_summary) == (0, 3, None)
    assert row.money == row.meter.num_prompts == 3


def test_a_backend_that_failed_is_charged_beside_the_one_that_wrote(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    choose(database, tenant_id, "dear", "cheap")
    work = a_priced_worker(database, settings, dear=Timed("d" * 64, failing))
    assert writer(work, tenant_id, done(work, tenant_id, 1)) == ("cheap", "backend_failed")
    rows = {row.key["backend"]: row for row in asked(database, tenant_id).rows}
    assert (rows["dear"].num_summaries, rows["dear"].num_failed) == (0, 1)
    assert (rows["cheap"].num_summaries, rows["cheap"].num_failed, rows["cheap"].money) == (1, 0, Decimal("0.01"))


def test_a_late_result_is_charged_and_not_shown(database: Database, settings: Settings, tenant_id: UUID) -> None:
    made = submitted(database, tenant_id)

    def lose_lease(_: str) -> str:
        make_older(database, tenant_id, "lease_until", by="1 hour")
        with database.begin(tenant_id) as session:
            jobs.claim(session, tenant_id, made.job_id, owner="other", lease=timedelta(hours=1), max_attempts=3)
        return GROUNDED

    run(a_priced_worker(database, settings, wrapup=Timed("w" * 64, lose_lease)), tenant_id, made.job_id)
    with database.begin(tenant_id) as session:
        assert summaries.current(session, made.conversation_id) is None
    (row,) = asked(database, tenant_id).rows
    assert (row.num_summaries, row.num_failed, row.money) == (0, 1, Decimal("0.01"))


def test_erasing_a_conversation_leaves_the_sums_which_tell_nothing_of_it(
    work: Work, settings: Settings, tenant_id: UUID
) -> None:
    made = done(work, tenant_id, 1)
    before = asked(work.database, tenant_id, "day", "queue", "model")
    erase_conversation(work.database, settings, tenant_id, made.conversation_id, actor="test")
    assert asked(work.database, tenant_id, "day", "queue", "model") == before
    assert before.totals[0].num_summaries == 1


def test_sums_are_told_apart_as_asked_and_every_group_is_in_the_totals(work: Work, tenant_id: UUID) -> None:
    choose(work.database, tenant_id, "cheap")
    for number, queue in enumerate(("billing", "billing", "cards", None)):
        done(work, tenant_id, number, queue=queue)
    found = asked(work.database, tenant_id, "month", "tenant", "queue", "model")
    assert [(row.key["queue"], row.num_summaries) for row in found.rows] == [("", 1), ("billing", 2), ("cards", 1)]
    assert {(row.key["month"], row.key["tenant"], row.key["model"]) for row in found.rows} == {
        (f"{TODAY:%Y-%m}", "acme", "c" * 64)
    }
    (total,) = found.totals
    assert (total.num_summaries, total.money) == (4, Decimal("0.04"))


def test_the_same_calls_elsewhere_stand_beside_by_the_price_of_their_day(database: Database, tenant_id: UUID) -> None:
    dearer = Rented(name="vendor", since=TODAY, per_summary=Decimal(1))
    new = Rented(name="new", since=TODAY, per_summary=Decimal("0.001"))
    prices = PRICES.model_copy(update={"rented": (*PRICES.rented, dearer, new)})
    for day in (TODAY - timedelta(days=1), TODAY):
        spend(database, tenant_id, "0.5", on=day)
    over = Period(TODAY - timedelta(days=1), TODAY)
    (row,) = report(database, prices, {tenant_id: "acme"}, over=over, by=("queue",)).rows
    at = {one.name: (one.money, one.ratio) for one in row.beside}
    assert at["vendor"] == (Decimal("1.05"), Decimal("1.05"))
    assert "new" not in at, "it had no price yesterday"
    (today,) = report(database, prices, {tenant_id: "acme"}, over=Period(TODAY, TODAY), by=("day",)).rows
    assert [one.name for one in today.beside] == ["new", "mini", "vendor"]


def test_sums_of_another_currency_are_kept_apart_and_compared_with_nothing(database: Database, tenant_id: UUID) -> None:
    spend(database, tenant_id, "0.5")
    euros = Prices(currency="EUR", rented=PRICES.rented)
    (row,) = report(database, euros, {tenant_id: "acme"}, over=Period(TODAY, TODAY), by=("day",)).rows
    assert (row.currency, row.beside) == ("USD", ())


def test_nights_are_in_the_report_with_hours_energy_money_and_gain(database: Database, tenant_id: UUID) -> None:
    now = {"device": "cuda", "device_hours": 0.5, "watt_hours": 350.0, "money": "1.5", "currency": "USD"}
    ledgers = {"2026-03-01": {"device_hours": 1.0, "money": 0.25}, "2026-03-02": {**now, "gain_rouge1": 0.012}}
    with database.begin(None) as session:
        session.add_all(NightlyRun(slot=slot, state="promoted", ledger=one) for slot, one in ledgers.items())
        session.add(NightlyRun(slot="2026-03-03", state="skipped"))
    over = Period(date(2026, 3, 1), date(2026, 3, 31))
    found = trained(database, PRICES, over=over)
    told = document(replace(asked(database, tenant_id, over=over), nights=found))["training"]
    assert [(one["day"], one["device_seconds"], one["money"], one["gain_rouge1"]) for one in told] == [
        ("2026-03-01", 3600.0, "0.25", None),
        ("2026-03-02", 1800.0, "1.5", 0.012),
    ]
    assert (told[1]["kind"], told[1]["watt_hours"], told[1]["device"]) == ("training", 350.0, "cuda")


def test_a_period_is_the_month_so_far_unless_asked_otherwise() -> None:
    assert period(None, None) == Period(TODAY.replace(day=1), TODAY)
    assert period(None, date(2026, 2, 28)) == Period(date(2026, 2, 1), date(2026, 2, 28))
    for since, until in ((date(2026, 2, 2), date(2026, 2, 1)), (date(2025, 1, 1), date(2026, 3, 1))):
        with pytest.raises(InvalidRequest):
            period(since, until)


def test_what_sums_are_told_apart_by_is_one_of_few_names() -> None:
    assert told_apart("queue, day,queue") == ("queue", "day")
    for wrong in ("", ",", "day,agent"):
        with pytest.raises(InvalidRequest):
            told_apart(wrong)


def test_a_device_that_stands_idle_is_said_to_and_what_it_costs_all_the_same() -> None:
    week = Period(date(2026, 11, 2), date(2026, 11, 8))
    total = Row({}, "USD", 1_000, 0, Meter(device_seconds=6_048.0), 0.0, Decimal(1), ())
    prices = Prices(currency="USD", devices=(Device(name="cpu", since=FIRST, per_hour=Decimal("0.10"), watts=65),))
    told = at_work(Report(week, (), (total,)), prices, device="cpu")
    assert (told.share, told.counted) == (0.01, 1.0)
    assert (told.money, told.per_summary) == (Decimal("16.8"), Decimal("0.0168"))
    assert at_work(Report(week, (), ()), prices, device="cpu").per_summary is None
