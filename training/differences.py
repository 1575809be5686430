"""By how much two backends differ on the same calls, and whether that could be chance.

Every figure is a sum over a sum, as the service's own metrics are: dropped statements over drafted ones, money over
calls. The interval is of the difference, by a bootstrap over the calls, which are drawn for both backends together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.attempts import Attempt
from training.metrics import CONFIDENCE, MEASURES, NUM_SAMPLES

PER = 1_000  # calls, of money and energy
FEW = 20  # calls; of fewer nothing follows

Part = tuple[float, float]  #: what one call adds to both sums
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """One call by one backend, with what was found out about it."""

    attempt: Attempt
    overlap: Mapping[str, float] | None = None  #: ROUGE by measure, 0 without a summary; None without references
    money: float | None = None  #: None without a price
    watt_hours: float | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure: what it is called, how one call adds to it, how it is written."""

    label: str
    of: Callable[[Judged], Part]
    digits: int = 1


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of both; nothing where a backend has none of it."""

    a: float | None
    b: float | None
    difference: float | None = None  #: b less a
    low: float | None = None
    high: float | None = None


def _overlap(name: str) -> Callable[[Judged], Part]:
    return lambda one: (0.0, 0.0) if one.overlap is None else (one.overlap[name], 1.0)


def _statements(count: Callable[[Attempt], int]) -> Callable[[Judged], Part]:
    return lambda one: (100.0 * count(one.attempt), one.attempt.num_statements)


def _share(holds: Callable[[Attempt], bool]) -> Callable[[Judged], Part]:
    return lambda one: (100.0 * holds(one.attempt), 1.0)


def _mean(value: Callable[[Attempt], float]) -> Callable[[Judged], Part]:
    return lambda one: (value(one.attempt), 1.0)


def _of_summaries(value: Callable[[Attempt], float]) -> Callable[[Judged], Part]:
    return lambda one: (value(one.attempt), 1.0) if one.attempt.sentences else (0.0, 0.0)


def _priced(value: float | None) -> Part:
    return (0.0, 0.0) if value is None else (PER * value, 1.0)


MEASURE: Mapping[str, Measure] = {
    **{name: Measure(f"ROUGE-{name[-1]}", _overlap(name)) for name in MEASURES},
    "score": Measure("score of the evidence", _of_summaries(lambda one: one.score), 3),
    "sections": Measure("sections stated", _of_summaries(lambda one: one.num_stated), 2),
    "words": Measure("words", _of_summaries(lambda one: len(one.text.split()))),
    "kept": Measure(
        "statements kept, %", _statements(lambda one: one.num_statements - one.num_repaired - one.num_dropped)
    ),
    "repaired": Measure("statements repaired, %", _statements(lambda one: one.num_repaired)),
    "dropped": Measure("statements dropped, %", _statements(lambda one: one.num_dropped)),
    "unsupported": Measure("unsupported before repair, %", _statements(lambda one: one.num_repaired + one.num_dropped)),
    "quoted": Measure("sentences quoted, %", lambda one: (100.0 * one.attempt.num_quoted, len(one.attempt.sentences))),
    "extractive": Measure("quotations alone, % of calls", _share(lambda one: one.is_quotations)),
    "none": Measure("no summary, % of calls", _share(lambda one: not one.sentences)),
    "failed": Measure("failed, % of calls", _share(lambda one: one.failure is not None)),
    "seconds": Measure("seconds", _mean(lambda one: one.seconds), 2),
    "device_seconds": Measure("device seconds", _mean(lambda one: one.meter.device_seconds), 2),
    "prompt_tokens": Measure("tokens in", _mean(lambda one: one.meter.prompt_tokens), 0),
    "completion_tokens": Measure("tokens out", _mean(lambda one: one.meter.completion_tokens), 0),
    "cached_tokens": Measure("tokens cached", _mean(lambda one: one.meter.cached_tokens), 0),
    "money": Measure(f"money per {PER:,} calls", lambda one: _priced(one.money), 4),
    "watt_hours": Measure(f"Wh per {PER:,} calls", lambda one: _priced(one.watt_hours), 2),
}


def differences(a: Sequence[Judged], b: Sequence[Judged], *, seed: int) -> dict[str, Difference]:
    """Every measure of two backends on the same calls in the same order."""
    return {
        name: paired([one.of(each) for each in a], [one.of(each) for each in b], seed=seed)
        for name, one in MEASURE.items()
    }


def paired(a: Sequence[Part], b: Sequence[Part], *, seed: int) -> Difference:
    """Both figures, and the interval of their difference over the same draws of calls."""
    first, second = np.asarray(a, dtype=float).reshape(-1, 2), np.asarray(b, dtype=float).reshape(-1, 2)
    both = _ratio(first.sum(axis=0)), _ratio(second.sum(axis=0))
    if np.isnan(both).any():
        return Difference(*(None if np.isnan(one) else float(one) for one in both))
    size = len(first)
    drawn = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=NUM_SAMPLES)
    won = _ratio(drawn @ second) - _ratio(drawn @ first)
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.nanpercentile(won, [tail, 100 - tail])
    return Difference(float(both[0]), float(both[1]), float(both[1] - both[0]), float(low), float(high))


def principal(found: Mapping[str, Difference]) -> str:
    """The measure that decides: overlap with what people wrote if anybody did, else how well the evidence holds."""
    return "rouge1" if found["rouge1"].a is not None else "score"


def verdict(found: Mapping[str, Difference], *, a: str, b: str, num_calls: int, currency: str) -> str:
    """What follows from the figures, in plain sentences."""
    quality = _quality(principal(found), found, a=a, b=b)
    costs = _times(found["money"], a=a, b=b, verb="costs", unit=f"{currency} per {PER:,} calls")
    takes = _times(found["seconds"], a=a, b=b, verb="takes", unit="seconds a call")
    told = [quality, costs, takes]
    if principal(found) == "score":
        told.append("No person's summary decides here but the evidence, which always holds quotations: let people vote")
    if num_calls < FEW:
        told.append(f"Of {num_calls} calls nothing follows")
    return " ".join(f"{one}." for one in told)


def _quality(name: str, found: Mapping[str, Difference], *, a: str, b: str) -> str:
    one, digits, label = found[name], MEASURE[name].digits, MEASURE[name].label
    if one.difference is None or one.low is None or one.high is None:
        return f"{a} and {b} cannot be compared: one of them wrote nothing"
    found_it = f"{one.difference:+.{digits}f} {label}, 95 % {one.low:+.{digits}f} to {one.high:+.{digits}f}"
    if one.low > 0:
        return f"{b} is better than {a} ({found_it})"
    if one.high < 0:
        return f"{b} is worse than {a} ({found_it})"
    return f"{b} is not worse than {a} by more than {-one.low:.{digits}f} ({found_it})"


def _times(one: Difference, *, a: str, b: str, verb: str, unit: str) -> str:
    if one.a is None or one.b is None:
        return f"What {b} {verb} beside {a} is not known: there is no price"
    figures = f"{one.b:.3g} and {one.a:.3g} {unit}"
    if one.a == 0 or one.b == 0:
        return f"{b} {verb} {one.b:.3g} {unit}, {a} {one.a:.3g}"
    return f"{b} {verb} {one.b / one.a:.2g} times what {a} {verb} ({figures})"


def _ratio(sums: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(sums[..., 1] > 0, sums[..., 0] / sums[..., 1], np.nan))
