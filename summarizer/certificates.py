"""Amazon's certificates, fetched by their address once and then remembered."""

from collections.abc import Callable
from functools import lru_cache

import httpx

from summarizer import outbound
from summarizer.errors import Unavailable
from summarizer.settings import Settings

MAX_REMEMBERED = 16
MAX_BYTES = 64 * 1024
TIMEOUT_SECONDS = 2.0

Fetch = Callable[[str], bytes]


def certificates(settings: Settings) -> Fetch:
    """How certificates are gotten; who calls it has made sure that the address is Amazon's. Raises Unavailable."""

    @lru_cache(maxsize=MAX_REMEMBERED)  # what failed is not remembered
    def fetch(address: str) -> bytes:
        try:
            with outbound.client(settings) as client:
                return _content(client, address)
        except httpx.HTTPError as error:
            raise Unavailable("the sender's certificate cannot be fetched now") from error

    return fetch


def _content(client: httpx.Client, address: str) -> bytes:
    content = b""
    with client.stream("GET", address, timeout=TIMEOUT_SECONDS) as answer:
        if answer.status_code != httpx.codes.OK:
            raise Unavailable("the sender's certificate cannot be fetched now")
        for chunk in answer.iter_bytes():
            content += chunk
            if len(content) > MAX_BYTES:
                raise Unavailable("the sender's certificate is too large")
    return content
