"""The one way out: an HTTP client that follows no redirect and asks no proxy."""

import httpx

from summarizer.settings import Settings

TIMEOUT = httpx.Timeout(15.0, connect=5.0)


def client(_: Settings) -> httpx.Client:
    """A client for callbacks and for platforms' APIs."""
    return httpx.Client(follow_redirects=False, trust_env=False, timeout=TIMEOUT)
