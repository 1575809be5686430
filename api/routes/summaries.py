"""Summaries are looked up, corrected and rated here."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api import bodies
from api.auth import Editor, Reader, paging_of
from api.dependencies import Body, MediaType, Parts, Service
from api.problems import NO_SUMMARY, PRECONDITION_REQUIRED, RETRY_SECONDS, RequestRefused, answer, documented
from api.schemas import (
    EditBody,
    RatingBody,
    RatingView,
    SummaryPage,
    SummaryPending,
    SummaryView,
    Words,
    summary_view,
)
from summarizer import ids
from summarizer.edits import edit, rate
from summarizer.formats.canonical import Moment
from summarizer.store import conversations, erasures, jobs, summaries
from summarizer.store.cursor import Cursor
from summarizer.store.summaries import Filter, Found
from summarizer.summary import Outcome

router = APIRouter(tags=["summaries"])


class PageQuery(BaseModel):
    """What a page of summaries is narrowed to."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=500, description="`next_cursor` of the page before")
    created_after: Moment | None = Field(default=None, description="Inclusive")
    created_before: Moment | None = Field(default=None, description="Exclusive")
    queue: Words | None = Field(default=None, max_length=255)
    agent: Words | None = Field(default=None, max_length=255, description="A participant id with the role agent")
    disposition: Words | None = Field(default=None, max_length=255, description="Wrap-up code, as edited")
    outcome: Outcome | None = Field(default=None, description="As edited")
    is_leg: bool | None = Field(
        default=None, description="Only of legs of transferred conversations, or only of wholes"
    )
    text: Words | None = Field(default=None, max_length=500, description="Words the summary or its edit holds")


@router.get(
    "/v1/conversations/{conversation_id}/summary",
    responses={
        202: {"model": SummaryPending, "description": "Not there yet; ask again after Retry-After seconds"},
        304: {"description": "Unchanged since If-None-Match"},
        **documented(401, 403, 404, 410, 503),
    },
    response_model=SummaryView,
)
def get_summary(
    conversation_id: str,
    caller: Reader,
    service: Service,
    request: Request,
    response: Response,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Any:
    """Read the summary of the conversation's newest revision, beside it the last correction by a person.

    404 with the type `/problems/no-summary` and a `reason` from a closed list when there will be none.
    """
    row_id = ids.row_id(ids.CONVERSATION, conversation_id)
    with service.database.begin(caller.tenant_id) as session:
        found = summaries.current(session, row_id)
        stored = conversations.current(session, row_id) if found is None else None
        status = None if stored is None else jobs.latest(session, stored.id, stored.revision)
        if found is None and status is None:
            raise erasures.missing(session, row_id)
    if found is not None:
        return _unchanged(found) if _matches(if_none_match, found) else _tagged(found, service, response)
    assert status is not None  # what is stored has a job
    if status.state == "failed":
        return answer(NO_SUMMARY, request, detail="this conversation has no summary", reason=status.reason)
    pending = {"state": status.state, "attempt": status.attempt}
    return JSONResponse(pending, 202, headers={"Retry-After": RETRY_SECONDS})


@router.get("/v1/summaries", responses=documented(400, 401, 403, 422, 503))
def list_summaries(caller: Reader, service: Service, query: Annotated[PageQuery, Query()]) -> SummaryPage:
    """List current summaries, newest first, narrowed by time, queue, agent, wrap-up code, outcome or words."""
    paging = paging_of(caller, service, limit=query.limit)
    wanted = Filter(**query.model_dump(exclude={"limit", "cursor"}))
    with service.database.begin(caller.tenant_id) as session:
        found = summaries.page(session, wanted, after=paging.after(query.cursor), limit=paging.num_asked)
    page, next_cursor = paging.cut(found, lambda one: Cursor(one.machine.created_at, one.machine.id))
    return SummaryPage(
        data=[summary_view(one) for one in page],
        has_more=next_cursor is not None,
        next_cursor=next_cursor,
    )


@router.put(
    "/v1/conversations/{conversation_id}/summary",
    responses=documented(400, 401, 403, 404, 410, 412, 413, 415, 422, 428, 503),
    openapi_extra={"requestBody": bodies.document(EditBody)},
)
def put_summary(
    conversation_id: str,
    caller: Editor,
    service: Service,
    raw: Body,
    media_type: MediaType,
    response: Response,
    if_match: Annotated[str | None, Header(description="The ETag of the summary that was corrected")] = None,
) -> SummaryView:
    """Correct a summary. The machine's text stays beside the correction; `If-Match` keeps two people apart."""
    row_id = ids.row_id(ids.CONVERSATION, conversation_id)
    if if_match is None:
        raise RequestRefused(PRECONDITION_REQUIRED, "send the ETag of the summary you read as If-Match")
    body = bodies.model(raw, media_type, EditBody)
    found = edit(
        service.database,
        service.bell,
        caller.tenant_id,
        row_id,
        expected=None if if_match.strip() == "*" else if_match.strip().strip('"'),
        actor=body.author or caller.actor,
        text=body.text,
        disposition=body.disposition,
        outcome=body.outcome,
    )
    return _tagged(found, service, response)


@router.post(
    "/v1/conversations/{conversation_id}/summary/rating",
    status_code=201,
    responses=documented(400, 401, 403, 404, 410, 413, 415, 422, 503),
    openapi_extra={"requestBody": bodies.document(RatingBody)},
)
def post_rating(conversation_id: str, caller: Editor, service: Service, raw: Body, media_type: MediaType) -> RatingView:
    """Judge the machine's summary."""
    row_id = ids.row_id(ids.CONVERSATION, conversation_id)
    body = bodies.model(raw, media_type, RatingBody)
    rating_id = rate(
        service.database,
        caller.tenant_id,
        row_id,
        actor=body.author or caller.actor,
        verdict=body.verdict,
        reason=body.reason,
    )
    return RatingView(id=ids.public(ids.RATING, rating_id))


def _tagged(found: Found, service: Parts, response: Response) -> SummaryView:
    response.headers["ETag"] = f'"{found.version}"'
    return summary_view(found, service.tariff.prices)


def _unchanged(found: Found) -> Response:
    return Response(status_code=304, headers={"ETag": f'"{found.version}"'})


def _matches(if_none_match: str | None, found: Found) -> bool:
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in (if_none_match or "").split(",")]
    return found.version in tags or "*" in tags
