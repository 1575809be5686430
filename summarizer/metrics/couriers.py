"""Callbacks told and transcripts fetched."""

from summarizer.metrics.bounded import counter, histogram
from summarizer.metrics.labels import NONE
from summarizer.verdict import Because

DELIVERIES = counter(
    "wrapup_delivery_attempts_total", "Attempts to tell an endpoint, by what came of them.", "result"
).begin("told", "retry", "dead", "disabled", "late")
SECONDS = histogram(
    "wrapup_delivery_attempt_duration_seconds",
    "How long an endpoint took to answer, or not to.",
    "result",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
DISABLED = counter(
    "wrapup_endpoints_disabled_total", "Endpoints that are told nothing more, by reason.", "reason"
).begin(Because.GONE, Because.FAILING)
FETCHES = counter(
    "wrapup_fetch_attempts_total", "Attempts to read a platform's transcript.", "platform", "result", "reason"
)


def count_delivery(result: str, *, seconds: float | None = None) -> None:
    """Note one attempt: `told`, `retry`, `dead`, `disabled`, or `late` when its lease was lost."""
    DELIVERIES.of(result).inc()
    if seconds is not None:
        SECONDS.of(result).observe(seconds)


def count_disabled(reason: str) -> None:
    """Note one endpoint that is told nothing more."""
    DISABLED.of(reason).inc()


def count_fetch(platform: str, result: str, *, reason: str = NONE) -> None:
    """Note one attempt: `fetched`, `retry` or `failed`."""
    FETCHES.of(platform, result, reason).inc()
