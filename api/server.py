"""The HTTP server, `python -m api.server`: what a client may send, for how long, and how many at once.

uvicorn alone takes a head of any size that comes in one piece, waits for a body for ever, and answers in plain text.
Here each connection owes us something, or nothing, and a clock runs while it does:

    head ─▶ body ─▶ nothing (we work) ─▶ idle ─▶ head ...
"""

import asyncio
import json
import time
from collections.abc import Mapping
from enum import Enum, auto
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from api import problems
from api.app import create_app
from summarizer.metrics import http
from summarizer.metrics.exposition import serve
from summarizer.settings import Settings

if TYPE_CHECKING:
    from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

KEEP_ALIVE_SECONDS = 30
STOP_SECONDS = 20
LINGER_SECONDS = 2.0  # between our last word and the end of the connection, so that the client can read it
BACKLOG = 2048


class Owed(Enum):
    """What a client has yet to send."""

    HEAD = auto()
    BODY = auto()
    REST = auto()  #: of a body that nobody wants any more
    NOTHING = auto()  #: we work
    IDLE = auto()  #: it may send a request, or not


class HeadLimits(h11.Connection):
    """h11 with limits that hold for a head that comes in one piece as well."""

    def __init__(self, *, max_head_bytes: int, max_target_bytes: int) -> None:
        super().__init__(h11.SERVER, max_head_bytes)
        self._max_head_bytes = max_head_bytes
        self._max_target_bytes = max_target_bytes
        self.refusal = (400, "this is no HTTP request")

    @property
    def has_begun(self) -> bool:
        """Part of the next head has come."""
        return bool(self._receive_buffer)

    def next_event(self) -> Any:
        """The next event; raises RemoteProtocolError, and `refusal` then says what to answer."""
        is_head = self.their_state is h11.IDLE
        try:
            event = super().next_event()
        except h11.RemoteProtocolError as error:
            self.refusal = self._refusal_of(error, is_head=is_head)
            raise
        if isinstance(event, h11.Request):
            self._check(event)
        return event

    def _check(self, request: h11.Request) -> None:
        if len(request.target) > self._max_target_bytes:
            self._refuse(414, f"an address has at most {self._max_target_bytes} bytes")
        if sum(len(name) + len(value) + 4 for name, value in request.headers) > self._max_head_bytes:
            self._refuse(431, f"headers have at most {self._max_head_bytes} bytes")
        if request.http_version not in (b"1.0", b"1.1"):
            self._refuse(400, "HTTP/1.1 is spoken here")
        names = [name for name, _ in request.headers]
        # Two servers could see two different ends of such a body, and so two different requests (RFC 9112, 6.3).
        if b"transfer-encoding" in names and (b"content-length" in names or request.http_version == b"1.0"):
            self._refuse(400, "send Content-Length or Transfer-Encoding, not both")

    def _refuse(self, status: int, detail: str) -> None:
        self.refusal = (status, detail)
        raise h11.RemoteProtocolError(detail, error_status_hint=status)

    def _refusal_of(self, error: h11.RemoteProtocolError, *, is_head: bool) -> tuple[int, str]:
        if not is_head:
            return 400, "the body does not end as its head says"
        if error.error_status_hint != 431:
            return 400, "this is no HTTP request"
        if b"\r\n" not in bytes(self._receive_buffer)[: self._max_head_bytes]:
            return 414, f"an address has at most {self._max_target_bytes} bytes"
        return 431, f"headers have at most {self._max_head_bytes} bytes"


