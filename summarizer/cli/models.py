"""Which model serves."""

import getpass
import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from summarizer.cli.installation import database_of, settings_here

if TYPE_CHECKING:
    from summarizer.store.model_versions import Serving

commands = typer.Typer(no_args_is_help=True, help="Which model serves.")


@commands.command("promote", epilog="Example: wrapup model promote runs/2026-11-25/model --decision decision.json")
def promote(
    directory: Annotated[Path, typer.Argument(help="A checkpoint; it stays there while it serves.")],
    share: Annotated[float, typer.Option(min=0.001, max=1.0, help="Try it on this share of the jobs.")] = 1.0,
    decision: Annotated[Path | None, typer.Option(help="Why: `decision.json` of the gate, kept with it.")] = None,
) -> None:
    """Let a model serve; workers change within seconds, and no job changes models half-way."""
    from summarizer.promotion import checked, promote

    settings = settings_here()
    reasons = None if decision is None else json.loads(decision.read_text("utf-8"))
    with closing(database_of(settings)) as database:
        now = promote(
            database,
            directory,
            before=settings.model_dir,
            share=share,
            actor=getpass.getuser(),
            decision=reasons,
            check=checked,
        )
    _say_serving(now)


@commands.command("rollback", epilog="Example: wrapup model rollback")
def rollback() -> None:
    """End a trial, or let the model before serve again; needs Postgres alone."""
    from summarizer.promotion import rollback

    with closing(database_of(settings_here())) as database:
        _say_serving(rollback(database, actor=getpass.getuser()))


@commands.command("list", epilog="Example: wrapup model list")
def list_all() -> None:
    """What has served since when, the newest first."""
    from summarizer.store import model_versions

    table = Table("since", "action", "version", "share", "by")
    with closing(database_of(settings_here())) as database, database.begin(None) as session:
        for row in reversed(model_versions.history(session)):
            since = f"{row.at:%Y-%m-%d %H:%M}"
            table.add_row(since, row.action, row.model_version[:12], f"{row.share:.0%}", row.actor)
    Console().print(table)


def _say_serving(now: "Serving") -> None:
    typer.echo(f"{now.champion.id[:12]} in {now.champion.directory} serves")
    if now.challenger is not None:
        typer.echo(f"{now.challenger.id[:12]} in {now.challenger.directory} is tried on {now.share:.0%} of the jobs")
