"""Conversations are erased here, one or all of a customer, and a customer's data is given out.

A customer's name stands in a body and never in an address, for addresses end up in logs.
"""

from fastapi import APIRouter

from api import bodies
from api.auth import Eraser
from api.dependencies import Body, MediaType, Service
from api.problems import documented
from api.schemas import CustomerBody, CustomerData, ErasureView, erasure_view
from summarizer import ids
from summarizer.disclosure import disclose
from summarizer.erasing import erase_conversation, erase_customer

router = APIRouter(tags=["privacy"])


@router.delete("/v1/conversations/{conversation_id}", responses=documented(401, 403, 404, 410, 503))
def delete_conversation(conversation_id: str, caller: Eraser, service: Service) -> ErasureView:
    """Erase a conversation with its legs, or the whole that it is a leg of, and all that hangs on it.

    From then on it is answered with 410 and `/problems/erased`.
    """
    row_id = ids.row_id(ids.CONVERSATION, conversation_id)
    report = erase_conversation(service.database, service.settings, caller.tenant_id, row_id, actor=caller.actor)
    return erasure_view(report)


@router.post(
    "/v1/erasures",
    responses=documented(400, 401, 403, 413, 415, 422, 503),
    openapi_extra={"requestBody": bodies.document(CustomerBody)},
)
def post_erasure(caller: Eraser, service: Service, raw: Body, media_type: MediaType) -> ErasureView:
    """Erase every conversation of a customer, by the `customer` that came with it."""
    asked = bodies.model(raw, media_type, CustomerBody)
    report = erase_customer(service.database, service.settings, caller.tenant_id, asked.customer, actor=caller.actor)
    return erasure_view(report)


@router.post(
    "/v1/exports",
    responses=documented(400, 401, 403, 413, 415, 422, 503),
    openapi_extra={"requestBody": bodies.document(CustomerBody)},
)
def post_export(caller: Eraser, service: Service, raw: Body, media_type: MediaType) -> CustomerData:
    """Get all that is kept of a customer: every conversation, what was made of it, and who did what to it."""
    asked = bodies.model(raw, media_type, CustomerBody)
    found = disclose(service.database, caller.tenant_id, asked.customer, actor=caller.actor)
    return CustomerData(customer=asked.customer, conversations=list(found))