class LimitedProtocol(H11Protocol):
    """One connection, with a clock for what its client owes."""

    settings: Settings  #: set by `protocol_of`

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.conn: HeadLimits = HeadLimits(
            max_head_bytes=self.settings.max_head_bytes, max_target_bytes=self.settings.max_target_bytes
        )
        self.owed = Owed.HEAD
        self.since = time.monotonic()
        self._received = 0  # bytes, of what is owed
        self._clock: asyncio.TimerHandle | None = None
        self._reading_clock: asyncio.TimerHandle | None = None
        self._is_over = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection; when there are too many, another one makes room or this one is told to come later."""
        super().connection_made(transport)
        num_open, most = len(self.connections), self.settings.max_connections
        if num_open > 2 * most:
            transport.abort()
            return
        if num_open > most and not self._make_room():
            self.app = _overloaded
        self._owe(Owed.HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        self._is_over = True
        self._stop_clock()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, unless all has been said."""
        if self._is_over:
            return
        self._received += len(data)
        super().data_received(data)

    def handle_events(self) -> None:
        """Read what came, then see what is owed."""
        super().handle_events()
        self._see_what_is_owed()

    def on_response_complete(self) -> None:
        """The client may send its next request, or the rest of a body nobody wants."""
        super().on_response_complete()
        self._see_what_is_owed()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Say what was wrong with the head or the framing, and hang up."""
        status, detail = self.conn.refusal
        self._end(problems.of_head(status), detail=detail)

    def pause_writing(self) -> None:
        """The client does not read what we write; it has as long as for a body."""
        super().pause_writing()
        if self._reading_clock is None:
            seconds = self.settings.body_timeout.total_seconds()
            self._reading_clock = self.loop.call_later(seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """It reads again."""
        super().resume_writing()
        if self._reading_clock is not None:
            self._reading_clock.cancel()
            self._reading_clock = None

    def _see_what_is_owed(self) -> None:
        if self._is_over or self.transport.is_closing():
            return
        owed = Owed.NOTHING
        if self.conn.their_state is h11.IDLE:
            is_new = self.cycle is None
            owed = Owed.HEAD if is_new or self.conn.has_begun else Owed.IDLE
        elif self.conn.their_state is h11.SEND_BODY:
            owed = Owed.REST if self.cycle.response_complete else Owed.BODY
        if owed is not self.owed:
            self._owe(owed)

    def _owe(self, owed: Owed) -> None:
        self.owed, self.since, self._received = owed, time.monotonic(), 0
        self._stop_clock()
        if owed in (Owed.HEAD, Owed.BODY, Owed.REST):
            self._clock = self.loop.call_later(self._seconds_left(), self._look)

    def _seconds_left(self) -> float:
        allowed = {
            Owed.HEAD: self.settings.head_timeout.total_seconds(),
            Owed.BODY: self.settings.body_timeout.total_seconds()
            + self._received / self.settings.body_bytes_per_second,
            Owed.REST: self.settings.head_timeout.total_seconds(),
        }[self.owed]
        return self.since + allowed - time.monotonic()

    def _look(self) -> None:
        if self.flow.read_paused:  # it is we who are slow
            self.since = time.monotonic()
        left = self._seconds_left()
        if left > 0:
            self._clock = self.loop.call_later(left, self._look)
        elif self.owed is Owed.HEAD and not self.conn.has_begun:
            self.transport.close()
        elif self.owed is Owed.REST:
            self.transport.abort()
        else:
            self._end(problems.REQUEST_TIMEOUT, detail=f"the {self.owed.name.lower()} took too long to come")

    def _make_room(self) -> bool:
        """Hang up on whoever has kept us waiting for longest, before an idle client; False when all are at work."""
        waiting = [
            one
            for one in cast("set[LimitedProtocol]", self.connections)
            if one is not self and one.owed in (Owed.HEAD, Owed.IDLE) and not one.transport.is_closing()
        ]
        if not waiting:
            return False
        min(waiting, key=lambda one: (one.owed is Owed.IDLE, one.since)).transport.abort()
        return True

    def _end(self, problem: problems.Problem, *, detail: str) -> None:
        """Our last word on this connection; what still comes is not looked at.

        The end waits a moment: to close while bytes come would take the answer from the client (RFC 9112, 9.6).
        """
        self._is_over = True
        self._stop_clock()
        self._unset_keepalive_if_required()
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if self.cycle.response_started:  # half an answer stands there: nothing can follow it
                self.transport.abort()
                return
        self.flow.resume_reading()
        self.transport.write(_answer(problem, detail=detail))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._clock = self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None


def protocol_of(settings: Settings) -> type[LimitedProtocol]:
    """Connections with these limits."""
    return type("Protocol", (LimitedProtocol,), {"settings": settings})


def main() -> None:
    """Serve until a signal comes."""
    settings = Settings()
    app = create_app(settings)
    serve(settings)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        http=protocol_of(settings),
        ws="none",
        backlog=BACKLOG,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


def _answer(problem: problems.Problem, *, detail: str) -> bytes:
    body, headers = _problem(problem, detail=detail)
    status = f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}"
    lines = [status, *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def _problem(problem: problems.Problem, *, detail: str) -> tuple[bytes, Mapping[str, str]]:
    http.count_problem(problem.slug)
    request_id = uuid4().hex
    body = json.dumps(problems.document(problem, detail=detail, request_id=request_id)).encode()
    headers = problems.headers_of(problem) | {
        "Content-Type": problems.MEDIA_TYPE,
        "Content-Length": str(len(body)),
        "Request-Id": request_id,
        "Connection": "close",
    }
    return body, headers


async def _overloaded(_: "Scope", __: "ASGIReceiveCallable", send: "ASGISendCallable") -> None:
    """The whole app of a connection for which there is no room."""
    body, headers = _problem(problems.UNAVAILABLE, detail="too many connections are open")
    lines = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": problems.UNAVAILABLE.status, "headers": lines})
    await send({"type": "http.response.body", "body": body, "more_body": False})


if __name__ == "__main__":
    main()
