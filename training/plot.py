"""Loss curves as one small picture."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot

SMOOTHING = 0.98


def plot_losses(histories: Mapping[str, Sequence[float]], path: Path) -> None:
    """Each stage's loss by step, with its running mean."""
    figure, axes = pyplot.subplots(1, len(histories), figsize=(4.5 * len(histories), 3), squeeze=False, dpi=80)
    for axis, (name, losses) in zip(axes[0], histories.items(), strict=True):
        axis.plot(losses, linewidth=0.4, alpha=0.4)
        axis.plot(running_mean(losses), linewidth=1.2)
        axis.set(title=name, xlabel="step", ylabel="loss")
    figure.tight_layout()
    figure.savefig(path)
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
