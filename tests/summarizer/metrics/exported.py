"""What our processes export, all modules loaded, read as Prometheus reads it."""

import pkgutil
from importlib import import_module

from prometheus_client import REGISTRY, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from summarizer import metrics

SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}


def load_all() -> None:
    """Every module registers its metrics when it is loaded."""
    for one in pkgutil.iter_modules(metrics.__path__):
        import_module(f"summarizer.metrics.{one.name}")


def exposition() -> str:
    """As Prometheus gets it."""
    load_all()
    return generate_latest().decode()


def families() -> list[Metric]:
    """As Prometheus reads it, ours and the library's."""
    return list(text_string_to_metric_families(exposition()))


def described() -> dict[str, Metric]:
    """Everything of ours that there is, whether or not it has a value yet, by the name of its family."""
    load_all()
    found: list[Metric] = []
    for collector in set(REGISTRY._collector_to_names):  # the library has no public way to list what has no value
        found += collector.describe() if hasattr(collector, "describe") else []
    return {one.name: one for one in found if one.name.startswith("wrapup_")}


def names() -> set[str]:
    """The names of series that a query may ask for."""
    load_all()
    return {
        name + suffix
        for name, family in {**{one.name: one for one in families()}, **described()}.items()
        for suffix in SUFFIXES.get(family.type, ("",))
    }


def value(name: str, **labels: str) -> float:
    """A series' value now; 0 while there is none."""
    return REGISTRY.get_sample_value(name, labels) or 0.0
