"""`wrapup serve` as its own process, and raw requests to it that no client library would send."""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path

import httpx

from summarizer.processes import free_port, running
from summarizer.settings import Settings

HOST = "127.0.0.1"
START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `status` is None when the connection ended without an answer."""

    status: int | None
    headers: Mapping[str, str]  #: names in lower case
    body: bytes


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server answers."""

    port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def connect(self, *, timeout: float = 20) -> socket.socket:
        """A connection."""
        return socket.create_connection((HOST, self.port), timeout=timeout)

    def send(self, raw: bytes) -> Answer:
        """These very bytes, and what comes back."""
        with self.connect() as connection:
            connection.sendall(raw)
            return answer_on(connection)


@contextmanager
def serving(settings: Settings, *, log: Path, **environment: str) -> Iterator[Address]:
    """A server with these settings, until the block is left."""
    address = Address(free_port())
    secrets = {
        name.upper(): getattr(settings, name).get_secret_value() for name in ("database_url", "redis_url", "master_key")
    }
    given = {**os.environ, **secrets, "HOST": HOST, "PORT": str(address.port), **environment}
    command = [sys.executable, "-m", "summarizer.cli", "serve"]
    with running(command, log=log, stop=signal.SIGTERM, environment=given, directory=os.getcwd()):
        _wait(address, log)
        yield address


def answer_on(connection: socket.socket) -> Answer:
    """The next answer on a connection."""
    response = HTTPResponse(connection)
    try:
        response.begin()
        body = response.read()
    except (OSError, ValueError) as error:
        if isinstance(error, TimeoutError):
            raise
        return Answer(None, {}, b"")
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)


def _wait(address: Address, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{address.url}/readyz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(log.read_text())
