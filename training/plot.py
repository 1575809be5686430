"""Losses and scores as small pictures."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot

from training.metrics import Scores

if TYPE_CHECKING:  # with it comes torch
    from training.checkpoint import History

SMOOTHING = 0.98


def plot_losses(histories: Mapping[str, "History"], path: Path) -> None:
    """Each stage's loss by step with its running mean, and the learning rate."""
    figure, axes = pyplot.subplots(1, len(histories), figsize=(4.5 * len(histories), 3), squeeze=False, dpi=80)
    for axis, (name, history) in zip(axes[0], histories.items(), strict=True):
        axis.plot(history.losses, linewidth=0.4, alpha=0.4)
        axis.plot(running_mean(history.losses), linewidth=1.2)
        axis.set(title=name, xlabel="step", ylabel="loss")
        beside = axis.twinx()
        beside.plot(history.rates, linewidth=0.8, color="gray", linestyle="--")
        beside.set(ylabel="learning rate")
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)


def plot_scores(scores: Mapping[str, Scores], path: Path, *, title: str, shuffled_rouge1: float) -> None:
    """ROUGE-1 of each system with its confidence interval, and what the model's keeps when shuffled."""
    bars = bars_of(scores, shuffled_rouge1=shuffled_rouge1)
    figure, axis = pyplot.subplots(figsize=(6, 0.5 + 0.4 * len(bars)), dpi=80)
    names = list(bars)[::-1]
    middle = [bars[name][0] for name in names]
    low = [bars[name][0] - bars[name][1] for name in names]
    high = [bars[name][2] - bars[name][0] for name in names]
    axis.barh(names, middle, xerr=[low, high], height=0.6, capsize=3)
    axis.set(title=title, xlabel="ROUGE-1")
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)


def plot_shares(scores: Mapping[str, Sequence[Mapping[str, float]]], shares: Sequence[float], out: Path) -> None:
    """ROUGE-1 by private share, one line a judge, with the confidence intervals; written to `out`/study.png."""
    figure, axis = pyplot.subplots(figsize=(6, 3.5), dpi=80)
    for index, (name, found) in enumerate(scores.items()):
        middle = [one["rouge1"] for one in found]
        low = [one["rouge1"] - one["rouge1_low"] for one in found]
        high = [one["rouge1_high"] - one["rouge1"] for one in found]
        places = [100 * share + index / 2 for share in shares]
        axis.errorbar(places, middle, yerr=[low, high], marker="o", capsize=3, label=name)
    axis.set(title="one fine-tuning a share", xlabel="private share asked for, %", ylabel="ROUGE-1")
    axis.legend()
    figure.tight_layout()
    figure.savefig(out / "study.png")
    pyplot.close(figure)


def plot_comparison(
    gains: Sequence[float],
    seconds: Mapping[str, Sequence[float]],
    money: Mapping[str, float | None],
    path: Path,
    *,
    measure: str,
    currency: str,
) -> None:
    """What the second won on each call, the worst first; seconds of both; money for a thousand calls."""
    figure, (won, time, cost) = pyplot.subplots(1, 3, figsize=(12, 3.5), dpi=80, width_ratios=(2, 1, 1))
    first, second = seconds
    won.bar(range(len(gains)), gains, width=1.0, color=["tab:red" if one < 0 else "tab:blue" for one in gains])
    won.axhline(0, color="gray", linewidth=0.8)
    won.set(title=f"{second} less {first}", xlabel="calls, by difference", ylabel=measure)
    time.boxplot(list(seconds.values()), tick_labels=list(seconds))
    time.set(title="seconds a call")
    priced = {name: one for name, one in money.items() if one is not None}
    cost.bar(list(priced), list(priced.values()))
    cost.set(title=f"{currency} per 1,000 calls")
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)


def bars_of(scores: Mapping[str, Scores], *, shuffled_rouge1: float) -> dict[str, tuple[float, float, float]]:
    """Each bar's length and the ends of its interval; the shuffled score, which has none, stands below the model's."""
    bars: dict[str, tuple[float, float, float]] = {}
    for name, one in scores.items():
        bars[name] = (one.rouge1, one.rouge1_low, one.rouge1_high)
        if name == "model":
            bars["model, shuffled"] = (shuffled_rouge1,) * 3
    return bars


def running_mean(values: Sequence[float]) -> list[float]:
    """Exponential, corrected for its start."""
    means: list[float] = []
    total = weight = 0.0
    for value in values:
        total = SMOOTHING * total + (1 - SMOOTHING) * value
        weight = SMOOTHING * weight + (1 - SMOOTHING)
        means.append(total / weight)
    return means
