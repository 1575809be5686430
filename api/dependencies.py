"""What a route asks for: the service's parts, and the body as bytes."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import ClientDisconnect

from api.problems import BAD_REQUEST, PAYLOAD_TOO_LARGE, UNSUPPORTED, RequestRefused
from summarizer.errors import InvalidRequest
from summarizer.settings import Settings
from summarizer.store.database import Database
from summarizer.submit import Bell
from summarizer.tariff import Tariff

MAX_NAME_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Parts:
    """What the app was built with."""

    settings: Settings
    database: Database
    bell: Bell
    tariff: Tariff = field(default_factory=Tariff)  #: of the backends that there are


def parts(request: Request) -> Parts:
    """The parts of the running app."""
    found: Parts = request.app.state.parts
    return found


Service = Annotated[Parts, Depends(parts)]


def parameters_once(request: Request) -> None:
    """Refuse a query parameter that is given twice, of which a route would see but one."""
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name in seen:
            raise InvalidRequest("this parameter may be given once", field=f"query/{name[:MAX_NAME_CHARACTERS]}")
        seen.add(name)


async def raw_body(request: Request) -> bytes:
    """The body as it came."""
    return await _received(request, parts(request).settings.max_body_bytes)


async def raw_batch(request: Request) -> bytes:
    """A body of many documents as it came."""
    return await _received(request, parts(request).settings.max_batch_bytes)


async def _received(request: Request, limit: int) -> bytes:
    """Counted while it arrives, so that no header can lie about its size."""
    codings = {
        coding.strip().lower() for one in request.headers.getlist("content-encoding") for coding in one.split(",")
    }
    if codings - {"identity", ""}:
        headers = {"Accept-Encoding": "identity"}  # RFC 9110, 15.5.16
        raise RequestRefused(UNSUPPORTED, "send the body without Content-Encoding", headers=headers)
    too_large = RequestRefused(PAYLOAD_TOO_LARGE, f"a body has at most {limit} bytes")
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > limit:
        raise too_large
    chunks: list[bytes] = []
    received = 0
    try:
        async for chunk in request.stream():
            received += len(chunk)
            if received > limit:
                raise too_large
            chunks.append(chunk)
    except ClientDisconnect:
        raise RequestRefused(BAD_REQUEST, "the connection ended before the body did") from None
    return b"".join(chunks)


Body = Annotated[bytes, Depends(raw_body)]
BatchBody = Annotated[bytes, Depends(raw_batch)]


def media_type(request: Request) -> str:
    """The body's type without its parameters; JSON when the caller does not say."""
    return request.headers.get("content-type", "application/json").split(";")[0].strip().lower()


MediaType = Annotated[str, Depends(media_type)]
