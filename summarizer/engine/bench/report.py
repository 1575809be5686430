"""Medians, ratios taken within one round, and the table."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from rich.table import Table

from summarizer.engine.bench.floor import Rates, seconds
from summarizer.engine.bench.rivals import CANDIDATES, ORACLE
from summarizer.engine.bench.workload import SHAPES, requests


@dataclass(frozen=True, slots=True)
class Run:
    """One candidate on one workload in one round."""

    round: int
    candidate: str
    workload: str
    seconds: float
    load_seconds: float
    peak_mb: float
    tokens: list[list[int]]


@dataclass(frozen=True, slots=True)
class Line:
    """One candidate on one workload, over all rounds."""

    candidate: str
    seconds: float  #: median
    best_seconds: float
    ratio: float | None  #: how many times faster than the oracle, median over the rounds
    share: float  #: of the floor of its precision
    peak_mb: float
    load_seconds: float
    identical: tuple[int, int] | None  #: requests with the oracle's very tokens, of how many, in the worst round


def lines(runs: list[Run], *, workload: str, shape: str, rates: Rates) -> list[Line]:
    """In the order of the table of candidates; rounds without the oracle have no ratio."""
    own = [run for run in runs if run.workload == workload]
    oracle = {run.round: run for run in own if run.candidate == ORACLE}
    work = requests(workload, SHAPES[shape])
    floors = {is_int8: seconds(SHAPES[shape], work, rates, is_int8=is_int8) for is_int8 in (False, True)}
    found = []
    for name, candidate in CANDIDATES.items():
        mine = [run for run in own if run.candidate == name]
        if not mine:
            continue
        held = [(run, oracle[run.round]) for run in mine if run.round in oracle]
        taken = median(run.seconds for run in mine)
        found.append(
            Line(
                candidate=name,
                seconds=taken,
                best_seconds=min(run.seconds for run in mine),
                ratio=median(other.seconds / run.seconds for run, other in held) if held else None,
                share=floors[candidate.is_int8] / taken,
                peak_mb=max(run.peak_mb for run in mine),
                load_seconds=median(run.load_seconds for run in mine),
                identical=min(((_num_same(run, other), len(work)) for run, other in held), default=None),
            )
        )
    return found


def ratio(runs: list[Run], *, workload: str, slow: str, fast: str) -> float | None:
    """How many times `fast` is faster than `slow`: the median over the rounds that have both."""
    times = {
        name: {run.round: run.seconds for run in runs if run.workload == workload and run.candidate == name}
        for name in (slow, fast)
    }
    both = times[slow].keys() & times[fast].keys()
    return median(times[slow][one] / times[fast][one] for one in both) if both else None


def table(found: Iterable[Line], *, title: str) -> Table:
    """For people."""
    rows = Table(title=title)
    rows.add_column("")
    for column in ("median s", "best s", "x one by one", "of floor", "peak MB", "load s", "identical"):
        rows.add_column(column, justify="right")
    for line in found:
        rows.add_row(
            line.candidate,
            f"{line.seconds:.2f}",
            f"{line.best_seconds:.2f}",
            "" if line.ratio is None else f"{line.ratio:.2f}",
            f"{line.share:.2f}",
            f"{line.peak_mb:.0f}",
            f"{line.load_seconds:.1f}",
            "" if line.identical is None else "{}/{}".format(*line.identical),
        )
    return rows


def _num_same(run: Run, oracle: Run) -> int:
    return sum(one == other for one, other in zip(run.tokens, oracle.tokens, strict=True))
