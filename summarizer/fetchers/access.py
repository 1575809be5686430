"""What a fetch has at hand, what it gives, and the one way in which all of them read an answer: with bounds."""

import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from time import monotonic

import httpx

from summarizer.conversation import Conversation
from summarizer.errors import AddressForbidden
from summarizer.fetchers.failures import TryLater, Unfetchable, WhyNotFetched
from summarizer.retry_after import retry_after

MAX_BYTES = 20_000_000  # of one answer, unpacked
ANSWER_SECONDS = 30.0

_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,100}")
_FOR_NOW = (408, 425, 429)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One conversation; `leg` is the platform's id of the part it is, None for a whole."""

    conversation: Conversation
    leg: str | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """How one source's platform is read."""

    client: httpx.Client
    credentials: Mapping[str, str]
    options: Mapping[str, object]
    ends_at: float = inf  #: on `monotonic`: the whole fetch is over by then

    def credential(self, name: str) -> str:
        """One of the source's credentials; raises Unfetchable when it has none."""
        value = self.credentials.get(name)
        if not value:
            raise Unfetchable(WhyNotFetched.NOT_PERMITTED)
        return value

    def option(self, name: str, default: str) -> str:
        """An option that is text."""
        value = self.options.get(name)
        return value if isinstance(value, str) and value else default

    def address(self, name: str, default: str) -> str:
        """An option that is the address of an API, without a slash at its end."""
        return self.option(name, default).rstrip("/")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform said; the body of a 200 only."""

    status: int
    body: bytes
    location: str | None


def answer(
    access: Access,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> Answer:
    """The answer to GET, or to POST with a form; nothing is followed.

    Raises TryLater for network trouble, 429 and 5xx, Unfetchable for an answer of more than 20 MB.
    """
    ends_at = min(access.ends_at, monotonic() + ANSWER_SECONDS)
    try:
        limit = {"seconds": max(ends_at - monotonic(), 0.0)}  # of the client that `outbound` makes
        method = "GET" if form is None else "POST"
        request = access.client.build_request(method, url, headers=headers, data=form, extensions=limit)
        request.headers.pop("Cookie", None)  # the client is shared, and a platform's cookie may be another tenant's
        response = access.client.send(request, auth=auth, stream=True, follow_redirects=False)
        with closing(response):
            _check_patience(response)
            body = _body(response, ends_at=ends_at) if response.status_code == 200 else b""
    except (httpx.TransportError, httpx.DecodingError):
        raise TryLater(WhyNotFetched.UNREACHABLE) from None
    except httpx.InvalidURL:
        raise Unfetchable(WhyNotFetched.PLATFORM_FAILED) from None
    except AddressForbidden:
        raise Unfetchable(WhyNotFetched.NOT_PERMITTED) from None
    return Answer(response.status_code, body, response.headers.get("Location"))


def content(found: Answer) -> bytes:
    """The body of a good answer; raises Unfetchable for every other."""
    if found.status == 200:
        return found.body
    if found.status in (401, 403):
        raise Unfetchable(WhyNotFetched.NOT_PERMITTED)
    if found.status in (404, 410):
        raise Unfetchable(WhyNotFetched.NOT_FOUND)
    raise Unfetchable(WhyNotFetched.PLATFORM_FAILED)


def named(resource: Mapping[str, str], name: str) -> str:
    """What the event names; raises Unfetchable when it does not."""
    value = resource.get(name)
    if not value:
        raise Unfetchable(WhyNotFetched.NOT_FOUND)
    return value


def identifier(value: str) -> str:
    """An id that may stand in a path; raises Unfetchable for what could lead elsewhere."""
    if not _IDENTIFIER.fullmatch(value):
        raise Unfetchable(WhyNotFetched.NOT_FOUND)
    return value


def parsed(url: str) -> httpx.URL:
    """An address that a platform gave; raises Unfetchable when it is none."""
    try:
        return httpx.URL(url)
    except httpx.InvalidURL:
        raise Unfetchable(WhyNotFetched.PLATFORM_FAILED) from None


def _check_patience(response: httpx.Response) -> None:
    if response.status_code in _FOR_NOW or response.status_code >= 500:
        wait = retry_after(response.headers.get("Retry-After"), now=datetime.now(UTC))
        raise TryLater(WhyNotFetched.UNREACHABLE, retry_after=wait)


def _body(response: httpx.Response, *, ends_at: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_BYTES:
            raise Unfetchable(WhyNotFetched.UNREADABLE)
        if monotonic() > ends_at:
            raise TryLater(WhyNotFetched.UNREACHABLE)
    return bytes(body)
