"""One trace from a request to its callback, and nothing in it that anybody said."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, Sampler, TraceIdRatioBased
from opentelemetry.trace import SpanKind
from sqlalchemy import text
from standardwebhooks import Webhook
from starlette.testclient import TestClient

from api.app import build
from api.dependencies import Parts
from summarizer import delivering, outbound, tracing
from summarizer.access import create_key, create_source
from summarizer.courier import Courier
from summarizer.errors import ModelFailure
from summarizer.jobs import run, sweep
from summarizer.keys import Scope
from summarizer.kinds import SUMMARIES, Kind
from summarizer.platforms import Platform
from summarizer.settings import Settings
from summarizer.store.database import Database
from summarizer.tracing import Origin, Said
from tests.builders import a_body
from tests.fakes import FakeBell, FakeGenerator
from tests.receiver import Reply, receiving
from tests.work import a_worker, make_older, no_renewal, subscribed

ROOT = Path(__file__).parents[2]
CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
UNSAMPLED = f"{CALLER[:-2]}00"
MARKED = "Xyzzyplugh"


@dataclass
class Service:
    """The API, a worker and a courier in one process."""

    client: TestClient
    database: Database
    settings: Settings
    tenant_id: UUID
    bell: FakeBell

    def post(self, *, traceparent: str | None = None, **changes: object) -> None:
        """A conversation comes."""
        headers = {} if traceparent is None else {"traceparent": traceparent, "tracestate": f"x={MARKED}"}
        assert self.client.post("/v1/conversations", json=a_body(**changes), headers=headers).status_code == 202

    def work(self, generate: FakeGenerator | None = None) -> None:
        """Summarize everything the bell was rung for, then tell it."""
        worker = a_worker(self.database, self.settings, bell=self.bell, generate=generate)
        for tenant_id, job_id in self.bell.taken(*SUMMARIES):
            run(worker, tenant_id, job_id)
        self.tell()

    def tell(self) -> None:
        with outbound.client(self.settings) as client:
            courier = Courier(self.database, self.bell, "courier-1", self.settings, no_renewal, client)
            for tenant_id, job_id in self.bell.taken(Kind.DELIVER):
                delivering.run(courier, tenant_id, job_id)

    def traces(self) -> list[str | None]:
        """What the rows of jobs hold, the oldest first."""
        with self.database.begin(self.tenant_id) as session:
            return list(session.scalars(text("SELECT trace FROM jobs ORDER BY created_at, kind DESC")))


@pytest.fixture
def service(database: Database, settings: Settings, tenant_id: UUID) -> Iterator[Service]:
    allowing = Settings(**{**settings.model_dump(), "outbound_networks": ["127.0.0.0/8"]}, _env_file=None)
    bell = FakeBell()
    key = create_key(database, "acme", name="test", scopes=list(Scope), expires_in=None).text
    with TestClient(build(Parts(allowing, database, bell)), raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        yield Service(client, database, allowing, tenant_id, bell)


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """All that would be exported."""
    yield from _exporting(None)


def _exporting(sampler: Sampler | None) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(sampler=sampler, shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.use(provider)
    yield exporter
    tracing.use(trace.get_tracer_provider())
    provider.shutdown()


def _subscribe(service: Service, url: str) -> None:
    subscribed(service.database, service.tenant_id, service.settings, url=url)


def _tree(spans: InMemorySpanExporter) -> list[str]:
    """Each span after its parent, as `parent > child`."""
    finished = spans.get_finished_spans()
    names = {one.context.span_id: one.name for one in finished}
    return sorted(f"{names.get(one.parent.span_id, 'caller') if one.parent else ''} > {one.name}" for one in finished)


def _named(spans: InMemorySpanExporter, name: str) -> ReadableSpan:
    (found,) = [one for one in spans.get_finished_spans() if one.name == name]
    return found


def test_a_request_its_summary_and_its_callback_are_one_trace(service: Service, spans: InMemorySpanExporter) -> None:
    with receiving() as receiver:
        _subscribe(service, receiver.url)
        service.post()
        service.work()
    assert len(receiver.received) == 1
    assert _tree(spans) == [
        " > POST /v1/conversations",
        "POST /v1/conversations > submit",
        "submit > summarize attempt",
        "submit > summarize wait",
        "summarize attempt > deliver attempt",
        "summarize attempt > deliver wait",
        "summarize attempt > text_completion 000000000000",
    ]
    assert len({one.context.trace_id for one in spans.get_finished_spans()}) == 1


def test_spans_say_what_was_asked_of_which_model_by_the_conventions_names(
    service: Service, spans: InMemorySpanExporter
) -> None:
    service.post()
    service.work()
    asked = _named(spans, "text_completion 000000000000")
    assert asked.kind is SpanKind.CLIENT
    said = dict(asked.attributes or {})
    assert said.pop("gen_ai.usage.input_tokens") > 10
    assert said == {
        "gen_ai.operation.name": "text_completion",
        "gen_ai.provider.name": "bloom",
        "gen_ai.request.model": "000000000000",
        "gen_ai.usage.output_tokens": 10,
        "gen_ai.usage.cache_read.input_tokens": 0,
        "wrapup.backend": "wrapup",
        "wrapup.num_prompts": 1,
    }
    answered = _named(spans, "POST /v1/conversations").attributes or {}
    assert (answered["http.request.method"], answered["http.response.status_code"]) == ("POST", 202)
    assert (_named(spans, "summarize attempt").attributes or {})["wrapup.outcome"] == "generated"


def test_a_wait_is_as_long_as_the_job_was_due(service: Service, spans: InMemorySpanExporter) -> None:
    service.post()
    make_older(service.database, service.tenant_id, "due_at", by="7 seconds")
    service.work()
    waited = _named(spans, "summarize wait")
    assert waited.start_time is not None
    assert waited.end_time is not None
    assert 7 <= (waited.end_time - waited.start_time) / 1e9 < 9


def test_the_callers_trace_is_continued(service: Service, spans: InMemorySpanExporter) -> None:
    service.post(traceparent=CALLER)
    service.work()
    assert {f"{one.context.trace_id:032x}" for one in spans.get_finished_spans()} == {CALLER.split("-")[1]}
    assert "caller > POST /v1/conversations" in _tree(spans)


def test_a_batch_and_a_platforms_event_begin_traces_as_well(service: Service, spans: InMemorySpanExporter) -> None:
    lines, ndjson = json.dumps(a_body()), {"Content-Type": "application/x-ndjson"}
    assert service.client.post("/v1/batches", content=lines, headers=ndjson).status_code == 202
    address, secret = create_source(service.database, service.settings, "acme", platform=Platform.STANDARD, secret=None)
    now = datetime.now(UTC)
    event = {"type": "conversation.ended", "timestamp": now.isoformat(), "data": a_body(external_id="call-2")}
    raw = json.dumps(event)
    signed = {"webhook-timestamp": str(int(now.timestamp())), "webhook-signature": Webhook(secret).sign("1", now, raw)}
    assert service.client.post(address, content=raw, headers={"webhook-id": "1", **signed}).status_code == 202
    service.work()
    found = _tree(spans)
    assert {
        "POST /v1/batches > backfill attempt",
        "POST /v1/webhooks/{platform} > submit event",
        "submit event > summarize attempt",
    } <= set(found), found


@pytest.mark.parametrize(
    "malformed",
    ["", "00", MARKED, CALLER[:-3], CALLER.upper(), f"ff{CALLER[2:]}", "00-" + "0" * 32 + CALLER[35:], "é" * 55],
    ids=list("abcdefgh"),
)
def test_a_trace_that_nobody_can_read_is_ignored(spans: InMemorySpanExporter, malformed: str) -> None:
    with tracing.request("POST", traceparent=malformed, request_id="1"):
        assert tracing.traceparent() is not None
    (made,) = spans.get_finished_spans()
    assert made.parent is None
    assert f"{made.context.trace_id:032x}" != CALLER.split("-")[1]


def test_a_retry_and_a_failure_stay_in_the_trace(service: Service, spans: InMemorySpanExporter) -> None:
    def fail(_: str) -> str:
        raise ModelFailure(MARKED)

    with receiving(Reply(500), Reply(200)) as receiver:
        _subscribe(service, receiver.url)
        service.post()
        worker = a_worker(service.database, service.settings, bell=service.bell, generate=FakeGenerator(fail))
        ((tenant_id, job_id),) = service.bell.taken(*SUMMARIES)
        for _ in range(3):
            run(worker, tenant_id, job_id)
            make_older(service.database, service.tenant_id, "due_at", by="1 hour")
        service.tell()
    attempts = [one for one in spans.get_finished_spans() if one.name == "summarize attempt"]
    assert [(one.attributes or {})["wrapup.job.attempt"] for one in attempts] == [1, 2, 3]
    assert {(one.attributes or {})["error.type"] for one in attempts} == {"model_failure"}
    assert len({one.parent.span_id for one in attempts if one.parent}) == 1
    told = _named(spans, "deliver attempt")
    assert told.parent is not None
    assert told.parent.span_id == attempts[-1].context.span_id
    assert (told.attributes or {})["http.response.status_code"] == 500
    assert len({one.context.trace_id for one in spans.get_finished_spans()}) == 1


def test_what_the_sweeper_tells_of_a_lost_worker_belongs_to_the_request(
    service: Service, spans: InMemorySpanExporter
) -> None:
    with receiving() as receiver:
        _subscribe(service, receiver.url)
        service.post()
        with service.database.begin(service.tenant_id) as session:
            session.execute(
                text("UPDATE jobs SET state = 'running', attempt = 3, lease_until = now() - interval '1 s'")
            )
        attempts = dict.fromkeys(Kind, 3)
        sweep(service.database, service.bell, stale_after=timedelta(hours=1), max_attempts=attempts)
        service.tell()
    assert len(receiver.received) == 1
    assert "submit > deliver attempt" in _tree(spans)


def test_no_span_says_a_word_of_a_call_or_an_id_that_somebody_else_chose(
    service: Service, spans: InMemorySpanExporter
) -> None:
    broken = FakeGenerator(lambda _: f"Reason: {MARKED}")
    with receiving() as receiver:
        _subscribe(service, f"{receiver.url}/{MARKED}")
        for number, generate in enumerate((None, broken)):
            turns = [{"participant": "customer", "text": f"I am {MARKED} and my card is lost."}]
            parties = [{"id": "customer", "role": "customer", "name": MARKED}]
            body = {"external_id": f"{MARKED}-{number}", "queue": MARKED, "participants": parties, "turns": turns}
            posted = service.client.post(
                "/v1/conversations", json=body, headers={"Idempotency-Key": f"{MARKED}{number}", "tracestate": MARKED}
            )
            assert posted.status_code == 202, posted.text
            service.work(generate)
        service.client.get(f"/v1/conversations?external_id={MARKED}")
        service.client.get(f"/v1/conversations/{MARKED}")
        service.client.get(f"/{MARKED}")
        service.client.request(MARKED.upper(), "/v1/conversations")
        service.client.post("/v1/conversations", content=MARKED.encode())
    exported = spans.get_finished_spans()
    assert len(exported) > 15
    everything = json.dumps([json.loads(one.to_json()) for one in exported]).casefold()
    assert MARKED.casefold() not in everything
    assert "acme" not in everything
    assert {key for one in exported for key in one.attributes or {}} <= set(Said)
    assert not any(one.events or one.status.description for one in exported)


def test_probes_are_in_no_trace(service: Service, spans: InMemorySpanExporter) -> None:
    assert service.client.get("/readyz").status_code == 200
    assert not spans.get_finished_spans()


def test_an_unsampled_trace_goes_on_unsampled(service: Service, spans: InMemorySpanExporter) -> None:
    service.post(traceparent=UNSAMPLED)
    service.work()
    assert not spans.get_finished_spans()
    (kept,) = service.traces()
    assert kept is not None
    assert kept.startswith(UNSAMPLED[:36])
    assert kept.endswith("-00")


def test_what_is_sampled_out_is_summarized_all_the_same(service: Service) -> None:
    for spans in _exporting(ParentBased(TraceIdRatioBased(0.0))):
        service.post()
        service.work()
        assert not spans.get_finished_spans()
    (kept,) = service.traces()
    assert int((kept or "")[-2:], 16) % 2 == 0  # its last bit says whether it is sampled


def test_without_an_sdk_all_works_and_the_callers_trace_is_kept(service: Service) -> None:
    service.post(traceparent=CALLER)
    service.post(external_id="call-2")
    service.work()
    assert service.traces() == [CALLER, None]


def test_without_an_sdk_a_job_costs_a_tenth_of_a_millisecond_at_most() -> None:
    generator = tracing.traced(lambda _: nullcontext(FakeGenerator()), {})
    begun = time.perf_counter()
    for _ in range(500):
        with tracing.attempt(
            "summarize", Origin(None, timedelta(0)), tenant_id=UUID(int=1), job_id=UUID(int=2), number=1
        ):
            with generator("wrapup") as opened:
                opened([])
            tracing.say(outcome="generated")
            tracing.traceparent()
    assert (time.perf_counter() - begun) / 500 < 0.0005  # 0.05 ms where nothing else runs


def test_a_process_without_the_extra_says_so_and_goes_on() -> None:
    code = (
        "import sys\n"
        "sys.modules['opentelemetry.sdk'] = None\n"
        "from summarizer import tracing\n"
        "from summarizer.settings import Settings\n"
        "made = Settings.model_construct(otel_exporter_otlp_endpoint='http://127.0.0.1:9')\n"
        "tracing.start(made, service='wrapup-test')\n"
        "with tracing.span('submit'):\n"
        "    print(tracing.traceparent())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "no traces" in done.stdout
    assert done.stdout.strip().endswith("None")


def _sent_to(url: str) -> subprocess.CompletedProcess[str]:
    """A process of ours that makes one span and ends; nothing but its environment says where the span goes."""
    code = (
        "from summarizer import tracing\n"
        "from summarizer.settings import Settings\n"
        "tracing.start(Settings(_env_file=None), service='wrapup-test')\n"
        "with tracing.span('submit', tenant='1'):\n"
        "    pass\n"
    )
    ours = {"DATABASE_URL": "postgresql://a", "REDIS_URL": "redis://a", "MASTER_KEY": "x", "PATH": os.environ["PATH"]}
    told = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": url,
        "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
        "OTEL_EXPORTER_OTLP_HEADERS": "authorization=secret-word",
    }
    environment = {**ours, **told, "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test"}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=ROOT)


def test_a_collector_gets_what_the_variables_of_opentelemetry_say() -> None:
    with receiving() as receiver:
        done = _sent_to(receiver.url.removesuffix("/hook"))
    assert done.stderr == ""
    (posted,) = receiver.received
    assert (posted.path, posted.headers["authorization"]) == ("/v1/traces", "secret-word")
    (sent,) = ExportTraceServiceRequest.FromString(posted.raw).resource_spans
    resource = {one.key: one.value.string_value for one in sent.resource.attributes}
    assert (resource["service.name"], resource["deployment.environment.name"]) == ("wrapup-test", "test")
    assert [one.name for scope in sent.scope_spans for one in scope.spans] == ["submit"]


def test_a_collector_that_is_away_delays_the_end_of_a_process_by_seconds_at_most() -> None:
    begun = time.perf_counter()
    done = _sent_to("http://127.0.0.1:1")
    assert time.perf_counter() - begun < 20
    assert "secret-word" not in done.stderr
