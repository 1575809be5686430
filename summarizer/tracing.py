"""One trace from a request to the callback that tells of its summary; without an SDK it costs next to nothing.

    request ─ submit ─▶ jobs.trace ─▶ wait, attempt ─ completion ─▶ jobs.trace ─▶ wait, attempt to deliver

What a span says is a closed list: ids of ours, kinds, counts, names of errors. Never a word of a call, an id that
somebody else chose, or a name of a tenant. A message in the queue holds no trace: the row does.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from summarizer.generate import NO_PATIENCE, Around, Completion, Generator, Prompt
from summarizer.log import logger
from summarizer.settings import Settings
from summarizer.specs import EndpointSpec, Specs
from summarizer.writing import Serving

Value = str | int | float
NAMESPACE = "wrapup"
METHODS = frozenset("GET POST PUT PATCH DELETE HEAD OPTIONS".split())
FIRST_ERROR = 500  #: status by which a server says that it failed
LEN_VERSION = 12
_W3C = TraceContextTextMapPropagator()


class Said(StrEnum):
    """All that a span may say, by the names of OpenTelemetry's conventions where there are any."""

    METHOD = "http.request.method"
    ROUTE = "http.route"  #: with its placeholders
    STATUS = "http.response.status_code"
    ERROR = "error.type"
    OPERATION = "gen_ai.operation.name"
    PROVIDER = "gen_ai.provider.name"  #: the kind of the backend
    MODEL = "gen_ai.request.model"
    INPUT = "gen_ai.usage.input_tokens"
    CACHED = "gen_ai.usage.cache_read.input_tokens"
    OUTPUT = "gen_ai.usage.output_tokens"
    BACKEND = "wrapup.backend"
    NUM_PROMPTS = "wrapup.num_prompts"
    REQUEST = "wrapup.request.id"
    TENANT = "wrapup.tenant.id"
    JOB = "wrapup.job.id"
    JOB_KIND = "wrapup.job.kind"
    ATTEMPT = "wrapup.job.attempt"
    OUTCOME = "wrapup.outcome"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a job comes from: the trace of what added it, and how long it has been due."""

    traceparent: str | None
    waited: timedelta


_tracer: Tracer = trace.get_tracer(NAMESPACE)
_is_started = False


def use(provider: TracerProvider) -> None:
    """Let this provider's spans be made from now on; before that, those of OpenTelemetry's global one."""
    global _tracer
    _tracer = provider.get_tracer(NAMESPACE)


def start(settings: Settings, *, service: str) -> None:
    """Send this process's spans where the settings say; called once, where a process begins.

    OpenTelemetry reads its own variables for headers, sampling and the rest; its global provider stays untouched, so
    that no other library's spans, which may say anything, leave with ours.
    """
    global _is_started
    url = settings.traces_url
    if url is None or _is_started:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider as Provider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        logger(__name__).warning("no traces", reason="the extra `telemetry` is not installed")
        return
    provider = Provider(resource=Resource.create({"service.name": service}).merge(OTELResourceDetector().detect()))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)))
    use(provider)
    _is_started = True


@contextmanager
def span(name: str, *, kind: SpanKind = SpanKind.INTERNAL, **said: Value) -> Iterator[Span]:
    """The present span's child until the block is left; `said` by the names of `Said` in small letters.

    An exception leaves its type's name and nothing else.
    """
    attributes = {Said[name.upper()].value: value for name, value in said.items()}
    with _tracer.start_as_current_span(
        name, kind=kind, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as made:
        try:
            yield made
        except BaseException as error:
            _fail(made, type(error).__name__)
            raise


def say(**said: Value) -> None:
    """Let the present span say this as well."""
    present = trace.get_current_span()
    for name, value in said.items():
        present.set_attribute(Said[name.upper()], value)


def fail(error: str) -> None:
    """Let the present span be one of what failed, under the name of an error."""
    _fail(trace.get_current_span(), error)


def traceparent() -> str | None:
    """The present span as W3C writes it, None outside of any trace."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def resumed(traceparent: str | None) -> Iterator[None]:
    """Go on with a trace; without one, or with one that nobody can read, a new one begins."""
    token = context.attach(_context_of(traceparent))
    try:
        yield
    finally:
        context.detach(token)


