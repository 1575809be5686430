"""What `promtool check metrics` says of an exposition, as assertions, and what Prometheus's guide to names asks."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from prometheus_client import REGISTRY
from prometheus_client.openmetrics.exposition import generate_latest as in_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families

from summarizer.metering import Meter
from summarizer.metrics import couriers, engines, http, jobs, money, quality
from summarizer.metrics.labels import declare
from summarizer.metrics.leader import Night, Standing, leader
from summarizer.metrics.process import process
from summarizer.prices import Charge
from summarizer.store.costs import Spent
from summarizer.summary import Aspect, Claim, Evidence, Summary
from tests.fakes import FakeGenerator
from tests.summarizer.metrics.exported import described, exposition, families

ABBREVIATED = re.compile(r"_(s|ms|us|ns|sec|secs|min|mins|h|hr|hrs|hours|kb|mb|gb|kib|mib|gib|percent|wh)(_|$)")
TIMES = {"duration", "age", "latency", "time", "timestamp"}
VERSION = "ab" * 32


class _Service:
    num_in_use, max_connections = 3, 8

    def is_answering(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _something_of_each() -> Iterator[None]:
    """A value for what has none until something happens."""
    claim = Claim(Aspect.REASON, "A card was lost.", (Evidence(0, 0, 1),), score=0.5)
    http.count(route="/livez", method="GET", status=200, seconds=0.01)
    jobs.count_finished("summarize", reason=None, seconds=3.0)
    quality.count(Summary((claim,)), backend="wrapup", model_version=VERSION)
    couriers.count_delivery("told", seconds=0.1)
    money.count([Spent("wrapup", VERSION, Meter(), Charge(Decimal(1), 0.5, "EUR"), is_summary=True)])
    process.watch(pool=_Service(), queue=_Service())
    leader.show(Standing({"fetch": 2}, {}, {"fetch": 1.5}, 0, night=Night("refused")))
    yield
    process.watch(pool=None, queue=None)
    leader.forget()


def test_both_of_prometheus_own_parsers_read_it() -> None:
    assert len(families()) > 40
    read = openmetrics_families(in_openmetrics(REGISTRY).decode())
    assert {one.name for one in read} >= {"wrapup_jobs", "wrapup_cost", "wrapup_job_duration_seconds"}


def test_every_family_is_ours_or_the_librarys_and_says_what_it_is() -> None:
    for one in families():
        assert one.name.startswith(("wrapup_", "python_", "process_")), one.name
        assert one.documentation, one.name
        assert one.type in ("counter", "gauge", "histogram"), one.name
    assert all(one.documentation.endswith(".") for one in described().values())


def test_names_are_as_prometheus_wants_them() -> None:
    for name, one in described().items():
        assert re.fullmatch("[a-z][a-z0-9_]*", name), name
        assert not ABBREVIATED.search(name), name
        assert not name.endswith(("_count", "_sum", "_bucket", "_total")), name
        assert one.type not in name.split("_"), name
        for label in {label for sample in one.samples for label in sample.labels} - {"le"}:
            assert label not in name.removeprefix("wrapup_").split("_") or label in ("model", "state"), (name, label)


def test_only_counters_end_in_total() -> None:
    for one in families():
        for sample in one.samples:
            assert sample.name.endswith("_total") == (one.type == "counter"), sample.name


def test_times_are_in_seconds_shares_are_ratios_and_sizes_are_bytes() -> None:
    for name in described():
        if TIMES & set(name.split("_")):
            assert name.endswith("_seconds"), name
        assert "share" not in name
        if "bytes" in name:
            assert name.endswith("_bytes"), name


def test_a_histogram_has_rising_bounds_and_an_end() -> None:
    found = [one for one in families() if one.type == "histogram" and one.samples]
    assert found
    for one in found:
        series: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]] = {}
        for sample in one.samples:
            if sample.name.endswith("_bucket"):
                labels = tuple(sorted((key, at) for key, at in sample.labels.items() if key != "le"))
                series.setdefault(labels, []).append((float(sample.labels["le"]), sample.value))
        for buckets in series.values():
            assert buckets == sorted(buckets), one.name
            assert buckets[-1][0] == float("inf"), one.name
            assert [num for _, num in buckets] == sorted(num for _, num in buckets), one.name


def test_no_series_is_told_twice() -> None:
    lines = [line.rsplit(" ", 1)[0] for line in exposition().splitlines() if not line.startswith("#")]
    assert len(lines) == len(set(lines))


def test_engines_that_are_not_ours_are_named_and_nothing_else() -> None:
    declare("backend", ["vllm"])
    engines.engines.watch(lambda: 2 * [("vllm", FakeGenerator())])
    try:
        [info] = [line for line in exposition().splitlines() if line.startswith("wrapup_model_info")]
    finally:
        engines.engines.watch(tuple)
    assert 'backend="vllm"' in info
    assert 'model_version="000000000000"' in info
