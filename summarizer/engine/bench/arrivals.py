"""Requests that come over time, by chance: how long each waits, together and one at a time."""

import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from statistics import median, quantiles

import torch
from rich.table import Table

from summarizer.engine.bench.workload import Request, Shape, requests
from summarizer.engine.bloom import Bloom
from summarizer.engine.capacity import Capacity
from summarizer.engine.engine import Engine
from summarizer.engine.linear import Precision
from summarizer.engine.sampling import SamplingOptions

LOAD = 0.8


@dataclass(frozen=True, slots=True)
class Waits:
    """From submitting to done, in seconds, and requests done a second."""

    name: str
    per_second: float
    throughput: float
    p50: float
    p95: float


def compare(checkpoint: Path, shape: Shape, *, precision: Precision, threads: int) -> list[Waits]:
    """48 requests of mixed lengths at 80 % of what one at a time can do, and at 80 % of what a batch can do."""
    torch.set_num_threads(threads)
    model = Bloom.load(checkpoint, precision=precision)
    work = requests("stream48", shape)
    ways = {"one at a time": _capacity(max_batch=1), "together": _capacity(max_batch=16)}
    most = {name: len(work) / _all_at_once(model, work, capacity) for name, capacity in ways.items()}
    return [
        _run(model, work, capacity, name=f"{precision} {name}", per_second=LOAD * rate)
        for rate in most.values()
        for name, capacity in ways.items()
    ]


def table(found: Sequence[Waits]) -> Table:
    """For people."""
    rows = Table(title="48 requests over time (200 to 1500 tokens read, 20 to 160 written)")
    rows.add_column("")
    for column in ("arrivals a second", "done a second", "p50 s", "p95 s"):
        rows.add_column(column, justify="right")
    for one in found:
        rows.add_row(one.name, *(f"{value:.2f}" for value in (one.per_second, one.throughput, one.p50, one.p95)))
    return rows


def _capacity(*, max_batch: int) -> Capacity:
    return Capacity(max_batch=max_batch, guess_tokens=0, cache_tokens=32_768)


def _all_at_once(model: Bloom, work: Sequence[Request], capacity: Capacity) -> float:
    engine = Engine(model, capacity=capacity).start()
    start = time.perf_counter()
    futures = [_submit(engine, one) for one in work]
    engine.close()
    assert all(future.done() for future in futures)
    return time.perf_counter() - start


def _run(model: Bloom, work: Sequence[Request], capacity: Capacity, *, name: str, per_second: float) -> Waits:
    engine = Engine(model, capacity=capacity).start()
    random = Random(5)
    waits: list[float] = []
    futures = []
    start = due = time.perf_counter()
    for one in work:
        due += random.expovariate(per_second)
        time.sleep(max(due - time.perf_counter(), 0))
        future = _submit(engine, one)
        future.add_done_callback(partial(_note, waits, due))
        futures.append(future)
    engine.close()
    taken = time.perf_counter() - start
    return Waits(name, per_second, len(work) / taken, median(waits), quantiles(waits, n=20)[-1])


def _note(waits: list[float], since: float, _: object) -> None:
    waits.append(time.perf_counter() - since)


def _submit(engine: Engine, one: Request) -> Future[list[int]]:
    return engine.submit(one.prompt, SamplingOptions(max_new_tokens=one.num_new))
