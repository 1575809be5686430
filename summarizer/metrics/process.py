"""This process: its connections to the database, whether the queue answers it, and its version."""

from collections.abc import Iterator
from importlib.metadata import version
from typing import Protocol

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from summarizer.metrics.labels import allowed


class Pool(Protocol):
    """Connections, and how many of them are used; a `Database`."""

    @property
    def num_in_use(self) -> int:
        """Connections that somebody works with now."""

    @property
    def max_connections(self) -> int:
        """So many there may be."""


class Bell(Protocol):
    """What answers, or not; a `Queue`."""

    def is_answering(self) -> bool:
        """Whether the broker says anything now."""


class Process(Collector):
    """Looks when it is asked, so that nothing is kept up to date for nobody."""

    def __init__(self) -> None:
        self._pool: Pool | None = None
        self._queue: Bell | None = None

    def watch(self, *, pool: Pool | None, queue: Bell | None) -> None:
        """From now on look at these; at nothing with None."""
        self._pool, self._queue = pool, queue

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """The names, without looking."""
        yield _connections(0, 0)
        yield _most(0)
        yield _queue(is_answering=False)
        yield _build()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What is so now."""
        if self._pool is not None:
            in_use, most = self._pool.num_in_use, self._pool.max_connections
            yield _connections(in_use, most - in_use)
            yield _most(most)
        if self._queue is not None:
            yield _queue(is_answering=self._queue.is_answering())
        yield _build()


def _connections(in_use: int, idle: int) -> GaugeMetricFamily:
    about = "Connections of the database pool; none idle means that requests wait for one."
    family = GaugeMetricFamily("wrapup_database_connections", about, labels=["state"])
    family.add_metric(["in_use"], in_use)
    family.add_metric(["idle"], idle)
    return family


def _most(most: int) -> GaugeMetricFamily:
    return GaugeMetricFamily("wrapup_database_connections_max", "Connections that the pool may have.", value=most)


def _queue(*, is_answering: bool) -> GaugeMetricFamily:
    return GaugeMetricFamily("wrapup_queue_up", "Whether the queue answers this process.", value=is_answering)


def _build() -> GaugeMetricFamily:
    family = GaugeMetricFamily("wrapup_build_info", "The version that runs.", labels=["version"])
    family.add_metric([allowed("version", version("wrapup"))], 1)
    return family


process = Process()
REGISTRY.register(process)
