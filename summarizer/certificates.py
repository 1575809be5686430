"""Amazon's certificates, fetched by their address once and then remembered."""

from collections.abc import Callable
from functools import lru_cache

import httpx

from summarizer.errors import SummarizerError, Unavailable

MAX_REMEMBERED = 16
MAX_BYTES = 64 * 1024
SECONDS = 2.0

Fetch = Callable[[str], bytes]


def certificates(client: Callable[[], httpx.Client]) -> Fetch:
    """How certificates are gotten; who calls it has made sure that the address is Amazon's. Raises Unavailable."""

    @lru_cache(maxsize=MAX_REMEMBERED)  # what failed is not remembered
    def fetch(address: str) -> bytes:
        try:
            with client() as opened:
                return _content(opened, address)
        except (httpx.HTTPError, SummarizerError) as error:
            raise Unavailable("the sender's certificate cannot be fetched now") from error

    return fetch


def _content(client: httpx.Client, address: str) -> bytes:
    content = b""
    with client.stream("GET", address, timeout=SECONDS, extensions={"seconds": SECONDS}) as answer:
        if answer.status_code != httpx.codes.OK:
            raise Unavailable("it was not there")
        for chunk in answer.iter_bytes():
            content += chunk
            if len(content) > MAX_BYTES:
                raise Unavailable("it was too large")
    return content
