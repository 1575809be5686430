"""An endpoint on this machine that answers as it is told, and remembers what it was sent."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOLD_SECONDS = 10.0
DEAF = 0  #: instead of a status: the connection is reset


@dataclass(frozen=True, slots=True)
class Received:
    """One request."""

    headers: dict[str, str]
    raw: bytes
    path: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered; one that is held waits first, a dripping one sends a byte at a time."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes = b"ok"
    held: threading.Event | None = None  #: nothing is answered until it is set
    drip_seconds: float = 0.0  #: between two bytes of its headers


@dataclass
class Receiver:
    """The endpoint; the last of its replies is given from then on."""

    url: str
    replies: list[Reply]
    received: list[Received] = field(default_factory=list)
    num_written: int = 0  #: bytes of bodies that somebody took

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextmanager
def receiving(*replies: Reply, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver until the block is left."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.daemon_threads = True
    server.block_on_close = False
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook", list(replies or [Reply(200)]))
    server.RequestHandlerClass = _handler(receiver)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


def _handler(receiver: Receiver) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            receiver.received.append(Received({k.lower(): v for k, v in self.headers.items()}, raw, self.path))
            reply = receiver.next_reply()
            if reply.held is not None:
                reply.held.wait(HOLD_SECONDS)
            try:
                self._answer(reply)
            except OSError:  # who asked has gone
                self.close_connection = True

        def _answer(self, reply: Reply) -> None:
            if reply.status == DEAF:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                return
            if reply.drip_seconds:
                for byte in b"HTTP/1.1 200 OK\r\nx: " + b"y" * 1000:
                    self.connection.sendall(bytes([byte]))
                    time.sleep(reply.drip_seconds)
            self.send_response(reply.status)
            for name, value in {"content-length": str(len(reply.raw)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            for start in range(0, len(reply.raw), 8192):
                receiver.num_written += self.connection.send(reply.raw[start : start + 8192])

        def log_message(self, *_: object) -> None:
            """It says nothing."""

    return Handler