@contextmanager
def request(method: str, *, traceparent: str | None, request_id: str) -> Iterator[Span]:
    """A request to us, which may go on with its caller's trace; what else a caller sends along is not looked at."""
    name = _known(method)
    with resumed(traceparent), span(name, kind=SpanKind.SERVER, method=name, request=request_id) as made:
        yield made


def answered(made: Span, *, method: str, route: str | None, status: int) -> None:
    """What a request was for, and what came of it."""
    if route is not None:
        made.update_name(f"{_known(method)} {route}")
        made.set_attribute(Said.ROUTE, route)
    made.set_attribute(Said.STATUS, status)
    if status >= FIRST_ERROR:
        _fail(made, str(status))


@contextmanager
def attempt(kind: str, origin: Origin, *, tenant_id: UUID, job_id: UUID, number: int) -> Iterator[Span]:
    """An attempt of a job, after its wait, in the trace of what added it."""
    said: dict[str, Value] = {"tenant": str(tenant_id), "job": str(job_id), "job_kind": kind, "attempt": number}
    with resumed(origin.traceparent):
        _waited(kind, origin, said)
        with span(f"{kind} attempt", kind=SpanKind.CONSUMER, **said) as made:
            yield made


def traced(serving: Serving, specs: Specs) -> Serving:
    """The same backends, each call of which is a span."""

    @contextmanager
    def opened(backend: str) -> Iterator[Generator]:
        with serving(backend) as generator:
            yield _Traced(generator, _Backend.of(backend, generator, specs)) if _is_recorded() else generator

    return opened


@dataclass(frozen=True, slots=True)
class _Backend:
    """What the spans of a backend's calls say of it."""

    name: str
    kind: str
    operation: str
    model: str

    @classmethod
    def of(cls, name: str, generator: Generator, specs: Specs) -> "_Backend":
        spec = specs.get(name)
        if isinstance(spec, EndpointSpec):
            return cls(name, spec.kind, "chat", spec.model)
        return cls(name, "unknown" if spec is None else spec.kind, "text_completion", _short(generator.model_version))


@dataclass(frozen=True, slots=True)
class _Traced(Around):
    """A generator whose every call is a span."""

    generator: Generator
    backend: _Backend

    def __call__(self, prompts: Sequence[Prompt], *, patience: timedelta = NO_PATIENCE) -> list[Completion]:
        backend = self.backend
        with span(
            f"{backend.operation} {backend.model}",
            kind=SpanKind.CLIENT,
            operation=backend.operation,
            provider=backend.kind,
            model=backend.model,
            backend=backend.name,
            num_prompts=len(prompts),
        ):
            completions = self.generator(prompts, patience=patience)
            say(
                input=sum(one.prompt_tokens for one in completions),
                cached=sum(one.cached_tokens for one in completions),
                output=sum(one.completion_tokens for one in completions),
            )
            return completions


def _known(method: str) -> str:
    """A caller may invent others."""
    return method if method in METHODS else "HTTP"


def _is_recorded() -> bool:
    return trace.get_current_span().is_recording()


def _waited(kind: str, origin: Origin, said: dict[str, Value]) -> None:
    """A span of the time between due and now, by our clock."""
    now = time.time_ns()
    attributes = {Said[name.upper()].value: value for name, value in said.items()}
    since = now - max(0, round(origin.waited.total_seconds() * 1e9))
    _tracer.start_span(f"{kind} wait", attributes=attributes, start_time=since).end(now)


def _context_of(traceparent: str | None) -> Context:
    return _W3C.extract({"traceparent": traceparent}, context=Context()) if traceparent else Context()


def _fail(made: Span, error: str) -> None:
    made.set_attribute(Said.ERROR, error)
    made.set_status(StatusCode.ERROR)


def _short(model_version: str) -> str:
    return model_version[:LEN_VERSION]
