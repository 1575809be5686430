"""The processes of a service, and the commands that set it up, show it and look after it."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from summarizer.cli.installation import database_of, settings_here
from summarizer.cli.keys import new_key
from summarizer.keys import Scope
from summarizer.settings import Settings

if TYPE_CHECKING:
    from summarizer.doctor.finding import Finding

commands = typer.Typer()
DEFAULT_DIRECTORY = Path(".wrapup")


@commands.command(epilog="Example: wrapup serve")
def serve() -> None:
    """Serve the REST API and the webhooks at HOST and PORT."""
    settings_here()
    os.execv(sys.executable, [sys.executable, "-m", "api.server"])


@commands.command(epilog="Example: wrapup worker")
def worker() -> None:
    """Summarize what waits; one engine, loaded once."""
    from summarizer.queue import WORKER_QUEUE

    settings = settings_here()
    _become_celery("workers.app", WORKER_QUEUE, concurrency=settings.worker_concurrency, log_level=settings.log_level)


@commands.command(epilog="Example: wrapup courier")
def courier() -> None:
    """Fetch what platforms hold and tell endpoints what happened; loads no model."""
    from summarizer.queue import COURIER_QUEUE

    settings = settings_here()
    _become_celery(
        "workers.courier", COURIER_QUEUE, concurrency=settings.courier_concurrency, log_level=settings.log_level
    )


@commands.command(epilog="Example: wrapup beat")
def beat() -> None:
    """Sweep lost jobs and open the night; run one or more, one of them leads."""
    settings_here()
    os.execv(sys.executable, [sys.executable, "-m", "workers.beat"])


@commands.command(epilog="Example: wrapup nightly")
def nightly() -> None:
    """Run the night that is open: learn from corrections, promote what is better. Beat starts it once a date."""
    from summarizer.log import configure
    from summarizer.nightly import run

    settings = settings_here()
    configure(settings.log_level)
    with closing(database_of(settings)) as database:
        outcome = run(database, settings)
    typer.echo("no night is open" if outcome is None else f"{outcome.state}: {outcome.reason}")


@commands.command(epilog="Example: DATABASE_URL=postgresql://owner:...@host/wrapup wrapup migrate")
def migrate() -> None:
    """Bring the database to the newest schema; DATABASE_URL must log in as the owner."""
    settings_here()
    sys.exit(subprocess.run([sys.executable, "-m", "migrations"], check=False).returncode)


@commands.command(epilog="Example: wrapup demo --once")
def demo(
    once: Annotated[bool, typer.Option("--once", help="End by itself: 0 only if all calls were summarized.")] = False,
    directory: Annotated[Path, typer.Option(help="Where servers keep their data.")] = DEFAULT_DIRECTORY,
) -> None:
    """Start everything on this machine, summarize five sample calls, and stay up until Ctrl-C."""
    from summarizer.demo import show
    from summarizer.deployment import deployed

    console = Console()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    started = time.monotonic()
    try:
        with deployed(directory) as deployment:
            settings = settings_here(deployment.environment)
            key = new_key(settings, "demo", name="demo", scopes=list(Scope), expires_in=timedelta(days=1))
            console.print(f"service at {deployment.url} after {time.monotonic() - started:.1f} s", highlight=False)
            is_complete = show(deployment.url, key, console=console)
            if once:
                raise typer.Exit(0 if is_complete else 1)
            console.print(f"{deployment.url}/docs shows the API; this key is good for a day:", highlight=False)
            # Not broken into lines: somebody copies it.
            console.print(f"export URL={deployment.url} KEY={key}", highlight=False, soft_wrap=True)
            for name in deployment.commands:
                console.print(f"metrics of {name}: {deployment.metrics_url(name)}", highlight=False)
            console.print("Ctrl-C stops it.")
            while True:
                time.sleep(1)
                for name in deployment.watch():
                    console.print(f"{name} had stopped and was started again")
    except KeyboardInterrupt:
        console.print("stopped")


@commands.command(epilog="Example: wrapup doctor")
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="All findings as one list.")] = False,
) -> None:
    """Say what is wrong with this installation and how to mend it; 1 if anything is."""
    from summarizer.doctor import examine
    from summarizer.doctor.environment import unusable

    try:
        found = examine(Settings())
    except ValidationError as error:
        found = unusable(error)
    seen = []
    for finding in found:
        seen.append(finding)
        if not as_json:
            _tell(finding)
    if as_json:
        print(json.dumps([asdict(one) for one in seen], ensure_ascii=False, indent=2))
    raise typer.Exit(1 if any(one.advice for one in seen) else 0)


def _tell(finding: "Finding") -> None:
    mark = "[red]✗[/]" if finding.advice else "[green]✓[/]"
    console = Console(highlight=False)
    console.print(f"{mark} {escape(f'{finding.name}: {finding.seen}')}")
    if finding.advice:
        console.print(f"  {escape(finding.advice)}", soft_wrap=True)  # somebody copies it


def _become_celery(module: str, queue: str, *, concurrency: int, log_level: str) -> None:
    command = [sys.executable, "-m", "celery", "--quiet", "--app", module, "worker", "--pool", "threads"]
    command += ["--queues", queue, "--concurrency", str(concurrency), "--without-gossip"]
    os.execv(sys.executable, [*command, "--without-mingle", "--loglevel", log_level])
