"""What only one process may tell: the backlog of all tenants, and the nights. The beat that leads reads them.

One that leads no more tells nothing, so that nobody adds up two of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from summarizer.kinds import Kind
from summarizer.metrics.labels import allowed

_NEVER = datetime.fromtimestamp(0, UTC)
_LEDGER = ("examples", "gain_rouge1", "device_hours")
NIGHT_STATES = ("open", "running", "promoted", "refused", "skipped", "failed")


@dataclass(frozen=True, slots=True)
class Night:
    """The last night, and when a model was last promoted."""

    state: str | None = None  #: None: there was none
    finished_at: datetime | None = None
    promoted_at: datetime | None = None
    ledger: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the whole service stands."""

    num_waiting: Mapping[str, int]  #: by kind, like the others
    num_running: Mapping[str, int]
    oldest_seconds: Mapping[str, float]
    num_unaccounted: int
    night: Night = field(default_factory=Night)


class Leader(Collector):
    """Tells what the leader found last."""

    def __init__(self) -> None:
        self._standing: Standing | None = None

    def show(self, standing: Standing) -> None:
        """This is so now."""
        self._standing = standing

    def forget(self) -> None:
        """We lead no more, or cannot look."""
        self._standing = None

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """The names."""
        yield _leads(is_leader=True)
        yield from _jobs(Standing({}, {}, {}, 0))
        yield from _nights(Night(None, _NEVER, _NEVER, dict.fromkeys(_LEDGER, 0)))

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What was found last, where anything was."""
        standing = self._standing
        yield _leads(is_leader=standing is not None)
        if standing is not None:
            yield from _jobs(standing)
            yield from _nights(standing.night)


def _leads(*, is_leader: bool) -> GaugeMetricFamily:
    return GaugeMetricFamily("wrapup_beat_leads", "Whether this process leads, and could look.", value=is_leader)


def _jobs(standing: Standing) -> Iterator[GaugeMetricFamily]:
    num = GaugeMetricFamily("wrapup_jobs", "Jobs that wait and are due, or run.", labels=["kind", "state"])
    oldest = GaugeMetricFamily(
        "wrapup_oldest_job_age_seconds", "For how long the first of those that wait has been due.", labels=["kind"]
    )
    for kind in Kind:
        num.add_metric([kind, "waiting"], standing.num_waiting.get(kind, 0))
        num.add_metric([kind, "running"], standing.num_running.get(kind, 0))
        oldest.add_metric([kind], standing.oldest_seconds.get(kind, 0.0))
    yield num
    yield oldest
    about = "Conversations accepted in the last two days for which nobody works and nothing came: always 0."
    yield GaugeMetricFamily("wrapup_unaccounted_jobs", about, value=standing.num_unaccounted)


def _nights(night: Night) -> Iterator[GaugeMetricFamily]:
    state = GaugeMetricFamily("wrapup_night_state", "What the last night came to: 1 for its state.", labels=["state"])
    for one in NIGHT_STATES:
        state.add_metric([allowed("state", one)], one == night.state)
    yield state
    for name, about, at in (
        ("wrapup_night_finished_timestamp_seconds", "When the last night was over.", night.finished_at),
        ("wrapup_last_promotion_timestamp_seconds", "When a model was last promoted.", night.promoted_at),
    ):
        if at is not None:
            yield GaugeMetricFamily(name, about, value=at.timestamp())
    for name, about, key, factor in (
        ("wrapup_night_examples", "Conversations that the last night learned from.", "examples", 1),
        ("wrapup_night_gain_ratio", "By how much it was better than the champion, in ROUGE-1.", "gain_rouge1", 1),
        ("wrapup_night_duration_seconds", "How long the last night took.", "device_hours", 3600),
    ):
        if key in night.ledger:
            yield GaugeMetricFamily(name, about, value=night.ledger[key] * factor)


leader = Leader()
REGISTRY.register(leader)
