"""The least time this machine could need: arithmetic at its fastest, memory read once, nothing else.

Linear layers run at the best rate of any matrix product here, attention at that of fp32; a decode step takes its
arithmetic or its reading, whichever is longer. int8 is given int8 weights, and keys and values in bf16.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import torch

from summarizer.engine.bench.workload import Request, Shape
from summarizer.engine.linear import OneDnn, PortableInt8, Precision, linear
from summarizer.engine.native import load_native


@dataclass(frozen=True, slots=True)
class Rates:
    """What this machine does at most, per second."""

    fp32_flop: float
    int8_op: float
    read_bytes: float


def measure() -> Rates:
    """The best of torch's products and ours on a layer of bloom-560m, 1024 rows; a plain sum over a gigabyte."""
    weight, rows = torch.randn(4096, 1024), torch.randn(1024, 1024)
    work = 2 * weight.numel() * len(rows)
    products: dict[Precision, list[Callable[[torch.Tensor], torch.Tensor]]] = {
        Precision.FP32: [OneDnn(weight, None)],
        Precision.INT8: [PortableInt8(weight, None)],
    }
    if native := load_native():
        for precision, ways in products.items():
            ways.append(linear(weight, None, precision=precision, native=native))
    small, smaller = torch.ones((1024, 1024), dtype=torch.int8), torch.ones((4096, 1024), dtype=torch.int8)
    products[Precision.INT8].append(lambda _: torch._int_mm(small, smaller.t()))
    best = {precision: max(work / _seconds(way, rows) for way in ways) for precision, ways in products.items()}
    gigabyte = torch.ones(2**28)
    read = gigabyte.nbytes / _seconds(torch.sum, gigabyte)
    return Rates(fp32_flop=best[Precision.FP32], int8_op=best[Precision.INT8], read_bytes=read)


def seconds(shape: Shape, requests: Sequence[Request], rates: Rates, *, is_int8: bool) -> float:
    """The floor of one workload run in one batch."""
    hidden, layers = shape.hidden_size, shape.num_layers
    block, head = 12 * hidden * hidden * layers, hidden * shape.vocabulary_size
    rate = rates.int8_op if is_int8 else rates.fp32_flop
    weight_bytes, number_bytes = (1, 2) if is_int8 else (4, 4)
    total = sum(
        2 * (block * len(one.prompt) + head) / rate + 2 * layers * hidden * len(one.prompt) ** 2 / rates.fp32_flop
        for one in requests
    )
    for step in range(1, max(one.num_new for one in requests)):
        lengths = [len(one.prompt) + step for one in requests if one.num_new > step]
        arithmetic = len(lengths) * 2 * (block + head) / rate + sum(lengths) * 4 * layers * hidden / rates.fp32_flop
        read = (block + head) * weight_bytes + sum(lengths) * 2 * layers * hidden * number_bytes
        total += max(arithmetic, read / rates.read_bytes)
    return total


def _seconds(work: Callable[[torch.Tensor], object], argument: torch.Tensor) -> float:
    taken = []
    with torch.inference_mode():
        for _ in range(9):
            start = time.perf_counter()
            work(argument)
            taken.append(time.perf_counter() - start)
    return median(taken[2:])
