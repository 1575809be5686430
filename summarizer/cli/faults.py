"""Faults, caused on purpose in a service of their own: `tests/faults` of a checkout."""

import subprocess
import sys
from pathlib import Path

import typer

from summarizer.errors import NotFound

commands = typer.Typer(
    no_args_is_help=True, help="Faults in a service of their own, and what they leave: run, mix, soak, tasks, list."
)
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@commands.command("run", context_settings=PASSED_ON, epilog="Example: wrapup faults run --fault F8 --json")
def run(context: typer.Context) -> None:
    """Cause faults one after the other under load; exit code 1 if an invariant is broken."""
    _harness("run", context.args)


@commands.command("mix", context_settings=PASSED_ON, epilog="Example: wrapup faults mix --minutes 60 --seed 7")
def mix(context: typer.Context) -> None:
    """Cause faults drawn at random for so long."""
    _harness("mix", context.args)


@commands.command("soak", context_settings=PASSED_ON, epilog="Example: wrapup faults soak --minutes 60")
def soak(context: typer.Context) -> None:
    """Say what grows under a steady load."""
    _harness("soak", context.args)


@commands.command("tasks", context_settings=PASSED_ON, epilog="Example: wrapup faults tasks")
def tasks(context: typer.Context) -> None:
    """The faults at which Celery alone loses tasks, with this service in every row."""
    _harness("tasks", context.args)


@commands.command("list", epilog="Example: wrapup faults list")
def list_all() -> None:
    """Say what each fault is, and where those are held that are not caused here."""
    _harness("list", [])


def _harness(command: str, arguments: list[str]) -> None:
    """The harness breaks processes and servers, so it is part of the tests and of no installation."""
    if not Path("tests/faults").is_dir():
        raise NotFound("the harness is tests/faults: run this in a checkout")
    raise typer.Exit(
        subprocess.run([sys.executable, "-m", "tests.faults", command, *arguments], check=False).returncode
    )
