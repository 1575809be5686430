"""How a tenant's summaries are made up is said here, and tried on past conversations before it counts."""

from typing import Annotated

from fastapi import APIRouter, Query

from api import bodies
from api.auth import Configurer, Reader
from api.dependencies import Body, MediaType, Service
from api.problems import documented
from api.schemas import (
    OfQueue,
    PreviewBody,
    PreviewedView,
    PreviewView,
    TemplateBody,
    TemplateList,
    TemplateView,
    template_view,
)
from summarizer import ids
from summarizer.store import templates as stored
from summarizer.templates import keep, preview

router = APIRouter(tags=["templates"])


@router.get("/v1/templates", responses=documented(401, 403, 422, 503))
def list_templates(caller: Reader, service: Service, query: Annotated[OfQueue, Query()]) -> TemplateList:
    """List the versions of the tenant's template, or of a queue's, the newest and counting one first."""
    with service.database.begin(caller.tenant_id) as session:
        return TemplateList(data=[template_view(one) for one in stored.history(session, queue=query.queue or None)])


@router.post(
    "/v1/templates",
    status_code=201,
    responses=documented(400, 401, 403, 413, 415, 422, 503),
    openapi_extra={"requestBody": bodies.document(TemplateBody)},
)
def post_template(caller: Configurer, service: Service, raw: Body, media_type: MediaType) -> TemplateView:
    """Keep a template as the next version; conversations that are summarized from now on follow it."""
    body = bodies.model(raw, media_type, TemplateBody)
    return template_view(keep(service.database, caller.tenant_id, body.template, queue=body.queue, actor=caller.actor))


@router.post(
    "/v1/templates/preview",
    responses=documented(400, 401, 403, 413, 415, 422, 503),
    openapi_extra={"requestBody": bodies.document(PreviewBody)},
)
def preview_template(caller: Configurer, service: Service, raw: Body, media_type: MediaType) -> PreviewView:
    """Show what a template makes of the newest summaries, before anything counts; nothing is stored."""
    body = bodies.model(raw, media_type, PreviewBody)
    shown = preview(service.database, caller.tenant_id, body.template, queue=body.queue, limit=body.limit)
    return PreviewView(
        data=[
            PreviewedView(
                conversation_id=ids.public(ids.CONVERSATION, one.conversation_id),
                external_id=one.external_id,
                sections=list(one.sections),
            )
            for one in shown
        ]
    )
