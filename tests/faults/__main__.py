"""`python -m tests.faults`: see `--help`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tests.faults.catalogue import ELSEWHERE, FAULTS
from tests.faults.harness import run
from tests.faults.report import REPORTS, show, write
from tests.faults.stage import staged

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)


@app.command("run")
def run_faults(
    fault: Annotated[list[str] | None, typer.Option(help="As F8; all when not given.")] = None,
    calls: Annotated[int, typer.Option(min=1, help="Conversations for each fault.")] = 300,
    as_json: Annotated[bool, typer.Option("--json", help="Print lines of JSON, no table.")] = False,
) -> None:
    """Cause faults, one after the other, in a service of their own; exit code 1 if an invariant is broken."""
    chosen = [one for one in FAULTS if not fault or one.id in fault]
    reports = []
    with staged(Path(".wrapup-faults")) as stage:
        for one in chosen:
            reports.append(run(stage, one, num_calls=calls))
            write(reports[-1:], REPORTS / "faults.jsonl")
            if as_json:
                typer.echo(json.dumps(asdict(reports[-1])))
    if not as_json:
        show(reports, Console(width=200))
    raise typer.Exit(0 if all(one.is_good for one in reports) else 1)


@app.command("list")
def list_faults() -> None:
    """Say what each fault is, and where those are held that are not caused here."""
    for one in FAULTS:
        typer.echo(f"{one.id}\t{one.title}")
    for other in ELSEWHERE:
        typer.echo(f"{other.id}\t{other.title}\t{other.where}")


if __name__ == "__main__":
    app()
