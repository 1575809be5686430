"""What people corrected, for training."""

import getpass
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarizer.cli.installation import database_of, settings_here

if TYPE_CHECKING:
    pass

commands = typer.Typer(no_args_is_help=True, help="What people corrected, for training.")


@commands.command("export", epilog="Example: wrapup corrections export private.jsonl")
def export(
    file: Annotated[Path, typer.Argument(help="Where examples go, one JSON object a line.")],
) -> None:
    """Write what people corrected or found good: masked, checked, under pseudonyms, of consenting tenants only."""
    from summarizer.corrections import export
    from summarizer.vault import lasting

    settings = settings_here()
    with closing(database_of(settings)) as database:
        counts = export(database, file, secret=lasting(settings.master_key), actor=getpass.getuser())
    for what, count in sorted(counts.items()):
        typer.echo(f"{what}: {count}")


@commands.command("allow", epilog="Example: wrapup corrections allow acme")
def allow(
    tenant: Annotated[str, typer.Argument(help="Whose corrections may be learned from.")],
    no: Annotated[bool, typer.Option("--no", help="They may not, from now on.")] = False,
) -> None:
    """Say whether a tenant's corrections may train the model; by itself they may not."""
    from summarizer.access import allow_training

    with closing(database_of(settings_here())) as database:
        allow_training(database, tenant, is_allowed=not no, actor=getpass.getuser())
    typer.echo(f"{tenant}: {'not learned from' if no else 'learned from'}")
