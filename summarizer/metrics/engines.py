"""What the engines of a worker do. They count by themselves and know nothing of Prometheus; here it is read."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from summarizer.generate import Generator
from summarizer.metrics.labels import NONE, allowed, version_of

if TYPE_CHECKING:
    from summarizer.engine.vitals import Tally, Vitals

Open = Callable[[], Iterable[tuple[str, Generator]]]  #: generators with the names of their backends


@runtime_checkable
class Alive(Protocol):
    """A generator on an engine of ours."""

    @property
    def vitals(self) -> "Vitals":
        """What its engine did and does."""


class Engines(Collector):
    """Reads the engines that are open when it is asked."""

    def __init__(self) -> None:
        self._open: Open = tuple

    def watch(self, generators: Open) -> None:
        """From now on read these."""
        self._open = generators

    def describe(self) -> Iterator[Metric]:
        """The names."""
        yield from _Families().all

    def collect(self) -> Iterator[Metric]:
        """What is so now."""
        families = _Families()
        for backend, generator in self._open():
            families.add(backend, generator)
        yield from families.all


class _Families:
    def __init__(self) -> None:
        engine = ["backend", "model_version"]
        self._told: set[tuple[str, str]] = set()
        info = ["model_version", "precision", "device", "backend"]
        self._info = GaugeMetricFamily("wrapup_model_info", "Models that are open in this process.", labels=info)
        self._tokens = CounterMetricFamily(
            "wrapup_engine_tokens",
            "Tokens known from before, run, written, guessed, and guessed right.",
            labels=[*engine, "type"],
        )
        self._steps = CounterMetricFamily("wrapup_engine_steps", "Steps of an engine.", labels=engine)
        self._preempted = CounterMetricFamily(
            "wrapup_engine_preemptions", "Sequences that gave way to an earlier one.", labels=engine
        )
        self._sequences = GaugeMetricFamily(
            "wrapup_engine_sequences", "Texts that an engine writes, and those that wait.", labels=[*engine, "state"]
        )
        self._memory = GaugeMetricFamily(
            "wrapup_engine_cache_used_ratio", "Share of the memory for keys and values that is held.", labels=engine
        )
        self._batch = HistogramMetricFamily(
            "wrapup_engine_batch_sequences", "Texts in one step of an engine.", labels=engine
        )
        self._seconds = HistogramMetricFamily(
            "wrapup_engine_step_duration_seconds", "How long a step took.", labels=engine
        )
        self._first = HistogramMetricFamily(
            "wrapup_engine_time_to_first_token_seconds", "From a text's arrival to its first token.", labels=engine
        )

    @property
    def all(self) -> tuple[Metric, ...]:
        counts = self._info, self._tokens, self._steps, self._preempted
        return *counts, self._sequences, self._memory, self._batch, self._seconds, self._first

    def add(self, backend: str, generator: Generator) -> None:
        """One generator's series."""
        version = allowed("model_version", version_of(generator.model_version))
        key = allowed("backend", backend), version
        if key in self._told:  # a series that stands there twice would make all of them unreadable
            return
        self._told.add(key)
        vitals = generator.vitals if isinstance(generator, Alive) else None
        precision = NONE if vitals is None else allowed("precision", vitals.precision)
        device = NONE if vitals is None else allowed("device", vitals.device)
        self._info.add_metric([version, precision, device, key[0]], 1)
        if vitals is not None:
            self._add_engine(key, vitals)

    def _add_engine(self, key: tuple[str, str], vitals: "Vitals") -> None:
        for kind, num in vitals.tokens.items():
            self._tokens.add_metric([*key, allowed("type", kind)], num)
        self._steps.add_metric(key, vitals.num_steps)
        self._preempted.add_metric(key, vitals.num_preempted)
        self._sequences.add_metric([*key, "running"], vitals.num_running)
        self._sequences.add_metric([*key, "waiting"], vitals.num_waiting)
        self._memory.add_metric(key, vitals.used_ratio)
        _add(self._batch, key, vitals.batch)
        _add(self._seconds, key, vitals.step_seconds)
        _add(self._first, key, vitals.first_token_seconds)


def _add(family: HistogramMetricFamily, key: tuple[str, str], tally: "Tally") -> None:
    buckets = [("+Inf" if bound == float("inf") else str(float(bound)), num) for bound, num in tally.cumulative()]
    family.add_metric(key, buckets, tally.sum)


engines = Engines()
REGISTRY.register(engines)
