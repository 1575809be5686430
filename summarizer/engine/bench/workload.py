"""The requests: prompts of random tokens, so many new ones, greedy, never ended early."""

from dataclasses import dataclass

import numpy as np

NEW_TOKENS = 80


@dataclass(frozen=True, slots=True)
class Shape:
    """A model's size, and the spread of its random weights."""

    vocabulary_size: int
    hidden_size: int
    num_layers: int
    num_heads: int
    spread: float


SHAPES = {
    "S": Shape(vocabulary_size=32_000, hidden_size=512, num_layers=8, num_heads=8, spread=0.05),
    "M": Shape(vocabulary_size=250_880, hidden_size=1024, num_layers=24, num_heads=16, spread=0.035),  # bloom-560m
    "XS": Shape(vocabulary_size=512, hidden_size=64, num_layers=2, num_heads=4, spread=0.1),  # for tests
}


@dataclass(frozen=True, slots=True)
class Request:
    """One prompt, and how many tokens are to follow."""

    prompt: list[int]
    num_new: int


WORKLOADS = ("one600", "one1500", "batch16", "stream48")


def requests(name: str, shape: Shape) -> list[Request]:
    """The requests of one workload; the same in every process and every year."""
    if name == "stream48":
        lengths = np.random.default_rng(11).integers(200, 1501, 48)
        news = np.random.default_rng(12).integers(20, 161, 48)
    elif name == "batch16":
        lengths = np.random.default_rng(7).integers(200, 1501, 16)
        news = np.full(16, NEW_TOKENS)
    elif name.startswith("one"):
        lengths, news = np.array([int(name.removeprefix("one"))]), np.array([NEW_TOKENS])
    else:
        raise ValueError(f"There is no workload {name!r}.")
    tokens = np.random.default_rng(3)
    return [
        Request(tokens.integers(10, shape.vocabulary_size, length).tolist(), int(new))
        for length, new in zip(lengths, news, strict=True)
    ]
