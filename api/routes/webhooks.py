"""Platforms send their events here; verified on the raw body before anything is parsed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse

from api import bodies
from api.auth import rates_of
from api.dependencies import Body, MediaType, Parts, Service
from api.problems import UNKNOWN_PLATFORM, RequestRefused, documented
from api.schemas import DeliveryAccepted, Event
from summarizer import ids
from summarizer.errors import SignatureRefused, SummarizerError
from summarizer.keys import source_of
from summarizer.metrics import platforms as metrics
from summarizer.platforms import PLATFORMS, Platform, Posted, Sender
from summarizer.store import webhooks
from summarizer.store.webhooks import Source
from summarizer.submit import submit_delivery
from summarizer.vault import unseal

router = APIRouter(tags=["webhooks"])

REPLY = {
    "description": "What a platform wants to be answered at once, as Zoom's challenge",
    "content": {"application/json": {"schema": {"type": "object", "additionalProperties": {"type": "string"}}}},
}


def known_sender(
    platform: str,
    service: Service,
    request: Request,
    source: Annotated[str, Query(max_length=100, description="From `wrapup sources create`; names tenant and sender")],
) -> tuple[Source, Sender]:
    """The source, and how what it sends is checked; an unknown one is refused with its body unread."""
    if platform not in tuple(Platform):
        raise RequestRefused(UNKNOWN_PLATFORM, "there is no such platform")
    with _refusals_counted(platform):
        return _sender(request, service, platform, source)


@router.post(
    "/v1/webhooks/{platform}",
    status_code=202,
    response_model=DeliveryAccepted,
    responses={200: REPLY, **documented(400, 401, 404, 413, 415, 422, 503)},
    openapi_extra={"requestBody": bodies.event_document(Event)},
)
def post_webhook(
    platform: str,
    service: Service,
    known: Annotated[tuple[Source, Sender], Depends(known_sender)],
    raw: Body,
    media_type: MediaType,
    request: Request,
) -> DeliveryAccepted | JSONResponse:
    """Take a platform's event, once however often it is delivered.

    `standard` is any sender that signs as Standard Webhooks 1.0.0 says; `twilio`, `genesys`, `zoom` and `amazon` sign
    and send as their own documentation says. Unknown event types are accepted and kept.
    """
    source, sender = known
    posted = Posted(raw, request.headers, _public_url(request, service), media_type)
    with _refusals_counted(platform):
        received = PLATFORMS[Platform(platform)].receive(posted, sender)
    rates_of(request).count(source.tenant_id, per_second=source.requests_per_second)
    metrics.count_event(platform, is_known=received.is_known)
    if received.reply is not None:
        return JSONResponse(dict(received.reply))
    conversation_id = submit_delivery(
        service.database,
        service.bell,
        source.tenant_id,
        received,
        source_id=source.id,
        master_key=service.settings.master_key,
    )
    return DeliveryAccepted(id=None if conversation_id is None else ids.public(ids.CONVERSATION, conversation_id))


def _sender(request: Request, service: Parts, platform: str, token: str) -> tuple[Source, Sender]:
    """What the token names; raises SignatureRefused."""
    try:
        tenant_id, source_id = source_of(token)
    except ValueError:
        raise SignatureRefused("the signature is not one of this source's") from None
    with service.database.begin(tenant_id) as session:
        known = webhooks.source(session, source_id)
    if known is None or known.platform != platform:
        raise SignatureRefused("the signature is not one of this source's")
    secrets = unseal(known.secrets, master_key=service.settings.master_key)
    return known, Sender(tuple(secrets), known.options, request.app.state.fetch)


def _public_url(request: Request, service: Parts) -> str:
    """The address that the platform was given: behind a proxy only the settings know its beginning."""
    query = request.scope["query_string"].decode("latin-1")
    beginning = service.settings.public_url or f"{request.url.scheme}://{request.headers.get('host', '')}"
    return f"{beginning.rstrip('/')}{request.scope['path']}{'?' if query else ''}{query}"


@contextmanager
def _refusals_counted(platform: str) -> Iterator[None]:
    try:
        yield
    except SummarizerError as error:
        metrics.count_refused(platform, error)
        raise
