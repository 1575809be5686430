"""Platforms on this machine: servers that answer as the published APIs of Twilio, Genesys and Zoom do."""

import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    @property
    def authorization(self) -> str | None:
        return self.headers.get("authorization")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server says; `length` says how long the body is, true or not."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None


Answers = Callable[[Asked], Reply]


def as_json(value: object, *, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


NOT_FOUND = as_json({"code": "not.found"}, status=404)
UNAUTHORIZED = as_json({"code": "bad.credentials"}, status=401)


def patience(seconds: int) -> Reply:
    """Too many requests."""
    return Reply(429, headers={"Retry-After": str(seconds)})


class Platform:
    """Says what `answers` says, or what is queued in `first` before that; remembers who asked for what."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.first: list[Reply] = []
        self.asked: list[Asked] = []

    def __call__(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return self.first.pop(0) if self.first else self._answers(asked)

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


class _Routed(httpx.BaseTransport):
    """The internet of a test: hosts stand on this machine, and there are no others."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = addresses
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        address = self._addresses.get(request.url.host)
        if address is None:
            raise httpx.ConnectError("no such host", request=request)
        target = httpx.URL(address)
        request.url = request.url.copy_with(scheme="http", host=target.host, port=target.port)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


@contextmanager
def internet(platforms: Mapping[str, Answers]) -> Iterator[httpx.Client]:
    """A client that reaches these hosts."""
    with ExitStack() as stack:
        addresses = {host: stack.enter_context(_served(answers)) for host, answers in platforms.items()}
        yield stack.enter_context(httpx.Client(transport=_Routed(addresses), timeout=10, trust_env=False))


@contextmanager
def _served(answers: Answers) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body together, or the client's delayed acknowledgment costs 40 ms

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.casefold(): value for name, value in self.headers.items()}
            reply = answers(Asked(self.command, url.path, parse_qs(url.query), headers, body))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body) if reply.length is None else reply.length))
            self.end_headers()
            self.wfile.write(reply.body)
            self.close_connection = reply.length is not None

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None: ...

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None: ...  # a client may hang up

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _basic(asked: Asked) -> str:
    """Name and password of basic authorization."""
    return base64.b64decode((asked.authorization or "").removeprefix("Basic ")).decode()


class Twilio:
    """One account's transcript, with pages of sentences behind page tokens."""

    def __init__(self, transcript: Mapping[str, Any], pages: Sequence[Mapping[str, Any]]) -> None:
        self.transcript = dict(transcript)
        self.pages = [dict(page) for page in pages]
        self.base = "https://intelligence.twilio.com"
        self.credentials = {"account_sid": "AC1", "auth_token": "token-1"}

    def __call__(self, asked: Asked) -> Reply:
        if _basic(asked) != ":".join(self.credentials.values()):
            return UNAUTHORIZED
        path = f"/v2/Transcripts/{self.transcript['sid']}"
        if asked.path == path:
            return as_json(self.transcript)
        if asked.path != f"{path}/Sentences":
            return NOT_FOUND
        number = int(asked.query.get("Page", ["0"])[0])
        if number and asked.query.get("PageToken") != [f"PT{number}"]:
            return as_json({"code": 20001}, status=400)
        following = f"{self.base}{path}/Sentences?Page={number + 1}&PageToken=PT{number + 1}"
        is_last = number + 1 == len(self.pages)
        return as_json({"meta": {"next_page_url": None if is_last else following}} | self.pages[number])


class Genesys:
    """One organization: login, API and the place where transcripts lie, each a host of its own."""

    login, api, files = "login.mypurecloud.com", "api.mypurecloud.com", "files.example.com"

    def __init__(self, conversation: Mapping[str, Any], transcripts: Mapping[str, bytes]) -> None:
        self.conversation = dict(conversation)
        self.transcripts = dict(transcripts)  #: by communication
        self.credentials = {"client_id": f"client-{uuid4()}", "client_secret": "secret-1"}
        self.good_tokens: set[str] = set()
        self.good_links: set[str] = set()
        self.are_links_late = False
        self._numbers = count(1)

    def hosts(self) -> dict[str, Answers]:
        return {self.login: self.grant, self.api: self.tell, self.files: self.give}

    def grant(self, asked: Asked) -> Reply:
        form = parse_qs(asked.body.decode())
        if asked.path != "/oauth/token" or asked.method != "POST" or form.get("grant_type") != ["client_credentials"]:
            return as_json({"error": "invalid_request"}, status=400)
        if _basic(asked) != ":".join(self.credentials.values()):
            return as_json({"error": "invalid_client"}, status=401)
        token = f"token-{next(self._numbers)}"
        self.good_tokens.add(token)
        return as_json({"access_token": token, "token_type": "bearer", "expires_in": 86399})

    def tell(self, asked: Asked) -> Reply:
        if (asked.authorization or "").removeprefix("Bearer ") not in self.good_tokens:
            return UNAUTHORIZED
        conversation_id = self.conversation["id"]
        if asked.path == f"/api/v2/conversations/{conversation_id}":
            return as_json(self.conversation)
        path = f"/api/v2/speechandtextanalytics/conversations/{conversation_id}/communications/"
        communication_id = asked.path.removeprefix(path).removesuffix("/transcripturl")
        if communication_id not in self.transcripts:
            return NOT_FOUND
        link = f"https://{self.files}/{communication_id}?X-Amz-Signature={next(self._numbers)}"
        if not self.are_links_late:
            self.good_links.add(link)
        return as_json({"url": link})

    def give(self, asked: Asked) -> Reply:
        if asked.authorization is not None:
            return Reply(400, b"<Code>InvalidArgument</Code>")  # as S3 does: only one way of authorization
        link = f"https://{self.files}{asked.path}?X-Amz-Signature={asked.query.get('X-Amz-Signature', [''])[0]}"
        if link not in self.good_links:
            return Reply(403, b"<Code>AccessDenied</Code>")
        return Reply(200, self.transcripts[asked.path.removeprefix("/")])
