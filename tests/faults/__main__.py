"""`python -m tests.faults`: see `--help`."""

import json
import random
import secrets
import time
from contextlib import nullcontext
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tests.faults import soak, tasks
from tests.faults.catalogue import ELSEWHERE, FAULTS
from tests.faults.harness import run
from tests.faults.report import REPORTS, show, write
from tests.faults.stage import LEISURE, small_disk, staged

HERE = Path(".wrapup-faults")
app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)


@app.command("run")
def run_faults(
    fault: Annotated[list[str] | None, typer.Option(help="As F8; all when not given.")] = None,
    calls: Annotated[int, typer.Option(min=1, help="Conversations for each fault.")] = 300,
    as_json: Annotated[bool, typer.Option("--json", help="Print lines of JSON, no table.")] = False,
) -> None:
    """Cause faults, one after the other, in a service of their own; exit code 1 if an invariant is broken."""
    chosen = [one for one in FAULTS if not fault or one.id in fault]
    unknown = set(fault or ()) - {one.id for one in FAULTS}
    if unknown:
        raise typer.BadParameter(f"no fault is called {', '.join(sorted(unknown))}; `list` shows all")
    reports = []
    for is_small, some in groupby(chosen, key=lambda one: one.needs_small_disk):
        with small_disk() if is_small else nullcontext(HERE) as directory, staged(directory) as stage:
            for one in some:
                reports.append(run(stage, one, num_calls=calls))
                write(reports[-1:], REPORTS / "faults.jsonl")
                if as_json:
                    typer.echo(json.dumps(asdict(reports[-1])))
    if not as_json:
        show(reports, Console(width=200))
    raise typer.Exit(0 if all(one.is_good for one in reports) else 1)


@app.command("tasks")
def run_tasks(calls: Annotated[int, typer.Option(min=1, help="In each row.")] = tasks.NUM_TASKS) -> None:
    """The table of 300 tasks and what Celery alone loses of them, with our service in every row."""
    with staged(HERE, pace=LEISURE) as stage:
        results = tasks.table(stage, num_tasks=calls)
    write([report for _, report in results], REPORTS / "tasks.jsonl")
    tasks.show(results, Console(width=160))
    raise typer.Exit(0 if all(report.is_good for _, report in results) else 1)


@app.command("mix")
def run_mix(
    minutes: Annotated[float, typer.Option(help="For so long.")] = 60,
    calls: Annotated[int, typer.Option(min=1, help="Conversations for each fault.")] = 300,
    seed: Annotated[int | None, typer.Option(help="Of an earlier run, to repeat it.")] = None,
) -> None:
    """Faults drawn at random, one after the other, in one service."""
    seed = secrets.randbelow(1_000_000) if seed is None else seed
    typer.echo(f"seed {seed}")
    rng, ends = random.Random(seed), time.monotonic() + minutes * 60
    reports = []
    with staged(HERE) as stage:
        while time.monotonic() < ends:
            fault = rng.choice([one for one in FAULTS if not one.needs_small_disk])
            reports.append(run(stage, fault, num_calls=calls, seed=rng.randrange(1_000_000)))
            write(reports[-1:], REPORTS / "mix.jsonl")
    show(reports, Console(width=200))
    raise typer.Exit(0 if all(one.is_good for one in reports) else 1)


@app.command("soak")
def run_soak(
    minutes: Annotated[float, typer.Option(help="For so long.")] = 60,
    calls_per_second: Annotated[float, typer.Option(help="Steadily.")] = 3.0,
) -> None:
    """Steady load, and what grows under it; samples and a plot go to reports/."""
    with staged(HERE, pace=LEISURE) as stage:
        slopes, load = soak.soak(stage, minutes=minutes, calls_per_second=calls_per_second, out=REPORTS)
        broken = soak.broken(stage, load)
    table = Table("what", "at first", "at last", "a minute")
    for one in slopes:
        table.add_row(one.name, f"{one.first:.1f}", f"{one.last:.1f}", f"{one.per_minute:+.3f}")
    Console(width=120).print(table)
    typer.echo(f"{load.num_sent} calls, broken invariants: {', '.join(broken) or 'none'}")
    raise typer.Exit(1 if broken else 0)


@app.command("list")
def list_faults() -> None:
    """Say what each fault is, and where those are held that are not caused here."""
    for one in FAULTS:
        typer.echo(f"{one.id}\t{one.title}")
    for other in ELSEWHERE:
        typer.echo(f"{other.id}\t{other.title}\t{other.where}")


if __name__ == "__main__":
    app()
