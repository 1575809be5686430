"""Metrics whose labels say nothing but what the table of labels allows."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from prometheus_client import Counter, Histogram, disable_created_metrics
from prometheus_client.metrics import MetricWrapperBase

from summarizer.metrics.labels import TABLE, allowed

Metric = TypeVar("Metric", bound=MetricWrapperBase)

disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each, which nobody reads


class Bounded(Generic[Metric]):
    """A metric with labels."""

    def __init__(self, metric: Metric, labels: Sequence[str]) -> None:
        self._metric = metric
        self._labels = tuple(labels)
        self._known: dict[tuple[str, ...], Metric] = {}

    def begin(self, *values: str) -> "Bounded[Metric]":
        """Tell these from the start, or the first event would be no increase: a series that was not there has no past.

        For metrics with one label.
        """
        for value in values:
            self.of(value)
        return self

    def of(self, *values: str) -> Metric:
        """The one series of these values, in the order of the labels."""
        found = self._known.get(values)
        return self._found(values) if found is None else found

    def _found(self, values: tuple[str, ...]) -> Metric:
        bounded = tuple(allowed(label, value) for label, value in zip(self._labels, values, strict=True))
        series = self._metric.labels(*bounded)
        if bounded == values:  # only these, or whoever sends new values would fill the memory
            self._known[values] = series
        return series


def counter(name: str, about: str, *labels: str) -> Bounded[Counter]:
    """What only grows; its name ends in `_total`."""
    return Bounded(Counter(name, about, _in_table(labels)), labels)


def histogram(name: str, about: str, *labels: str, buckets: Sequence[float]) -> Bounded[Histogram]:
    """How many were at most so large."""
    return Bounded(Histogram(name, about, _in_table(labels), buckets=buckets), labels)


def _in_table(labels: Sequence[str]) -> Sequence[str]:
    """These labels, before a metric is made that may not be."""
    unknown = set(labels) - set(TABLE)
    assert not unknown, f"labels that are not in the table: {unknown}"
    return labels
