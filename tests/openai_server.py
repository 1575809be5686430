"""A server on this machine that speaks OpenAI's API, as vLLM and llama.cpp do: `python -m tests.openai_server`.

It remembers what it was asked, answers with notes made of the call's own sentences, and misbehaves when told to.
"""

import argparse
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

MODEL = "meta-llama/Llama-3.1-8B-Instruct"
CHARACTERS_PER_TOKEN = 4
HOLD_SECONDS = 10.0  #: of a reply that hangs, at most
_SAID = re.compile(r"^(Agent|Customer)\d*: (.+)$", re.MULTILINE)
_DONE = re.compile(r"\bI(?: have|'ve|’ve| will|'ll|’ll) ", re.IGNORECASE)

Write = Callable[[str, str], str]  #: what the system and the user say, to what is written


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived."""

    path: str
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def user(self) -> str:
        """What the user says, which is the conversation."""
        return str(self.body["messages"][-1]["content"])


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said instead of an answer; a cut one ends in the middle, one that hangs waits first."""

    status: int = 200
    raw: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False
    hangs: bool = False


@dataclass
class Server:
    """What runs at `url`; replies that are queued in `first` are given before any answer."""

    url: str
    write: Write
    key: str | None = None
    seconds: float = 0.0  #: that an answer takes
    max_model_len: int = 8192
    first: list[Reply] = field(default_factory=list)
    always: Reply | None = None
    asked: list[Asked] = field(default_factory=list)
    num_at_once: int = 0
    most_at_once: int = 0
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reply(self, asked: Asked, *, is_question: bool) -> Reply:
        """The answer to one request, or what is said instead."""
        with self.lock:
            self.asked.append(asked)
            instead = self.first.pop(0) if self.first else self.always
        if instead is not None:
            return instead
        if self.key is not None and asked.headers.get("authorization") != f"Bearer {self.key}":
            return _refusal(HTTPStatus.UNAUTHORIZED, "Incorrect API key provided.", "invalid_api_key")
        if not is_question:
            return _models() if asked.path == "/v1/models" else _refusal(HTTPStatus.NOT_FOUND, "Not Found", None)
        if asked.path != "/v1/chat/completions":
            return _refusal(HTTPStatus.NOT_FOUND, "Not Found", None)
        return self._completion(asked)

    def _completion(self, asked: Asked) -> Reply:
        try:
            body = asked.body
            texts = [str(one["content"]) for one in body["messages"]]
            limit, model = int(body["max_tokens"]), body["model"]
        except (ValueError, KeyError, TypeError):
            return _refusal(HTTPStatus.BAD_REQUEST, "The request is not understood.", None)
        if model != MODEL:
            return _refusal(HTTPStatus.NOT_FOUND, f"The model `{model}` does not exist.", "model_not_found")
        num_read = sum(map(_num_tokens, texts))
        if num_read + limit > self.max_model_len:
            reason = f"This model's maximum context length is {self.max_model_len} tokens."
            return _refusal(HTTPStatus.BAD_REQUEST, reason, "context_length_exceeded")
        time.sleep(self.seconds)
        written = self.write(texts[0], texts[-1])
        text = written[: limit * CHARACTERS_PER_TOKEN]
        is_first = len(self.asked) == 1
        return _as_json(
            {
                "id": f"chatcmpl-{len(self.asked)}",
                "object": "chat.completion",
                "created": 1764160000,
                "model": model,
                "choices": [
                    {
                        "index": 0,
                        "message": {"role": "assistant", "content": text, "refusal": None},
                        "logprobs": None,
                        "finish_reason": "stop" if text == written else "length",
                    }
                ],
                "usage": {
                    "prompt_tokens": num_read,
                    "completion_tokens": _num_tokens(text),
                    "total_tokens": num_read + _num_tokens(text),
                    "prompt_tokens_details": {"cached_tokens": 0 if is_first else _num_tokens(texts[0])},
                },
            }
        )


def told(_: str, user: str) -> str:
    """Notes in the call's own words: what the customer first asks for, and what the agent has done or promises."""
    said = _SAID.findall(user)
    reason = next((text for who, text in said if who == "Customer" and len(text.split()) > 4), "")
    done = [text for who, text in said if who == "Agent" and _DONE.search(text)]
    return "\n".join([*([f"Reason: {reason}"] if reason else []), *(f"Actions: {text}" for text in done[:3])])


@contextmanager
def serving(write: Write = told, *, port: int = 0, **changes: Any) -> Iterator[Server]:
    """A server until the block is left."""
    listening = _Listening(("127.0.0.1", port), BaseHTTPRequestHandler)
    server = Server(f"http://127.0.0.1:{listening.server_port}/v1", write, **changes)
    listening.RequestHandlerClass = _handler(server)
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        listening.shutdown()
        listening.server_close()


class _Elsewhere(httpx.BaseTransport):
    """Every host is the one server."""

    def __init__(self, url: str) -> None:
        self._url = httpx.URL(url)
        self._inner = httpx.HTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host=self._url.host, port=self._url.port)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


def as_if_outside(server: Server) -> httpx.Client:
    """A client for which the server stands wherever on the internet it is called."""
    return httpx.Client(transport=_Elsewhere(server.url), trust_env=False)


class _Listening(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64


def _as_json(value: object, *, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


def _models() -> Reply:
    return _as_json({"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "vllm"}]})


def _refusal(status: HTTPStatus, message: str, code: str | None) -> Reply:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return _as_json({"error": error}, status=status)


def _num_tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def _handler(server: Server) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body together, or the client's delayed acknowledgment costs 40 ms

        def do_GET(self) -> None:
            self._answer(is_question=False)

        def do_POST(self) -> None:
            self._answer(is_question=True)

        def _answer(self, *, is_question: bool) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(self.path, {name.casefold(): value for name, value in self.headers.items()}, raw)
            with server.lock:
                server.num_at_once += 1
                server.most_at_once = max(server.most_at_once, server.num_at_once)
            try:
                self._send(server.reply(asked, is_question=is_question))
            except OSError:  # who asked has gone
                self.close_connection = True
            finally:
                with server.lock:
                    server.num_at_once -= 1

        def _send(self, reply: Reply) -> None:
            if reply.hangs:
                server.released.wait(HOLD_SECONDS)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.raw)))
            self.end_headers()
            self.wfile.write(reply.raw[: len(reply.raw) // 2] if reply.is_cut else reply.raw)
            if reply.is_cut:
                self.wfile.flush()
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """It says nothing."""

    return Handler


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--key", help="the bearer key to ask for")
    parser.add_argument("--seconds", type=float, default=0.0, help="that an answer takes")
    options = parser.parse_args()
    with serving(port=options.port, key=options.key, seconds=options.seconds) as server:
        print(server.url, MODEL, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print(f"{len(server.asked)} requests answered", flush=True)


if __name__ == "__main__":
    main()
