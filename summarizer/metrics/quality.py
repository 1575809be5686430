"""Who wrote summaries, what became of their sentences, and what people say of them, by model version and backend.

Rates are made where they are read: `rate(wrapup_statements_total{result="dropped"}[1h])` over the rate of all.
"""

from collections import Counter as Multiset

from summarizer.budget import Because
from summarizer.metrics.bounded import counter, histogram
from summarizer.metrics.labels import NONE, version_of
from summarizer.summary import NoSummary, Summary

_TENTHS = tuple(step / 10 for step in range(1, 11))
_MODEL = ("backend", "model_version")

SUMMARIES = counter("wrapup_summaries_total", "Summaries written, by who wrote their sentences.", "kind", *_MODEL)
CHANGED = counter(
    "wrapup_backend_changes_total", "Summaries not by the first backend of their choice.", "because"
).begin(*Because)
REFUSALS = counter("wrapup_no_summaries_total", "Conversations that get no summary, by reason.", "reason")
STATEMENTS = counter(
    "wrapup_statements_total", "Sentences that the model drafted, by what became of them.", "result", *_MODEL
)
SCORES = histogram(
    "wrapup_summary_score_ratio",
    "How well the evidence holds the sentences of a summary.",
    *_MODEL,
    buckets=_TENTHS[3:],
)
EDITS = histogram(
    "wrapup_edit_changed_ratio",
    "Share of the words that a person's correction changed.",
    *_MODEL,
    buckets=(0.05, 0.1, 0.25, 0.5, 0.75, 1),
)
RATINGS = counter("wrapup_ratings_total", "What people say of summaries.", "verdict", *_MODEL)


def count(summary: Summary, *, backend: str, model_version: str, because: Because | None = None) -> None:
    """Note one finished job."""
    model = backend, version_of(model_version)
    if summary.kind is None:
        count_refusal(summary.reason)
        return
    usage = summary.usage
    SUMMARIES.of(summary.kind, *model).inc()
    if because is not None:
        CHANGED.of(because).inc()
    SCORES.of(*model).observe(summary.score)
    STATEMENTS.of("kept", *model).inc(usage.num_statements - usage.num_repaired - usage.num_dropped)
    STATEMENTS.of("repaired", *model).inc(usage.num_repaired)
    STATEMENTS.of("dropped", *model).inc(usage.num_dropped)


def count_refusal(reason: NoSummary | None) -> None:
    """Note one conversation that gets no summary."""
    REFUSALS.of(reason or NONE).inc()


def count_edit(before: str, after: str, *, backend: str, model_version: str) -> None:
    """Note one correction of a machine's text."""
    EDITS.of(backend, version_of(model_version)).observe(changed_share(before, after))


def count_rating(verdict: str, *, backend: str, model_version: str) -> None:
    """Note one judgment."""
    RATINGS.of(verdict, backend, version_of(model_version)).inc()


def changed_share(before: str, after: str) -> float:
    """The share of both texts' words that only one of them has, wherever it stands: counted in one pass."""
    ours, theirs = Multiset(before.lower().split()), Multiset(after.lower().split())
    num_all = ours.total() + theirs.total()
    return 1 - 2 * (ours & theirs).total() / num_all if num_all else 0.0
