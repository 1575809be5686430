"""What the API is asked: by the template of a route, never by a path."""

from collections.abc import Iterable

from prometheus_client import Counter, Gauge

from summarizer.metrics.bounded import counter, histogram
from summarizer.metrics.labels import declare

REQUESTS = counter(
    "wrapup_http_requests_total", "Requests that were answered, by what was asked.", "route", "method", "status"
)
SECONDS = histogram(
    "wrapup_http_request_duration_seconds",
    "From the head of a request to the end of its answer.",
    "route",
    buckets=(0.01, 0.05, 0.1, 0.25, 1, 5),
)
IN_PROGRESS = Gauge("wrapup_http_requests_in_progress", "Requests that are being answered now.")
RECEIVED = Counter("wrapup_http_received_bytes_total", "Bodies of requests, as far as they were read.")
SENT = Counter("wrapup_http_sent_bytes_total", "Bodies of answers.")
PROBLEMS = counter("wrapup_http_problems_total", "Requests that were refused or failed, by problem.", "problem")


def expect(*, routes: Iterable[str], problems: Iterable[str]) -> None:
    """What the API has, said once when it starts; anything else is told as `other`."""
    declare("route", routes)
    declare("problem", problems)


def count(
    *, route: str, method: str, status: int, seconds: float, received_bytes: int = 0, sent_bytes: int = 0
) -> None:
    """Note one answer."""
    REQUESTS.of(route, method, f"{status // 100}xx").inc()
    SECONDS.of(route).observe(seconds)
    RECEIVED.inc(received_bytes)
    SENT.inc(sent_bytes)


def count_problem(slug: str) -> None:
    """Note one request that was refused, or that failed."""
    PROBLEMS.of(slug).inc()
