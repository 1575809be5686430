"""Ratios are taken within one round, floors are what arithmetic and reading need."""

import pytest

from summarizer.engine.bench import floor, report
from summarizer.engine.bench.floor import Rates
from summarizer.engine.bench.report import Run
from summarizer.engine.bench.rivals import CANDIDATES, ORACLE
from summarizer.engine.bench.workload import SHAPES, WORKLOADS, Request, Shape, requests

RATES = Rates(fp32_flop=1e9, int8_op=4e9, read_bytes=1e9)


def a_run(candidate: str, seconds: float, *, round_: int = 0, tokens: tuple[int, ...] = (5, 6)) -> Run:
    return Run(round_, candidate, "one600", seconds, 0.1, 100.0, [list(tokens)])


def test_a_neighbour_who_slows_one_round_changes_no_ratio() -> None:
    runs = [a_run(ORACLE, 10.0), a_run("ours fp32", 2.0)]
    runs += [a_run(ORACLE, 50.0, round_=1), a_run("ours fp32", 10.0, round_=1)]
    _, line = report.lines(runs, workload="one600", shape="XS", rates=RATES)
    assert line.ratio == 5.0
    assert report.ratio(runs, workload="one600", slow=ORACLE, fast="ours fp32") == 5.0


def test_a_round_without_the_oracle_has_no_ratio() -> None:
    (line,) = report.lines([a_run("ours fp32", 2.0)], workload="one600", shape="XS", rates=RATES)
    assert line.ratio is line.identical is None
    assert report.ratio([a_run("ours fp32", 2.0)], workload="one600", slow=ORACLE, fast="ours fp32") is None


def test_the_worst_round_says_how_many_are_identical() -> None:
    runs = [a_run(ORACLE, 1.0), a_run("ours int8", 1.0)]
    runs += [a_run(ORACLE, 1.0, round_=1), a_run("ours int8", 1.0, round_=1, tokens=(5, 7))]
    line = report.lines(runs, workload="one600", shape="XS", rates=RATES)[-1]
    assert line.identical == (0, 1)


def test_the_floor_is_arithmetic_while_reading_a_prompt_and_the_slower_of_both_while_writing() -> None:
    shape = Shape(vocabulary_size=100, hidden_size=10, num_layers=1, num_heads=1, spread=1.0)
    work = [Request([0] * 4, 2)]
    prompt = (2 * (1200 * 4 + 1000) + 2 * 10 * 16) / 1e9
    step_read = ((1200 + 1000) * 4 + 5 * 2 * 10 * 4) / 1e9
    assert floor.seconds(shape, work, RATES, is_int8=False) == pytest.approx(prompt + step_read)
    assert floor.seconds(shape, work, RATES, is_int8=True) < prompt + step_read


def test_everybody_gets_the_same_requests() -> None:
    for name in WORKLOADS:
        assert requests(name, SHAPES["S"]) == requests(name, SHAPES["S"])
    assert [len(one.prompt) for one in requests("one600", SHAPES["S"])] == [600]
    assert len(requests("batch16", SHAPES["S"])) == 16
    with pytest.raises(ValueError, match="no workload"):
        requests("batch17", SHAPES["S"])


def test_the_table_names_everybody_who_ran() -> None:
    runs = [a_run(name, 1.0) for name in CANDIDATES]
    found = report.lines(runs, workload="one600", shape="XS", rates=RATES)
    assert [line.candidate for line in found] == list(CANDIDATES)
    assert report.table(found, title="").row_count == len(CANDIDATES)
