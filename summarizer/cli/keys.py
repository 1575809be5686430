"""API keys."""

import getpass
from contextlib import closing
from datetime import datetime, timedelta
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from summarizer.cli.installation import database_of, settings_here
from summarizer.errors import InvalidRequest
from summarizer.keys import Scope
from summarizer.settings import Duration, Settings

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


@commands.command("list", epilog="Example: wrapup keys list")
def list_all() -> None:
    """Who holds keys, what for and since when; a secret cannot be shown again."""
    from summarizer.access import list_keys

    with closing(database_of(settings_here())) as database:
        for one in list_keys(database):
            key = one.key
            ends = f"revoked {_day(key.revoked_at)}" if key.revoked_at else f"expires {_day(key.expires_at)}"
            since, used = f"created {_day(key.created_at)}", f"used {_day(key.last_used_at)}"
            typer.echo("\t".join((one.named, one.tenant, key.name, ",".join(key.scopes), since, ends, used)))


@commands.command("rotate", epilog="Example: wrapup keys rotate wk_... --overlap P7D")
def rotate(
    key: Annotated[str, typer.Argument(help="As `wrapup keys list` names it.")],
    overlap: Annotated[
        str, typer.Option(help="How long the former key stays good: ISO 8601, or seconds; 0: not at all.")
    ] = "P1D",
) -> None:
    """Make a key that may do what another may and print it; the other one ends after the overlap."""
    from summarizer.access import rotate_key

    seconds = _duration(overlap)
    with closing(database_of(settings_here())) as database:
        typer.echo(rotate_key(database, key, overlap=seconds).text)


@commands.command("revoke", epilog="Example: wrapup keys revoke wk_...")
def revoke(key: Annotated[str, typer.Argument(help="As `wrapup keys list` names it, or the whole key.")]) -> None:
    """End a key at once."""
    from summarizer.access import revoke_key

    with closing(database_of(settings_here())) as database:
        revoke_key(database, key)
    typer.echo("revoked")


def new_key(settings: Settings, tenant: str, *, name: str, scopes: list[Scope], expires_in: timedelta | None) -> str:
    """A new key of a tenant as its caller sends it."""
    from summarizer.access import create_key

    with closing(database_of(settings)) as database:
        actor = getpass.getuser()
        return create_key(database, tenant, name=name, scopes=scopes, expires_in=expires_in, actor=actor).text


def _day(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment:%Y-%m-%d}"


def _duration(text: str) -> timedelta:
    """As the settings read it; raises InvalidRequest for what is none, and for one before now."""
    try:
        found = TypeAdapter(Duration).validate_python(text)
    except ValidationError:
        found = timedelta(-1)
    if found < timedelta(0):
        raise InvalidRequest("write it as P1D, PT2H or seconds", field="overlap")
    return found
