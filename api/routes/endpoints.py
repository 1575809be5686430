"""Where a tenant wants to be told is said here, and what it was told is looked up and told again."""

from typing import Annotated

from fastapi import APIRouter, Query

from api import bodies
from api.auth import Configurer, Reader, paging_of
from api.callback_schemas import (
    CallbackPage,
    CallbackQuery,
    CallbackView,
    EndpointBody,
    EndpointChange,
    EndpointList,
    EndpointMade,
    EndpointView,
    ReplayBody,
    Replayed,
    callback_view,
    endpoint_made,
    endpoint_view,
)
from api.dependencies import Body, MediaType, Service
from api.problems import documented
from summarizer import endpoints as use_cases
from summarizer import ids
from summarizer.callbacks import replay, replay_range
from summarizer.errors import InvalidTranscript, NotFound, Problem
from summarizer.store import callbacks, endpoints
from summarizer.store.callbacks import Wanted
from summarizer.store.cursor import Cursor

router = APIRouter(tags=["callbacks"])


@router.post(
    "/v1/endpoints",
    status_code=201,
    responses=documented(400, 401, 403, 409, 413, 415, 422, 503),
    openapi_extra={"requestBody": bodies.document(EndpointBody)},
)
def post_endpoint(caller: Configurer, service: Service, raw: Body, media_type: MediaType) -> EndpointMade:
    """Keep an endpoint that is told of events. Its secret is in this answer only; a tenant has at most 20 endpoints.

    422 with the type `/problems/url-not-allowed` for an address that is inside, not https, or oddly written.
    """
    body = bodies.model(raw, media_type, EndpointBody)
    made = use_cases.create(
        service.database,
        caller.tenant_id,
        settings=service.settings,
        actor=caller.actor,
        url=body.url,
        description=body.description,
        events=list(body.events),
        shape=body.shape,
    )
    return endpoint_made(made)


@router.get("/v1/endpoints", responses=documented(401, 403, 422, 503))
def list_endpoints(caller: Configurer, service: Service) -> EndpointList:
    """List the tenant's endpoints, the oldest first."""
    with service.database.begin(caller.tenant_id) as session:
        return EndpointList(data=[endpoint_view(one) for one in endpoints.every(session)])


@router.get("/v1/endpoints/{endpoint_id}", responses=documented(401, 403, 404, 503))
def get_endpoint(endpoint_id: str, caller: Configurer, service: Service) -> EndpointView:
    """Read one endpoint, and whether it is told anything."""
    row_id = ids.row_id(ids.ENDPOINT, endpoint_id)
    with service.database.begin(caller.tenant_id) as session:
        found = endpoints.find(session, row_id)
    if found is None:
        raise NotFound("there is no such endpoint")
    return endpoint_view(found)


@router.patch(
    "/v1/endpoints/{endpoint_id}",
    responses=documented(400, 401, 403, 404, 413, 415, 422, 503),
    openapi_extra={"requestBody": bodies.document(EndpointChange)},
)
def patch_endpoint(
    endpoint_id: str, caller: Configurer, service: Service, raw: Body, media_type: MediaType
) -> EndpointView:
    """Change an endpoint, or switch it on again after it was disabled; what waits is told to the new address."""
    row_id = ids.row_id(ids.ENDPOINT, endpoint_id)
    body = bodies.model(raw, media_type, EndpointChange)
    values = body.model_dump(exclude_unset=True, exclude={"enabled"})
    empty = [name for name in ("url", "events", "shape") if name in values and values[name] is None]
    if empty:
        problems = tuple(Problem(f"/{name}", "this cannot be null") for name in empty)
        raise InvalidTranscript("the body does not say what it must", problems=problems)
    changed = use_cases.change(
        service.database,
        caller.tenant_id,
        row_id,
        settings=service.settings,
        actor=caller.actor,
        values=values,
        is_enabled=body.enabled,
    )
    return endpoint_view(changed)


@router.delete("/v1/endpoints/{endpoint_id}", status_code=204, responses=documented(401, 403, 404, 503))
def delete_endpoint(endpoint_id: str, caller: Configurer, service: Service) -> None:
    """Forget an endpoint with all its callbacks; what waits is not told any more."""
    row_id = ids.row_id(ids.ENDPOINT, endpoint_id)
    use_cases.remove(service.database, caller.tenant_id, row_id, actor=caller.actor)


