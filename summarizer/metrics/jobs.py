"""How attempts end, and how long conversations waited for their summaries."""

from prometheus_client import Counter

from summarizer.kinds import Kind
from summarizer.metrics.bounded import counter, histogram
from summarizer.metrics.labels import NONE

ATTEMPTS = counter("wrapup_job_attempts_total", "Attempts, by how they ended.", "kind", "result")
FINISHED = counter(
    "wrapup_jobs_finished_total", "Jobs that are over, by result and reason.", "kind", "result", "reason"
)
WAITED = histogram(
    "wrapup_job_duration_seconds",
    "From the acceptance of a job to its end.",
    "kind",
    buckets=(0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 21600),
)
IDLE = Counter("wrapup_messages_without_work_total", "Messages, come again or too late, of jobs that needed nobody.")
REQUEUED = counter("wrapup_jobs_requeued_total", "Jobs for which the sweeper rang again.", "kind")
ABANDONED = Counter("wrapup_jobs_abandoned_total", "Revisions whose job lost its worker at the last attempt.")


def count_attempt(kind: str, result: str) -> None:
    """Note how one attempt ended; `refused` is one that came after its lease was lost."""
    ATTEMPTS.of(kind, result).inc()


def count_finished(kind: str, *, reason: str | None, seconds: float) -> None:
    """Note one job that is over; without a reason it succeeded."""
    count_attempt(kind, "succeeded" if reason is None else "failed")
    FINISHED.of(kind, "succeeded" if reason is None else "failed", reason or NONE).inc()
    WAITED.of(kind).observe(seconds)


def count_requeued(kind: Kind) -> None:
    """Note one ring of the sweeper."""
    REQUEUED.of(kind).inc()
