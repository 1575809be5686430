"""Errors as problem+json (RFC 9457): the only place that knows which status an error is."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.safety import HEADERS
from summarizer import errors
from summarizer.log import logger
from summarizer.metrics import http

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = "2"
RETRY_AFTER = {"Retry-After": {"description": "Seconds", "required": True, "schema": {"type": "integer", "minimum": 1}}}


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem: its stable type is `/problems/` and the slug."""

    status: int
    slug: str
    title: str


class RequestRefused(errors.SummarizerError):
    """The request is wrong as HTTP, before anybody looks at what it says."""

    def __init__(self, problem: Problem, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.problem = problem
        self.headers = headers


INVALID_JSON = Problem(400, "invalid-json", "The body is not JSON")
INVALID_CURSOR = Problem(400, "invalid-cursor", "The cursor is not one we gave you")
BAD_REQUEST = Problem(400, "bad-request", "The request cannot be understood")
UNAUTHORIZED = Problem(401, "unauthorized", "A valid API key is needed")
NOT_FOUND = Problem(404, "not-found", "There is no such thing")
NO_SUMMARY = Problem(404, "no-summary", "This conversation has no summary")
UNKNOWN_PLATFORM = Problem(404, "unknown-platform", "Nothing is sent by this platform")
METHOD_NOT_ALLOWED = Problem(405, "method-not-allowed", "The method is not allowed here")
REQUEST_TIMEOUT = Problem(408, "request-timeout", "The request took too long to come")
PAYLOAD_TOO_LARGE = Problem(413, "payload-too-large", "The body is too large")
UNSUPPORTED = Problem(415, "unsupported-media-type", "The body is of a type nobody reads here")
VALIDATION_FAILED = Problem(422, "validation-failed", "The request does not say what it must")
PRECONDITION_REQUIRED = Problem(428, "precondition-required", "If-Match is needed")
INTERNAL = Problem(500, "internal", "Something broke on our side")
UNAVAILABLE = Problem(503, "unavailable", "The service cannot do this now")

# The first class an error is an instance of decides, so a class stands before its parents.
TABLE: dict[type[Exception], Problem] = {
    errors.InvalidEncoding: Problem(400, "invalid-encoding", "The body is not UTF-8"),
    errors.InvalidJson: INVALID_JSON,
    errors.JsonTooDeep: Problem(422, "json-too-deep", "The JSON is nested too deeply"),
    errors.DuplicateKey: Problem(422, "duplicate-key", "A key stands twice in one JSON object"),
    errors.LimitExceeded: Problem(422, "limit-exceeded", "The conversation is larger than the service takes"),
    errors.EmptyConversation: Problem(422, "empty-conversation", "Nobody says anything"),
    errors.InvalidTranscript: VALIDATION_FAILED,
    errors.UnknownFormat: UNSUPPORTED,
    errors.InvalidRequest: VALIDATION_FAILED,
    errors.AddressForbidden: Problem(422, "url-not-allowed", "This address is not called"),
    errors.Erased: Problem(410, "erased", "The conversation was erased"),
    errors.NotFound: NOT_FOUND,
    errors.EditConflict: Problem(412, "edit-conflict", "The summary was changed meanwhile"),
    errors.RequestInProgress: Problem(409, "idempotency-in-progress", "The same request is being worked on"),
    errors.Conflict: Problem(409, "conflict", "The request contradicts the present state"),
    errors.IdempotencyKeyReused: Problem(422, "idempotency-key-reused", "The idempotency key was used before"),
    errors.SignatureMissing: Problem(401, "signature-missing", "The delivery is not signed"),
    errors.SignatureExpired: Problem(401, "signature-expired", "The delivery's time is too far from ours"),
    errors.SignatureRefused: Problem(401, "signature-invalid", "The delivery's signature is wrong"),
    errors.Unauthenticated: UNAUTHORIZED,
    errors.NotPermitted: Problem(403, "insufficient-scope", "This key may not do that"),
    errors.TooManyRequests: Problem(429, "rate-limited", "Too many requests in a second"),
    errors.Unavailable: UNAVAILABLE,
}

ALL = {one.slug: one for one in [*TABLE.values(), *globals().values()] if isinstance(one, Problem)}

_BY_STATUS = {404: NOT_FOUND, 405: METHOD_NOT_ALLOWED, 400: BAD_REQUEST, 413: PAYLOAD_TOO_LARGE}


def install(app: FastAPI) -> None:
    """Answer every error as a problem."""
    app.add_exception_handler(errors.SummarizerError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


def answer(
    problem: Problem, request: Request, *, detail: str, headers: Mapping[str, str] | None = None, **more: Any
) -> JSONResponse:
    """One problem as a response; `instance` is the request's id."""
    http.count_problem(problem.slug)
    body = document(problem, detail=detail, request_id=getattr(request.state, "request_id", "unknown"), **more)
    return JSONResponse(body, problem.status, media_type=MEDIA_TYPE, headers={**headers_of(problem), **(headers or {})})


def document(problem: Problem, *, detail: str, request_id: str, **more: Any) -> dict[str, Any]:
    """What a problem says."""
    return {
        "type": f"/problems/{problem.slug}",
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        "instance": f"urn:request:{request_id}",
        **{name: value for name, value in more.items() if value is not None},
    }


def headers_of(problem: Problem) -> dict[str, str]:
    """What goes with it."""
    headers = dict(HEADERS)
    if problem.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="wrapup"'
    if problem.status in (409, 503):
        headers["Retry-After"] = RETRY_SECONDS
    return headers


def of_head(status: int) -> Problem:
    """What is wrong with a request before anybody sees it whole."""
    return replace(BAD_REQUEST, status=status)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error answers of a route, for the OpenAPI document; whose requests are known, theirs are counted."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    counted = {429} if 401 in statuses else set()
    return {
        status: {"description": "Problem", "content": content} | ({"headers": RETRY_AFTER} if status == 429 else {})
        for status in sorted({*statuses} | counted)
    }


async def _known(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, RequestRefused):
        return answer(error.problem, request, detail=str(error), headers=error.headers)
    return answer(_problem_of(error), request, detail=str(error), headers=_wait(error), errors=_places(error) or None)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """A parameter that FastAPI refused; what the caller sent is not repeated."""
    assert isinstance(error, RequestValidationError)
    if any(one["loc"][0] == "path" for one in error.errors()):
        return answer(NOT_FOUND, request, detail="there is no such thing")
    found = [{"pointer": "/".join(map(str, one["loc"])), "detail": one["msg"]} for one in error.errors()]
    return answer(VALIDATION_FAILED, request, detail="a parameter cannot be understood", errors=found)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    problem = _BY_STATUS.get(error.status_code, Problem(error.status_code, "bad-request", "The request failed"))
    return answer(problem, request, detail=problem.title.lower(), headers=error.headers)


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    logger(__name__).error("unforeseen", exc_info=error)
    return answer(INTERNAL, request, detail="the log says more under this request id")


def _problem_of(error: Exception) -> Problem:
    return next((problem for kind, problem in TABLE.items() if isinstance(error, kind)), INTERNAL)


def _wait(error: Exception) -> dict[str, str]:
    """How long to wait, in whole seconds, where the error knows."""
    if not isinstance(error, errors.TooManyRequests):
        return {}
    return {"Retry-After": str(max(1, math.ceil(error.wait.total_seconds())))}


def _places(error: Exception) -> list[dict[str, str]]:
    if isinstance(error, errors.InvalidTranscript):
        if error.problems:
            return [{"pointer": one.pointer, "detail": one.detail} for one in error.problems]
        return [{"pointer": error.pointer, "detail": error.detail}]
    if isinstance(error, errors.InvalidRequest):
        return [{"pointer": error.field, "detail": error.detail}]
    return []
