"""Each tenant's choice of backends in a worker: who writes, who is not asked, and what is kept of why."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Event
from typing import Any
from uuid import UUID, uuid4

import pytest

from summarizer.backends import opened
from summarizer.backends.endpoint import Endpoint
from summarizer.backends.extractive import Extractive
from summarizer.budget import Because
from summarizer.generate import Opened
from summarizer.jobs import Work, run
from summarizer.metering import Meter
from summarizer.prices import Charge, Prices, Rented
from summarizer.settings import Settings
from summarizer.specs import BUILT_IN, DEFAULT_CHAIN, EXTRACTIVE, OURS, EndpointSpec, OwnSpec, Spec
from summarizer.store import choices, costs, model_versions, summaries, tenants
from summarizer.store.costs import Spent
from summarizer.store.database import Database
from summarizer.store.tables import Summary
from summarizer.summary import Kind
from summarizer.tariff import Tariff
from tests.fakes import FakeGenerator
from tests.openai_server import MODEL, Reply, Server, as_if_outside, serving
from tests.treacherous import OneModel
from tests.work import a_worker, count, submitted
from workers.backends import Backends

VLLM = "vllm"
PRICES = Prices(
    currency="EUR",
    rented=(Rented(name="llama", since=datetime(2025, 1, 1).date(), input_per_million=2, output_per_million=8),),
)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def worker_of(database: Database, settings: Settings) -> Iterator[Callable[..., Work]]:
    """A worker whose second backend is elsewhere: the server, as if it stood on the internet."""
    made: list[Backends] = []

    def worker(server: Server, **changes: Any) -> Work:
        values = {"url": "https://api.example.com/v1", "model": MODEL, "rented_as": "llama", "max_attempts": 1}
        specs = {**BUILT_IN, VLLM: EndpointSpec(**{**values, **changes})}

        def open_one(spec: Spec) -> Opened:
            if isinstance(spec, EndpointSpec) and not spec.on_premises:
                return Endpoint(spec, deadline=settings.job_deadline, client=as_if_outside(server))
            return opened(spec, settings)

        backends = Backends(
            OneModel(FakeGenerator()), specs, opened=open_one, register=lambda *named: register(database, *named)
        )
        made.append(backends)
        work = a_worker(database, settings)
        return replace(work, serving=backends.serving, tariff=Tariff(specs, PRICES))

    yield worker
    for one in made:
        one.close(drain=False)


def register(database: Database, version: str, name: str) -> None:
    with database.begin(None) as session:
        model_versions.register(session, version, directory=name)


def choose(work: Work, tenant_id: UUID, *backends: str) -> None:
    with work.database.begin(tenant_id) as session:
        choices.add(session, tenant_id, queue=None, author="test", backends=backends)


def written(work: Work, tenant_id: UUID) -> Summary:
    """The summary of a call that a worker has just run."""
    made = submitted(work.database, tenant_id, external_id=f"call-{uuid4()}")
    run(work, tenant_id, made.job_id)
    with work.database.begin(tenant_id) as session:
        found = summaries.current(session, made.conversation_id)
    assert found is not None
    return found.machine


def test_the_backend_that_a_tenant_chose_writes_and_its_tokens_are_paid(
    worker_of: Callable[..., Work], server: Server, tenant_id: UUID
) -> None:
    work = worker_of(server)
    choose(work, tenant_id, VLLM, EXTRACTIVE)
    summary = written(work, tenant_id)
    assert (summary.backend, summary.because, summary.kind) == (VLLM, None, Kind.GENERATED)
    assert summary.model_version.startswith("endpoint-")
    assert summary.meter["prompt_tokens"] > 100
    owed = (summary.meter["prompt_tokens"] * Decimal(2) + summary.meter["completion_tokens"] * Decimal(8)) / 1_000_000
    assert summary.money == pytest.approx(owed)
    assert summary.currency == "EUR"


def test_whoever_chose_nothing_is_written_for_by_our_own_model(
    worker_of: Callable[..., Work], server: Server, tenant_id: UUID
) -> None:
    summary = written(worker_of(server), tenant_id)
    assert (summary.backend,) == DEFAULT_CHAIN
    assert server.asked == []


@pytest.mark.parametrize("reply", [Reply(500), Reply(401), Reply(200, b"<html>")], ids=lambda one: str(one.status))
def test_when_an_endpoint_fails_the_next_of_the_choice_writes_and_it_is_said(
    worker_of: Callable[..., Work], server: Server, tenant_id: UUID, reply: Reply
) -> None:
    server.always = reply
    work = worker_of(server)
    choose(work, tenant_id, VLLM, EXTRACTIVE)
    summary = written(work, tenant_id)
    assert (summary.backend, summary.because) == (EXTRACTIVE, Because.BACKEND_FAILED)
    assert summary.kind == Kind.EXTRACTIVE
    assert len(server.asked) == 1
    assert count(work.database, tenant_id, "costs") == 2  # what failed is in the ledger too


def test_an_endpoint_that_is_down_is_as_one_that_fails(worker_of: Callable[..., Work], tenant_id: UUID) -> None:
    with serving() as gone:
        pass
    work = worker_of(gone, url=gone.url, on_premises=True)
    choose(work, tenant_id, VLLM, OURS)
    summary = written(work, tenant_id)
    assert (summary.backend, summary.because) == (OURS, Because.BACKEND_FAILED)


def test_after_an_endpoint_that_hangs_for_the_time_of_an_attempt_quotations_are_left(
    worker_of: Callable[..., Work], server: Server, tenant_id: UUID, settings: Settings
) -> None:
    server.always = Reply(hangs=True)
    settings = settings.model_copy(update={"job_deadline": timedelta(seconds=0.3)})
    work = worker_of(server)
    spec = EndpointSpec(url=server.url, model=MODEL, on_premises=True)
    backends = Backends(
        OneModel(FakeGenerator()),
        {**BUILT_IN, VLLM: spec},
        opened=lambda one: opened(one, settings),
        register=lambda *named: register(work.database, *named),
    )
    choose(work, tenant_id, VLLM, OURS, EXTRACTIVE)
    summary = written(replace(work, serving=backends.serving), tenant_id)
    backends.close(drain=False)
    assert (summary.backend, summary.because) == (EXTRACTIVE, Because.BACKEND_FAILED)


def test_no_word_leaves_for_a_tenant_that_is_kept_on_premises(
    worker_of: Callable[..., Work], server: Server, tenant_id: UUID
) -> None:
    work = worker_of(server)
    choose(work, tenant_id, VLLM, EXTRACTIVE)
    with work.database.begin(tenant_id) as session:
        tenants.keep_on_premises(session, tenant_id, is_kept=True)
    summary = written(work, tenant_id)
    assert (summary.backend, summary.because) == (EXTRACTIVE, Because.ON_PREMISES_ONLY)
    assert server.asked == []


def test_a_tenant_that_is_kept_on_premises_is_written_for_by_an_endpoint_there(
    worker_of: Callable[..., Work], server: Server, tenant_id: UUID
) -> None:
    work = worker_of(server, url=server.url, on_premises=True)
    choose(work, tenant_id, VLLM)
    with work.database.begin(tenant_id) as session:
        tenants.keep_on_premises(session, tenant_id, is_kept=True)
    assert written(work, tenant_id).backend == VLLM


def test_when_the_budget_of_a_day_is_spent_an_endpoint_is_not_asked_any_more(
    worker_of: Callable[..., Work], server: Server, tenant_id: UUID
) -> None:
    work = worker_of(server, budget_per_day=0.0001)
    choose(work, tenant_id, VLLM, EXTRACTIVE)
    assert written(work, tenant_id).backend == VLLM  # it costs more than that
    num_asked = len(server.asked)
    summary = written(work, tenant_id)
    assert (summary.backend, summary.because) == (EXTRACTIVE, Because.BACKEND_BUDGET)
    assert len(server.asked) == num_asked


def test_what_was_spent_on_another_day_leaves_today_s_budget_alone(
    worker_of: Callable[..., Work], server: Server, tenant_id: UUID
) -> None:
    work = worker_of(server, budget_per_day=0.5)
    choose(work, tenant_id, VLLM, EXTRACTIVE)
    spent = Spent(VLLM, "endpoint-x", Meter(num_prompts=1), Charge(Decimal(1), 0.0, "EUR"), is_summary=True)
    register(work.database, spent.model_version, "x")
    with work.database.begin(tenant_id) as session:
        costs.add(session, tenant_id, queue=None, spent=[spent], on=datetime.now(UTC).date() - timedelta(days=1))
    assert written(work, tenant_id).backend == VLLM
    with work.database.begin(tenant_id) as session:
        costs.add(session, tenant_id, queue=None, spent=[spent])
    assert written(work, tenant_id).because == Because.BACKEND_BUDGET


def test_a_backend_that_takes_long_to_open_lets_nobody_wait_for_another() -> None:
    specs = {**BUILT_IN, "large": OwnSpec()}
    begun, may_go_on = Event(), Event()

    def open_one(spec: Spec) -> Opened:
        if isinstance(spec, OwnSpec):
            begun.set()
            assert may_go_on.wait(10)
        return Extractive()

    backends = Backends(OneModel(FakeGenerator()), specs, opened=open_one, register=lambda *_: None)

    def use(name: str) -> str:
        with backends.serving(name, uuid4()) as generator:
            return generator.model_version

    with ThreadPoolExecutor(3) as pool:
        large = [pool.submit(use, "large") for _ in range(2)]
        assert begun.wait(10)
        assert pool.submit(use, EXTRACTIVE).result(timeout=10) == Extractive.model_version
        assert not any(one.done() for one in large)
        may_go_on.set()
        assert [one.result(timeout=10) for one in large] == [Extractive.model_version] * 2
