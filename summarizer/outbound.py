"""The one way out: a client that looks up a name itself, checks every address, and connects to what it checked.

It follows no redirect, asks no proxy, keeps no cookie and no connection: what is checked once is used once.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address

import httpcore
import httpx

from summarizer.reach import Reach, check_address, check_url
from summarizer.settings import Settings

CONNECT_SECONDS = 5.0
SECONDS = 15.0  #: for one exchange, from looking up the name to the last byte of the answer
MAX_ADDRESSES = 4  #: of one name are tried
TIMEOUT = httpx.Timeout(SECONDS, connect=CONNECT_SECONDS)

Resolve = Callable[[str, int], list[str]]


def addresses(host: str, port: int) -> list[str]:
    """What the system's resolver says a host is."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def client(
    settings: Settings,
    *,
    resolve: Resolve = addresses,
    network: httpcore.NetworkBackend | None = None,
    tls: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
) -> httpx.Client:
    """A client for callbacks and for platforms' APIs; a request raises AddressForbidden or an `httpx.HTTPError`."""
    return within(reach(settings), resolve=resolve, network=network, tls=tls, seconds=seconds)


def within(
    reach: Reach,
    *,
    resolve: Resolve = addresses,
    network: httpcore.NetworkBackend | None = None,
    tls: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
) -> httpx.Client:
    """A client that goes so far; a request raises AddressForbidden or an `httpx.HTTPError`.

    An exchange takes at most so many seconds; a request's extension `seconds` sets another limit.
    """
    return httpx.Client(
        transport=_Transport(
            reach,
            resolve,
            network or httpcore.SyncBackend(),
            tls or httpx.create_ssl_context(trust_env=False),
            seconds,
        ),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # one tenant's would be sent for another's
        headers={"User-Agent": "wrapup"},
        follow_redirects=False,
        trust_env=False,
        timeout=TIMEOUT,
    )


def reach(settings: Settings) -> Reach:
    """What the owner of this installation allows."""
    return Reach(tuple(settings.outbound_networks), frozenset(settings.callback_ports))


class _Transport(httpx.BaseTransport):
    """One connection for each request, with its own deadline."""

    def __init__(
        self, reach: Reach, resolve: Resolve, network: httpcore.NetworkBackend, tls: ssl.SSLContext, seconds: float
    ) -> None:
        self._seconds = seconds
        self._reach = reach
        self._resolve = resolve
        self._network = network
        self._tls = tls

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        check_url(request.url, self._reach)
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        ends = time.monotonic() + float(request.extensions.get("seconds", self._seconds))
        checked = _Checked(self._reach, request.url.scheme, self._resolve, self._network, ends)
        connection = httpcore.HTTPConnection(url.origin, ssl_context=self._tls, network_backend=checked)
        assert isinstance(request.stream, httpx.SyncByteStream)
        asked = httpcore.Request(
            request.method, url, headers=request.headers.raw, content=request.stream, extensions=request.extensions
        )
        try:
            with _as_httpx():
                answer = connection.handle_request(asked)
        except BaseException:
            connection.close()
            raise
        assert isinstance(answer.stream, Iterable)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Answer(answer.stream, connection))


class _Answer(httpx.SyncByteStream):
    """The answer's body; closing it closes the connection."""

    def __init__(self, stream: Iterable[bytes], connection: httpcore.HTTPConnection) -> None:
        self._stream = stream
        self._connection = connection

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._stream

    def close(self) -> None:
        self._connection.close()


class _Checked(httpcore.NetworkBackend):
    """Connects to addresses that were checked, never to a name."""

    def __init__(
        self, reach: Reach, scheme: str, resolve: Resolve, network: httpcore.NetworkBackend, ends: float
    ) -> None:
        self._reach = reach
        self._scheme = scheme
        self._resolve = resolve
        self._network = network
        self._ends = ends

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        ends = min(self._ends, time.monotonic() + (timeout or CONNECT_SECONDS))
        found = [ip_address(text) for text in dict.fromkeys(_looked_up(self._resolve, host, port, ends))]
        for address in found:
            check_address(address, scheme=self._scheme, port=port, reach=self._reach)
        failed: httpcore.NetworkError | httpcore.TimeoutException = httpcore.ConnectError("the name has no address")
        for address in found[:MAX_ADDRESSES]:
            try:
                stream = self._network.connect_tcp(
                    str(address), port, _left(ends), local_address=local_address, socket_options=socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _Timed(stream, self._ends)
        raise failed


class _Timed(httpcore.NetworkStream):
    """A connection that ends at a moment, however slowly the other side goes on."""

    def __init__(self, stream: httpcore.NetworkStream, ends: float) -> None:
        self._stream = stream
        self._ends = ends

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._ends, at_most=timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._ends, at_most=timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._ends, at_most=timeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._ends)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)

    def close(self) -> None:
        self._stream.close()


def _looked_up(resolve: Resolve, host: str, port: int, ends: float) -> list[str]:
    """The resolver's answer, if it comes in time; a name that it does not know is not called."""
    answer: Future[list[str]] = Future()

    def ask() -> None:
        try:
            answer.set_result(resolve(host, port))
        except (OSError, UnicodeError) as error:
            answer.set_exception(error)

    threading.Thread(target=ask, name="resolver", daemon=True).start()  # it cannot be interrupted, only left alone
    try:
        return answer.result(_left(ends))
    except TimeoutError as error:
        raise httpcore.ConnectTimeout("the resolver did not answer") from error
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError("the name was not found") from error


def _left(ends: float, *, at_most: float | None = None) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time for this exchange is over")
    return left if at_most is None else min(left, at_most)


@contextmanager
def _as_httpx() -> Iterator[None]:
    """Errors of the library below by the same names as httpx's."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        kind: type[httpx.TransportError] = getattr(httpx, type(error).__name__)
        raise kind(str(error)) from error
