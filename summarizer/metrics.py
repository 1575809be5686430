"""What Prometheus is told: the quality of summaries, and what platforms send; counts by kind, never a word of a call.

Rates are made where they are read: `rate(wrapup_statements_total{result="dropped"}[1h])` over the rate of all.
"""

from prometheus_client import Counter, Histogram, start_http_server

from summarizer.errors import SummarizerError
from summarizer.summary import Summary

_VERSION = "model_version"  # its first twelve characters; a few values over a worker's life

SUMMARIES = Counter("wrapup_summaries", "Summaries written, by who wrote their sentences.", ["kind", _VERSION])
REFUSALS = Counter("wrapup_no_summaries", "Conversations that get no summary, by reason.", ["reason"])
STATEMENTS = Counter(
    "wrapup_statements", "Sentences that the model drafted, by what became of them.", ["result", _VERSION]
)
SCORES = Histogram(
    "wrapup_summary_score_ratio",
    "How well the evidence holds the sentences of a summary.",
    [_VERSION],
    buckets=[step / 10 for step in range(1, 11)],
)

EVENTS = Counter(
    "wrapup_webhook_events", "Rightly signed events, by whether they bring anything.", ["platform", "known"]
)
REFUSED = Counter("wrapup_webhook_refused", "Posts of platforms that were refused, by error.", ["platform", "reason"])


def serve(port: int) -> None:
    """Let Prometheus read them at `http://host:port/metrics`."""
    start_http_server(port)


def count(summary: Summary, *, model_version: str) -> None:
    """Note one finished job."""
    version = model_version[:12]
    if summary.kind is None:
        REFUSALS.labels(summary.reason).inc()
        return
    usage = summary.usage
    SUMMARIES.labels(summary.kind, version).inc()
    SCORES.labels(version).observe(summary.score)
    STATEMENTS.labels("kept", version).inc(usage.num_statements - usage.num_repaired - usage.num_dropped)
    STATEMENTS.labels("repaired", version).inc(usage.num_repaired)
    STATEMENTS.labels("dropped", version).inc(usage.num_dropped)


def count_event(platform: str, *, is_known: bool) -> None:
    """Note one event of a platform."""
    EVENTS.labels(platform, "yes" if is_known else "no").inc()


def count_refused(platform: str, error: SummarizerError) -> None:
    """Note one post that was refused, under the name of its error."""
    REFUSED.labels(platform, type(error).__name__).inc()
