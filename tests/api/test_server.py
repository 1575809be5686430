"""The server as a process, over sockets: what a client library would never send."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import quantiles

import httpx
import pytest

from summarizer.keys import Scope
from tests.api.conftest import Running
from tests.builders import a_body
from tests.serving import Answer, answer_on, serving

GOOD = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
NUM_SLOW = 200
BEARABLE_SECONDS = 1.0  # on two cores that do much else; measured 0.06, with slow clients and without


def _is_problem(answer: Answer, status: int, slug: str) -> None:
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/problem+json"
    said = json.loads(answer.body)
    assert (said["type"], said["status"]) == (f"/problems/{slug}", status)
    assert said["title"]
    assert said["detail"]
    assert said["instance"].startswith("urn:request:")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "server" not in answer.headers


def _head(*lines: str, method: str = "GET", target: str = "/livez") -> bytes:
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: x", *lines, "", ""]).encode("latin-1")


@pytest.mark.parametrize("num_bytes", [20_000, 100_000, 1_000_000])
def test_headers_have_a_limit_whether_they_come_at_once_or_not(running: Running, num_bytes: int) -> None:
    _is_problem(running.address.send(_head("A: " + "x" * num_bytes)), 431, "bad-request")
    many = _head(*(f"A{number}: x" for number in range(num_bytes // 10)))
    _is_problem(running.address.send(many), 431, "bad-request")


@pytest.mark.parametrize("num_bytes", [9_000, 100_000, 1_000_000])
def test_an_address_has_a_limit(running: Running, num_bytes: int) -> None:
    _is_problem(running.address.send(_head(target="/" + "a" * num_bytes)), 414, "bad-request")


@pytest.mark.parametrize(
    "raw",
    [
        _head("Content-Length: 5", "Transfer-Encoding: chunked", method="POST") + b"0\r\n\r\n",
        _head("Transfer-Encoding: chunked", "Content-Length: 5", method="POST") + b"hello",
        b"POST /livez HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        _head("Content-Length: 5", "Content-Length: 6", method="POST") + b"hello",
        _head("Content-Length: -5", method="POST"),
        _head("Content-Length: 1e3", method="POST"),
        _head("Transfer-Encoding: chunked, gzip", method="POST"),
        _head("Content-Length : 5", method="POST") + b"hello",
        b"GET /livez HTTP/1.1\r\n\r\n",
        b"GET /livez HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET  /livez HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: x\r\nA: b\x00c\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",  # TLS to a port without it
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"{}\r\n\r\n",
    ],
)
def test_what_two_servers_could_read_differently_is_refused_and_ends_the_connection(
    running: Running, raw: bytes
) -> None:
    with running.address.connect() as connection:
        connection.sendall(raw + GOOD)
        _is_problem(answer_on(connection), 400, "bad-request")
        assert _is_ended(connection)


def test_a_broken_chunk_is_refused(running: Running) -> None:
    head = _head("Transfer-Encoding: chunked", "Authorization: Bearer " + running.key(*Scope), method="POST")
    answer = running.address.send(head.replace(b"/livez", b"/v1/conversations") + b"zz\r\n{}")
    _is_problem(answer, 400, "bad-request")


@pytest.mark.parametrize("method", ["TRACE", "FOO", "PROPFIND", "DELETE", "OPTIONS", "get"])
def test_an_unknown_method_is_told_which_are_known(running: Running, method: str) -> None:
    answer = running.address.send(_head(method=method))
    _is_problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize(
    "target",
    ["/%00", "/%ff", "/%2e%2e%2f", "/v1/conversations/%00", "/v1/conversations/%ff", "/v1/conversations/%2e%2e%2f",
     "/v1/conversations/..%2f..%2fetc%2fpasswd", "//livez", "/livez/", "/livez%0d%0aSet-Cookie:%20a=b", "/redoc"],
)  # fmt: skip
def test_a_path_that_means_nothing_is_not_found(running: Running, target: str) -> None:
    answer = running.address.send(_head("Authorization: Bearer " + running.key(Scope.READ), target=target))
    _is_problem(answer, 404, "not-found")
    assert "set-cookie" not in answer.headers


def test_a_head_that_does_not_end_is_given_up(running: Running) -> None:
    with running.address.connect() as connection:
        started = time.monotonic()
        connection.sendall(b"GET /livez HT")
        _is_problem(answer_on(connection), 408, "request-timeout")
        assert 1.5 < time.monotonic() - started < 4


def test_a_client_that_says_nothing_is_left_without_a_word(running: Running) -> None:
    with running.address.connect() as connection:
        assert _is_ended(connection)


@pytest.mark.parametrize("framing", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
def test_a_body_that_does_not_come_is_given_up(running: Running, framing: str) -> None:
    lines = [framing, "Authorization: Bearer " + running.key(*Scope), "Content-Type: application/json"]
    with running.address.connect() as connection:
        started = time.monotonic()
        connection.sendall(_head(*lines, method="POST", target="/v1/conversations"))
        _is_problem(answer_on(connection), 408, "request-timeout")
        assert 1 < time.monotonic() - started < 4


def test_a_body_that_drips_is_given_up_and_one_that_flows_is_not(running: Running) -> None:
    raw = json.dumps(a_body(external_id="slow", turns=[{"participant": "agent", "text": "word " * 3000}] * 5)).encode()
    lines = [f"Content-Length: {len(raw)}", "Authorization: Bearer " + running.key(*Scope)]
    statuses = []
    for piece, pause in ((1, 0.2), (8_000, 0.2)):  # 5 and 40,000 bytes a second; 20,000 are asked for
        with running.address.connect() as connection:
            connection.sendall(_head(*lines, method="POST", target="/v1/conversations"))
            for start in range(0, len(raw), piece):
                try:
                    connection.sendall(raw[start : start + piece])
                except OSError:
                    break
                if _can_be_read(connection, within=pause):
                    break
            statuses.append(answer_on(connection).status)
    assert statuses == [408, 202]


def test_the_rest_of_a_body_that_was_refused_is_not_waited_for_for_ever(running: Running) -> None:
    with running.address.connect() as connection:
        connection.sendall(_head("Content-Length: 1000000", method="POST", target="/v1/conversations"))
        assert answer_on(connection).status == 401
        connection.sendall(b"x" * 1000)
        assert _is_ended(connection)  # after as long as a head may take


def test_a_connection_is_kept_for_the_next_request_and_two_may_come_at_once(running: Running) -> None:
    with running.address.connect() as connection:
        for _ in range(3):
            connection.sendall(GOOD)
            assert answer_on(connection).status == 200
        connection.sendall(GOOD + GOOD)
        received = b""
        while received.count(b'"checks"') < 2:
            received += connection.recv(10_000)
    assert received.count(b"HTTP/1.1 200") == 2


def test_slow_clients_keep_nobody_from_an_answer(running: Running) -> None:
    with _dripping(running, NUM_SLOW) as num_cut:
        headers = {"Authorization": "Bearer " + running.key(*Scope)}
        with httpx.Client(base_url=running.address.url, headers=headers) as client:
            seconds = sorted(_timed(client, number) for number in range(100))
        assert quantiles(seconds, n=20)[-1] < BEARABLE_SECONDS
        deadline = time.monotonic() + 20
        while num_cut() < NUM_SLOW and time.monotonic() < deadline:
            time.sleep(0.1)
    assert num_cut() == NUM_SLOW  # and none of them is still there


def test_when_there_are_too_many_the_slowest_makes_room(running: Running) -> None:
    with ExitStack() as stack:
        silent = [stack.enter_context(running.address.connect()) for _ in range(320)]
        assert running.address.send(GOOD).status == 200
        assert _is_ended(silent[0])


def test_when_all_are_at_work_a_client_is_told_to_come_later(running: Running, tmp_path: Path) -> None:
    with (
        serving(running.settings, log=tmp_path / "log", MAX_CONNECTIONS="2", BODY_TIMEOUT="2") as address,
        ExitStack() as stack,
    ):
        for _ in range(2):
            connection = stack.enter_context(address.connect())
            connection.sendall(_head("Content-Length: 9", method="POST", target="/v1/webhooks/zoom?source=x"))
        time.sleep(0.2)
        answer = address.send(GOOD)
        _is_problem(answer, 503, "unavailable")
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers["connection"] == "close"


def _timed(client: httpx.Client, number: int) -> float:
    started = time.monotonic()
    assert client.get("/v1/summaries" if number % 2 else "/livez").status_code == 200
    return time.monotonic() - started


def _is_ended(connection: socket.socket) -> bool:
    """The server hangs up without another word, in less time than a connection of ours waits."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def _can_be_read(connection: socket.socket, *, within: float) -> bool:
    before = connection.gettimeout()
    connection.settimeout(within)
    try:
        return connection.recv(1, socket.MSG_PEEK) != b""
    except TimeoutError:
        return False
    finally:
        connection.settimeout(before)


@contextmanager
def _dripping(running: Running, num: int) -> Iterator[Callable[[], int]]:
    """So many clients that send a byte of a header a second; yields how many were cut off."""
    ended = threading.Event()
    cut: set[int] = set()
    with ExitStack() as stack:
        connections = [stack.enter_context(running.address.connect()) for _ in range(num)]
        for connection in connections:
            connection.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\nA: ")
            connection.settimeout(0)

        def drip() -> None:
            while not ended.wait(1):
                for number, connection in enumerate(connections):
                    try:
                        connection.send(b"x")
                        if connection.recv(1000) is not None:
                            cut.add(number)
                    except BlockingIOError:
                        continue
                    except OSError:
                        cut.add(number)

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            yield lambda: len(cut)
        finally:
            ended.set()
            thread.join()
