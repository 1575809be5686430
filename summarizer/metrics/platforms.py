"""Events that platforms send."""

from summarizer.errors import SummarizerError
from summarizer.metrics.bounded import counter

EVENTS = counter(
    "wrapup_webhook_events_total", "Rightly signed events, by whether they bring anything.", "platform", "known"
)
REFUSED = counter("wrapup_webhook_refused_total", "Posts of platforms that were refused.", "platform", "error")


def count_event(platform: str, *, is_known: bool) -> None:
    """Note one event of a platform."""
    EVENTS.of(platform, "yes" if is_known else "no").inc()


def count_refused(platform: str, error: SummarizerError) -> None:
    """Note one post that was refused, under the name of its error."""
    REFUSED.of(platform, type(error).__name__).inc()