@router.post("/v1/endpoints/{endpoint_id}/secret", responses=documented(401, 403, 404, 503))
def rotate_secret(endpoint_id: str, caller: Configurer, service: Service) -> EndpointMade:
    """Give an endpoint a new secret, shown in this answer only; for 24 hours the former one signs as well."""
    row_id = ids.row_id(ids.ENDPOINT, endpoint_id)
    return endpoint_made(
        use_cases.rotate(service.database, caller.tenant_id, row_id, settings=service.settings, actor=caller.actor)
    )


@router.delete("/v1/endpoints/{endpoint_id}/secret/former", status_code=204, responses=documented(401, 403, 404, 503))
def retire_secret(endpoint_id: str, caller: Configurer, service: Service) -> None:
    """Let the former secret sign no more, before its 24 hours are over."""
    row_id = ids.row_id(ids.ENDPOINT, endpoint_id)
    use_cases.retire(service.database, caller.tenant_id, row_id, settings=service.settings, actor=caller.actor)


@router.post("/v1/endpoints/{endpoint_id}/test", status_code=202, responses=documented(401, 403, 404, 409, 503))
def try_endpoint(endpoint_id: str, caller: Configurer, service: Service) -> CallbackView:
    """Send the endpoint an `endpoint.test`, signed and tried as every callback is."""
    row_id = ids.row_id(ids.ENDPOINT, endpoint_id)
    callback_id = use_cases.try_out(service.database, service.bell, caller.tenant_id, row_id, actor=caller.actor)
    return get_callback(ids.public(ids.CALLBACK, callback_id), caller, service)


@router.get("/v1/callbacks", responses=documented(400, 401, 403, 404, 422, 503))
def list_callbacks(caller: Reader, service: Service, query: Annotated[CallbackQuery, Query()]) -> CallbackPage:
    """List callbacks, newest first, narrowed to an endpoint, a state or an event."""
    paging = paging_of(caller, service, limit=query.limit)
    endpoint_id = None if query.endpoint_id is None else ids.row_id(ids.ENDPOINT, query.endpoint_id)
    wanted = Wanted(endpoint_id, query.state, query.event)
    with service.database.begin(caller.tenant_id) as session:
        found = callbacks.page(session, wanted, after=paging.after(query.cursor), limit=paging.num_asked)
    page, next_cursor = paging.cut(found, lambda one: Cursor(one.callback.created_at, one.callback.id))
    return CallbackPage(
        data=[callback_view(one) for one in page],
        has_more=next_cursor is not None,
        next_cursor=next_cursor,
    )


@router.get("/v1/callbacks/{callback_id}", responses=documented(401, 403, 404, 503))
def get_callback(callback_id: str, caller: Reader, service: Service) -> CallbackView:
    """Read one callback: how often it was tried, what came of it, when it is tried next."""
    row_id = ids.row_id(ids.CALLBACK, callback_id)
    with service.database.begin(caller.tenant_id) as session:
        found = callbacks.find(session, row_id)
    if found is None:
        raise NotFound("there is no such callback")
    return callback_view(found)


@router.post("/v1/callbacks/{callback_id}/replay", status_code=202, responses=documented(401, 403, 404, 409, 503))
def replay_callback(callback_id: str, caller: Configurer, service: Service) -> CallbackView:
    """Tell the endpoint again, under the same `webhook-id`; what waits for its next attempt is tried now."""
    row_id = ids.row_id(ids.CALLBACK, callback_id)
    return callback_view(replay(service.database, service.bell, caller.tenant_id, row_id, actor=caller.actor))


@router.post(
    "/v1/callbacks/replay",
    status_code=202,
    responses=documented(400, 401, 403, 404, 409, 413, 415, 422, 503),
    openapi_extra={"requestBody": bodies.document(ReplayBody)},
)
def replay_callbacks(caller: Configurer, service: Service, raw: Body, media_type: MediaType) -> Replayed:
    """Tell an endpoint again what it was not told, or all that it was told, in a time."""
    body = bodies.model(raw, media_type, ReplayBody)
    num_replayed = replay_range(
        service.database,
        caller.tenant_id,
        ids.row_id(ids.ENDPOINT, body.endpoint_id),
        actor=caller.actor,
        since=body.since,
        until=body.until,
        only_failed=body.only_failed,
    )
    return Replayed(num_replayed=num_replayed)
