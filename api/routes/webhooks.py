"""Platforms send their events here; verified on the raw body before anything is parsed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from api import bodies, ids
from api.dependencies import Body, Service
from api.problems import UNKNOWN_PLATFORM, RequestRefused, documented
from api.schemas import DeliveryAccepted, Event
from summarizer.access import Platform
from summarizer.conversation import Conversation
from summarizer.errors import SignatureRefused
from summarizer.formats import canonical
from summarizer.keys import source_of
from summarizer.signatures import standard
from summarizer.store import webhooks
from summarizer.submit import submit_delivery
from summarizer.vault import unseal

router = APIRouter(tags=["webhooks"])

CONVERSATION_EVENTS = ("conversation.ended", "conversation.updated")


@router.post(
    "/v1/webhooks/{platform}",
    status_code=202,
    responses=documented(400, 401, 404, 413, 415, 422, 503),
    openapi_extra={"requestBody": bodies.document(Event)},
)
def post_webhook(
    platform: str,
    service: Service,
    raw: Body,
    request: Request,
    source: Annotated[str, Query(max_length=100, description="From `wrapup sources create`; names tenant and sender")],
) -> DeliveryAccepted:
    """Take a platform's event, once however often it is delivered.

    `standard` is any sender that signs as Standard Webhooks 1.0.0 says. Unknown event types are accepted and kept.
    """
    if platform not in tuple(Platform):
        raise RequestRefused(UNKNOWN_PLATFORM, "there is no such platform")
    tenant_id, source_id, secrets = _sender(service, platform, source)
    delivery_id = standard.check(raw, request.headers, secrets=secrets)
    event = bodies.model(raw, "application/json", Event)
    conversation_id = submit_delivery(
        service.database,
        service.bell,
        tenant_id,
        _conversation_in(event),
        source_id=source_id,
        delivery_id=delivery_id,
        event_type=event.type,
    )
    return DeliveryAccepted(id=None if conversation_id is None else ids.public(ids.CONVERSATION, conversation_id))


def _sender(service: Service, platform: str, token: str) -> tuple[UUID, UUID, list[str]]:
    """Tenant, source and secrets; an unknown source answers as a wrong signature does."""
    try:
        tenant_id, source_id = source_of(token)
    except ValueError:
        raise SignatureRefused("the signature is not one of this source's") from None
    with service.database.begin(tenant_id) as session:
        known = webhooks.source(session, source_id)
    if known is None or known.platform != platform:
        raise SignatureRefused("the signature is not one of this source's")
    return tenant_id, source_id, unseal(known.secrets, master_key=service.settings.master_key)


def _conversation_in(event: Event) -> Conversation | None:
    if event.type not in CONVERSATION_EVENTS:
        return None
    return canonical.from_document(event.data, pointer="/data")
