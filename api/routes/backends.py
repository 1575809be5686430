"""Which models there are is read here, and a tenant says by which its conversations are summarized."""

from typing import Annotated

from fastapi import APIRouter, Query

from api import bodies
from api.auth import Configurer, Reader
from api.dependencies import Body, MediaType, Service
from api.problems import documented
from api.schemas import BackendList, BackendView, ChoiceBody, ChoiceList, ChoiceView, OfQueue, choice_view
from summarizer.choosing import available, choose
from summarizer.store import choices

router = APIRouter(tags=["backends"])


@router.get("/v1/backends", responses=documented(401, 403, 503))
def list_backends(caller: Reader, service: Service) -> BackendList:
    """List the backends of this installation, and which of them may read this tenant's words."""
    found = available(service.database, caller.tenant_id, service.tariff.specs)
    return BackendList(
        data=[
            BackendView(name=one.name, kind=one.kind, on_premises=one.is_on_premises, allowed=one.is_allowed)
            for one in found
        ]
    )


@router.get("/v1/backends/choices", responses=documented(401, 403, 422, 503))
def list_choices(caller: Reader, service: Service, query: Annotated[OfQueue, Query()]) -> ChoiceList:
    """List the versions of the tenant's choice, or of a queue's, the newest and counting one first."""
    with service.database.begin(caller.tenant_id) as session:
        return ChoiceList(data=[choice_view(one) for one in choices.history(session, queue=query.queue or None)])


@router.post(
    "/v1/backends/choices",
    status_code=201,
    responses=documented(400, 401, 403, 413, 415, 422, 503),
    openapi_extra={"requestBody": bodies.document(ChoiceBody)},
)
def post_choice(caller: Configurer, service: Service, raw: Body, media_type: MediaType) -> ChoiceView:
    """Choose backends: each is asked when those before it cannot, for conversations that are summarized from now on."""
    body = bodies.model(raw, media_type, ChoiceBody)
    specs = service.tariff.specs
    chosen = choose(
        service.database, caller.tenant_id, body.backends, queue=body.queue, specs=specs, actor=caller.actor
    )
    return choice_view(chosen)
