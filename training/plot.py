"""Losses and scores as small pictures."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot

from training.checkpoint import History
from training.metrics import Scores

SMOOTHING = 0.98


def plot_losses(histories: Mapping[str, History], path: Path) -> None:
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


def plot_scores(scores: Mapping[str, Scores], path: Path, *, title: str) -> None:
    """ROUGE-1 of each system with its confidence interval."""
    figure, axis = pyplot.subplots(figsize=(6, 0.5 + 0.4 * len(scores)), dpi=80)
    names = list(scores)[::-1]
    middle = [scores[name].rouge1 for name in names]
    low = [scores[name].rouge1 - scores[name].rouge1_low for name in names]
    high = [scores[name].rouge1_high - scores[name].rouge1 for name in names]
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


def running_mean(values: Sequence[float]) -> list[float]:
    """Exponential, corrected for its start."""
    means: list[float] = []
    total = weight = 0.0
    for value in values:
        total = SMOOTHING * total + (1 - SMOOTHING) * value
        weight = SMOOTHING * weight + (1 - SMOOTHING)
        means.append(total / weight)
    return means
