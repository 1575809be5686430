"""API keys."""

import getpass
from contextlib import closing
from datetime import timedelta
from typing import Annotated

import typer

from summarizer.cli.installation import database_of, settings_here
from summarizer.keys import Scope
from summarizer.settings import Settings

commands = typer.Typer(no_args_is_help=True, help="API keys.")


@commands.command("create", epilog="Example: wrapup keys create --tenant acme --scope ingest --scope read")
def create(
    tenant: Annotated[str, typer.Option(help="Created if there is none of this name.")],
    name: Annotated[str, typer.Option(help="What the key is for.")] = "default",
    scope: Annotated[list[Scope] | None, typer.Option(help="All when not given.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Expires after so many days.")] = None,
) -> None:
    """Make an API key and print it; it cannot be shown again."""
    expires_in = None if days is None else timedelta(days=days)
    typer.echo(new_key(settings_here(), tenant, name=name, scopes=scope or list(Scope), expires_in=expires_in))


def new_key(settings: Settings, tenant: str, *, name: str, scopes: list[Scope], expires_in: timedelta | None) -> str:
    """A new key of a tenant as its caller sends it."""
    from summarizer.access import create_key

    with closing(database_of(settings)) as database:
        actor = getpass.getuser()
        return create_key(database, tenant, name=name, scopes=scopes, expires_in=expires_in, actor=actor).text
