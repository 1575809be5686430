"""Many past conversations come in at once here, and one sees what becomes of them."""

import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api import bodies
from api.auth import Caller, Ingester, Reader, paging_of
from api.dependencies import BatchBody, MediaType, Service
from api.problems import documented
from api.routes.conversations import MAX_KEY_CHARACTERS, checked_key
from api.schemas import BatchPage, BatchView, batch_view
from summarizer import ids
from summarizer.batches import ingest
from summarizer.errors import IdempotencyKeyReused, NotFound
from summarizer.store import batches
from summarizer.store.cursor import Cursor

router = APIRouter(tags=["batches"])

UNNAMED = "posted"


class BatchQuery(BaseModel):
    """Which page of batches."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=500, description="`next_cursor` of the page before")


@router.post(
    "/v1/batches",
    status_code=202,
    responses=documented(400, 401, 403, 409, 413, 415, 422, 503),
    openapi_extra={"requestBody": bodies.batch_document()},
)
def post_batch(
    caller: Ingester,
    service: Service,
    raw: BatchBody,
    media_type: MediaType,
    response: Response,
    idempotency_key: Annotated[str | None, Header(max_length=MAX_KEY_CHARACTERS)] = None,
) -> BatchView:
    """Take up to 10,000 past conversations, one JSON document a line; each is summarized after all that is live.

    A line that cannot be read is refused by its number and stops no other. The answer comes when all lines are
    stored. With an `Idempotency-Key` the same lines again are the same batch, and what was cut off goes on.
    """
    documents = bodies.lines(raw, media_type, max_line_bytes=service.settings.max_body_bytes)
    name = UNNAMED if idempotency_key is None else f"{UNNAMED}:{checked_key(idempotency_key)}"
    digest = None if idempotency_key is None else hashlib.sha256(raw).digest()
    if digest is not None:
        with service.database.begin(caller.tenant_id) as session:
            if batches.other_of_name(session, name, digest=digest, window=service.settings.idempotency_window):
                raise IdempotencyKeyReused("this idempotency key was first used with another body")
    first, *later = ingest(
        service.database, service.bell, caller.tenant_id, documents, name=name, digest=digest, actor=caller.actor
    )
    if not later:  # it was read to its end before
        response.headers["Idempotency-Replayed"] = "true"
    view = _view(caller, service, first.id)
    response.headers["Location"] = f"/v1/batches/{view.id}"
    return view


@router.get("/v1/batches/{batch_id}", responses=documented(401, 403, 404, 503))
def get_batch(batch_id: str, caller: Reader, service: Service) -> BatchView:
    """Read how far a batch has been read, which lines were refused, and what became of its jobs."""
    return _view(caller, service, ids.row_id(ids.BATCH, batch_id))


@router.get("/v1/batches", responses=documented(400, 401, 403, 422, 503))
def list_batches(caller: Reader, service: Service, query: Annotated[BatchQuery, Query()]) -> BatchPage:
    """List batches, newest first."""
    paging = paging_of(caller, service, limit=query.limit)
    with service.database.begin(caller.tenant_id) as session:
        found = batches.page(session, after=paging.after(query.cursor), limit=paging.num_asked)
        page, next_cursor = paging.cut(found, lambda one: Cursor(one.created_at, one.id))
        states = batches.num_jobs(session, [one.id for one in page])
    return BatchPage(
        data=[batch_view(one, states[one.id]) for one in page],
        has_more=next_cursor is not None,
        next_cursor=next_cursor,
    )


def _view(caller: Caller, service: Service, batch_id: UUID) -> BatchView:
    with service.database.begin(caller.tenant_id) as session:
        progress = batches.find(session, batch_id)
        if progress is None:
            raise NotFound("there is no such batch")
        return batch_view(progress, batches.num_jobs(session, [batch_id])[batch_id])
