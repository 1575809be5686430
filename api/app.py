"""The HTTP app: `uvicorn --factory api.app:create_app`."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from itertools import chain
from typing import Any
from uuid import uuid4

import structlog
from fastapi import Depends, FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from fastapi.telemetry import TelemetryConfig

from api import bodies, examples, measuring, problems, safety
from api.callback_schemas import EndpointBody, EndpointChange, ReplayBody
from api.dependencies import Parts, parameters_once
from api.rates import Rates
from api.routes import (
    backends,
    batches,
    conversations,
    costs,
    endpoints,
    erasures,
    health,
    summaries,
    templates,
    webhooks,
)
from api.routes import problems as problem_types
from api.schemas import ChoiceBody, CustomerBody, EditBody, Event, PreviewBody, Problem, RatingBody, TemplateBody
from summarizer import outbound, tariff, tracing
from summarizer.certificates import Fetch, certificates
from summarizer.formats.canonical import CanonicalConversation
from summarizer.log import configure
from summarizer.metrics.labels import declare
from summarizer.metrics.process import process
from summarizer.queue import Queue
from summarizer.settings import Settings
from summarizer.store.database import Database, app_engine

DOCUMENT = "/openapi.json"
PROBES = frozenset({"/livez", "/readyz", "/startupz"})  #: asked every few seconds, of no use in a trace
#: FastAPI's own spans and logs hold addresses with their queries, and what could not be read.
UNTRACED = TelemetryConfig(tracing=False, metrics=False, logs=False, auto_configure=False)
SWAGGER = "https://cdn.jsdelivr.net"
MODULES = (
    conversations,
    batches,
    summaries,
    templates,
    backends,
    webhooks,
    endpoints,
    erasures,
    costs,
    health,
    problem_types,
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The app with its own pools; without settings it reads them from the environment."""
    settings = settings or Settings()
    configure(settings.log_level)
    tracing.start(settings, service="wrapup-api")
    bodies.trusted(settings.vcon_keys)
    database, queue = Database(app_engine(settings)), Queue(settings)
    process.watch(pool=database, queue=queue)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        process.watch(pool=None, queue=None)
        database.close()
        queue.close()

    known = tariff.read(settings.backends_file, settings.prices_file, device=settings.device)
    declare("backend", known.specs)
    return build(Parts(settings, database, queue, known), lifespan=lifespan)


def build(parts: Parts, *, fetch: Fetch | None = None, rates: Rates | None = None, **options: Any) -> FastAPI:
    """The app around given parts; `fetch` gets a sender's certificate, by itself from where it is."""
    shows_docs = parts.settings.show_docs
    app = FastAPI(
        title="wrapup",
        openapi_url=DOCUMENT if shows_docs else None,
        docs_url=None,  # ours has a policy for what it may run
        redoc_url=None,
        redirect_slashes=False,  # nobody is sent on to a host that a header names
        version=version("wrapup"),
        summary="Grounded summaries of conversations",
        dependencies=[Depends(parameters_once)],
        telemetry=UNTRACED,
        generate_unique_id_function=lambda route: route.name,  # the name of a function in a generated client
        **options,
    )
    app.state.parts = parts
    app.state.rates = rates or Rates(parts.settings)
    app.state.fetch = fetch or certificates(partial(outbound.client, parts.settings))
    for module in MODULES:
        app.include_router(module.router)
    if shows_docs:
        app.add_api_route("/docs", _docs, include_in_schema=False)
    problems.install(app)
    app.middleware("http")(_name_request)
    measuring.install(app, routes=chain(app.routes, *(module.router.routes for module in MODULES)))
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]  # FastAPI's own way to extend the document
    return app


async def _name_request(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Give each request an id that its answer and its log lines carry."""
    request.state.request_id = uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request.state.request_id)
    response = await _traced(request, call_next)
    response.headers["Request-Id"] = request.state.request_id
    for name, value in safety.HEADERS.items():
        response.headers.setdefault(name, value)
    return response


async def _traced(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """A span for each request, in its caller's trace if that has one; the jobs that it adds continue it."""
    if request.url.path in PROBES:
        return await call_next(request)
    caller, request_id = request.headers.get("traceparent"), request.state.request_id
    with tracing.request(request.method, traceparent=caller, request_id=request_id) as made:
        response = await call_next(request)
        route = getattr(request.scope.get("route"), "path", None)
        tracing.answered(made, method=request.method, route=route, status=response.status_code)
    return response


def _docs() -> HTMLResponse:
    """The document as a page to try out; Swagger's scripts come from its usual place."""
    page = get_swagger_ui_html(openapi_url=DOCUMENT, title="wrapup", swagger_favicon_url="data:,").body
    text = bytes(page).decode()
    return HTMLResponse(text, headers=safety.headers_of_page(text, sources=SWAGGER))


def _document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document with the schemas of the bodies that we parse ourselves."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        schemas = made["components"]["schemas"]
        ours = (EditBody, RatingBody, TemplateBody, PreviewBody, ChoiceBody, CustomerBody, Event)
        callbacks = (EndpointBody, EndpointChange, ReplayBody)
        for model in (CanonicalConversation, *ours, *callbacks, Problem):
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= schema.pop("$defs", {})
            schemas[model.__name__] = schema
        examples.add_to(made)
        app.openapi_schema = made
    return app.openapi_schema
