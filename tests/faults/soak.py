"""An hour of steady load: does anything grow?  Memory, connections, files, keys in the queue, rows."""

import csv
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from rich.progress import Progress
from sqlalchemy import text

from tests.faults.invariants import examine, num_open
from tests.faults.load import Load
from tests.faults.stage import Stage

EVERY_SECONDS = 10.0
WARM_SECONDS = 120.0  #: caches fill; no slope is taken of them
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Slope:
    """How something changes: at the beginning, at the end, and in a minute."""

    name: str
    first: float
    last: float
    per_minute: float


def soak(stage: Stage, *, minutes: float, calls_per_second: float, out: Path) -> tuple[list[Slope], Load]:
    """Slopes after the warm-up; samples go to a CSV file and a plot beside it."""
    num_calls = round(minutes * 60 * calls_per_second)
    load = Load(stage, num_calls=num_calls, num_clients=8, calls_per_second=calls_per_second).start()
    samples: list[dict[str, float]] = []
    began = time.monotonic()
    with Progress() as progress:
        task = progress.add_task("soak", total=num_calls)
        while load.is_sending:
            stage.wait(EVERY_SECONDS)
            samples.append(_sample(stage, load.tenant_ids, seconds=time.monotonic() - began))
            progress.update(task, completed=load.num_sent)
    stage.wait_until(lambda: not num_open(stage.owner, load.tenant_ids), seconds=120)
    _write(samples, out)
    return _slopes([one for one in samples if one["seconds"] > min(WARM_SECONDS, minutes * 15)]), load


def broken(stage: Stage, load: Load) -> tuple[str, ...]:
    """Invariants that did not hold."""
    return examine(stage.owner, load).broken


def _sample(stage: Stage, tenant_ids: Sequence[UUID], *, seconds: float) -> dict[str, float]:
    sample = {"seconds": round(seconds, 1)}
    for name, process in stage.deployment.processes.items():
        sample[f"{name} MB"] = _resident_mb(process.pid)
        sample[f"{name} files"] = len(list(Path(f"/proc/{process.pid}/fd").iterdir()))
    info = stage.broker.info()
    sample["valkey MB"] = info["used_memory"] / 1e6
    sample["valkey clients"] = info["connected_clients"]
    sample["valkey keys"] = stage.broker.dbsize()
    with stage.owner.connect() as connection:
        sample["postgres connections"] = connection.scalar(text(CONNECTIONS)) or 0
    sample["open jobs"] = num_open(stage.owner, tenant_ids)
    return sample


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def _slopes(samples: list[dict[str, float]]) -> list[Slope]:
    minutes = [one["seconds"] / 60 for one in samples]
    found = []
    for name in samples[0] if samples else ():
        if name != "seconds":
            values = [one.get(name, 0.0) for one in samples]
            found.append(Slope(name, values[0], values[-1], _slope(minutes, values)))
    return found


def _slope(times: list[float], values: list[float]) -> float:
    """Least squares."""
    mean_time, mean = sum(times) / len(times), sum(values) / len(values)
    spread = sum((time - mean_time) ** 2 for time in times)
    if not spread:
        return 0.0
    return sum((time - mean_time) * (value - mean) for time, value in zip(times, values, strict=True)) / spread


def _write(samples: list[dict[str, float]], out: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    out.mkdir(parents=True, exist_ok=True)
    with (out / "soak.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(samples[0]))
        writer.writeheader()
        writer.writerows(samples)
    figure, axes = pyplot.subplots(figsize=(9, 5))
    for name in samples[0]:
        if name.endswith(" MB"):
            axes.plot([one["seconds"] / 60 for one in samples], [one.get(name, 0) for one in samples], label=name)
    axes.set(xlabel="minutes", ylabel="MB resident", yscale="log")
    axes.legend()
    figure.savefig(out / "soak.png", dpi=120)
    pyplot.close(figure)
