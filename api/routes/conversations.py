"""Conversations come in here, and can be read back as they were stored."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from api import bodies
from api.auth import Caller, Ingester, Reader
from api.dependencies import Body, MediaType, Service
from api.problems import documented
from api.schemas import Accepted, ConversationView, conversation_view, links
from summarizer import ids
from summarizer.errors import InvalidRequest
from summarizer.formats import vcon_writer
from summarizer.shapes import SHAPES
from summarizer.store import audit, conversations, erasures, jobs, summaries
from summarizer.submit import submit
from summarizer.telling import told

router = APIRouter(tags=["conversations"])

MAX_KEY_CHARACTERS = 255


class VconResponse(JSONResponse):
    """JSON of its own type."""

    media_type = vcon_writer.MEDIA_TYPE


@router.post(
    "/v1/conversations",
    status_code=202,
    responses=documented(400, 401, 403, 409, 413, 415, 422, 503),
    openapi_extra={"requestBody": bodies.conversation_document()},
)
def post_conversation(
    caller: Ingester,
    service: Service,
    raw: Body,
    media_type: MediaType,
    response: Response,
    idempotency_key: Annotated[str | None, Header(max_length=MAX_KEY_CHARACTERS)] = None,
    external_id: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=255,
            description="The platform's id, for formats that hold none",
            pattern=r"^[!-~]+$",
        ),
    ] = None,
) -> Accepted:
    """Take a conversation. It is stored, with a job that will summarize it, before this answers.

    The same conversation again is the same job; a fuller transcript under the same `external_id` is the next
    revision. An `Idempotency-Key` makes a repeated request answer as the first did.
    """
    trusted = bodies.trusted(service.settings.vcon_keys)
    conversation = bodies.conversation(raw, media_type, trusted=trusted)
    if external_id is not None and conversation.external_id not in (None, external_id):
        raise InvalidRequest("the body holds another external_id", field="query/external_id")
    submission = submit(
        service.database,
        service.bell,
        caller.tenant_id,
        replace(conversation, external_id=conversation.external_id or external_id),
        actor=caller.actor,
        idempotency_key=checked_key(idempotency_key),
        window=service.settings.idempotency_window,
    )
    public = ids.public(ids.CONVERSATION, submission.conversation_id)
    response.headers["Location"] = links(public).summary
    if submission.is_replay:
        response.headers["Idempotency-Replayed"] = "true"
    return Accepted(id=public, job=ids.public(ids.JOB, submission.job_id), links=links(public))


@router.get("/v1/conversations/{conversation_id}", responses=documented(401, 403, 404, 410, 503))
def get_conversation(conversation_id: str, caller: Reader, service: Service) -> ConversationView:
    """Read a conversation as it was stored, personal data masked, and how far its newest job is."""
    row_id = ids.row_id(ids.CONVERSATION, conversation_id)
    with service.database.begin(caller.tenant_id) as session:
        stored = conversations.current(session, row_id)
        if stored is None:
            raise erasures.missing(session, row_id)
        status = jobs.latest(session, stored.id, stored.revision)
        legs = conversations.legs(session, stored.id)
        _note_reading(session, caller, row_id)
    return conversation_view(stored, status, legs)


@router.get(
    "/v1/conversations/{conversation_id}/vcon",
    response_class=VconResponse,
    responses={
        200: {"content": {vcon_writer.MEDIA_TYPE: {"schema": {"type": "object"}}}},
        **documented(401, 403, 404, 410, 503),
    },
)
def get_vcon(conversation_id: str, caller: Reader, service: Service) -> VconResponse:
    """Read a conversation as a vCon; its summary, once there is one, is an analysis that names its evidence."""
    row_id = ids.row_id(ids.CONVERSATION, conversation_id)
    with service.database.begin(caller.tenant_id) as session:
        stored = conversations.current(session, row_id)
        if stored is None:
            raise erasures.missing(session, row_id)
        found = summaries.current(session, row_id)
        _note_reading(session, caller, row_id)
    document = told(
        stored.id,
        external_id=stored.external_id,
        revision=stored.revision,
        transcript=stored.transcript,
        created_at=stored.created_at,
        summary=None if found is None else found.machine,
        edit=None if found is None else found.edit,
    )
    return VconResponse(SHAPES["vcon"].write(document))


def checked_key(key: str | None) -> str | None:
    """An idempotency key that can be kept and shown; raises InvalidRequest."""
    if key is not None and (not key.strip() or not key.isprintable()):
        raise InvalidRequest("an idempotency key is 1 to 255 printable characters", field="header/Idempotency-Key")
    return key


def _note_reading(session: Session, caller: Caller, row_id: UUID) -> None:
    audit.note(session, caller.tenant_id, actor=caller.actor, action="conversation.read", subject=str(row_id))
