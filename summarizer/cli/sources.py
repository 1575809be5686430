"""Platforms that send webhooks."""

import getpass
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarizer.cli.installation import database_of, settings_here
from summarizer.errors import InvalidRequest
from summarizer.platforms import Platform

if TYPE_CHECKING:
    pass

commands = typer.Typer(no_args_is_help=True, help="Platforms that send webhooks.")
_HIDDEN = "@FILE reads a file, - a line of standard input."


@commands.command(
    "create", epilog="Example: wrapup sources create --tenant acme --platform twilio --secret @auth-token"
)
def create(
    tenant: Annotated[str, typer.Option(help="Created if there is none of this name.")],
    platform: Annotated[Platform, typer.Option(help="Who sends.")] = Platform.STANDARD,
    secret: Annotated[str | None, typer.Option(help=f"The platform's; one is made when not given. {_HIDDEN}")] = None,
    option: Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="A setting that is no secret.")] = None,
    credential: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help=f"To read the platform's API. {_HIDDEN}")
    ] = None,
) -> None:
    """Let a platform send events; prints the address it is to be given, and the secret."""
    from summarizer.access import create_source

    options = [_pair(one, field="option") for one in option or ()]
    pairs = [_pair(one, field="credential") for one in credential or ()]
    credentials = {name: _hidden(text, field="credential") for name, text in pairs}
    settings = settings_here()
    with closing(database_of(settings)) as database:
        address, signing = create_source(
            database,
            settings,
            tenant,
            platform=platform,
            secret=secret and _hidden(secret, field="secret"),
            options=options,
            credentials=credentials,
            actor=getpass.getuser(),
        )
    typer.echo(f"{(settings.public_url or '').rstrip('/')}{address}")
    typer.echo(signing)


@commands.command("list", epilog="Example: wrapup sources list")
def list_all() -> None:
    """Who may send events, and how many secrets of each are good now."""
    from summarizer.access import list_sources

    settings = settings_here()
    with closing(database_of(settings)) as database:
        for one in list_sources(database, settings):
            since = f"{one.created_at:%Y-%m-%d}"
            typer.echo("\t".join((one.token, one.tenant, one.platform, f"{one.num_secrets} secrets", since)))


@commands.command("rotate", epilog="Example: wrapup sources rotate src_...")
def rotate(
    source: Annotated[str, typer.Argument(help="As its address names it.")],
    secret: Annotated[str | None, typer.Option(help=f"The new one; one is made when not given. {_HIDDEN}")] = None,
) -> None:
    """Give a sender a new secret and print it; the one before stays good until it is retired."""
    from summarizer.access import rotate_source

    settings = settings_here()
    with closing(database_of(settings)) as database:
        new = secret and _hidden(secret, field="secret")
        typer.echo(rotate_source(database, settings, source, secret=new, actor=getpass.getuser()))


@commands.command("retire", epilog="Example: wrapup sources retire src_...")
def retire(source: Annotated[str, typer.Argument(help="As its address names it.")]) -> None:
    """Take only a sender's newest secret from now on."""
    from summarizer.access import retire_source

    settings = settings_here()
    with closing(database_of(settings)) as database:
        retire_source(database, settings, source, actor=getpass.getuser())
    typer.echo("only the newest secret is good")


@commands.command("fetch-again", epilog="Example: wrapup sources fetch-again src_...")
def fetch_again(source: Annotated[str, typer.Argument(help="As its address names it.")]) -> None:
    """Fetch once more what a sender named and could not be had, as after a wrong credential."""
    from summarizer.access import fetch_again

    with closing(database_of(settings_here())) as database:
        num_waiting = fetch_again(database, source, actor=getpass.getuser())
    typer.echo(f"{num_waiting} to be fetched again")


def _pair(text: str, *, field: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise InvalidRequest("write it as name=value", field=field)
    return name, value


def _hidden(text: str, *, field: str) -> str:
    """A secret, which need not stand among the arguments, where every process can read it."""
    if text == "-":
        return sys.stdin.readline().strip()
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text("utf-8").strip()
    except (OSError, ValueError):
        raise InvalidRequest("the file cannot be read", field=field) from None
