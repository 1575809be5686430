"""Originals of masks, sealed to a tenant's own key."""

import getpass
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarizer.cli.installation import database_of, settings_here
from summarizer.errors import InvalidRequest

if TYPE_CHECKING:
    pass

commands = typer.Typer(no_args_is_help=True, help="Originals of masks, sealed to a tenant's own key.")


@commands.command("keygen", epilog="Example: wrapup seal keygen --to acme.pem")
def keygen(
    to: Annotated[Path, typer.Option(help="Where the private key goes; it must never reach the server.")],
) -> None:
    """Make a key pair on the tenant's own machine; prints the public key."""
    from summarizer.redaction.sealed import new_private_key, public_key_of

    private_key = new_private_key()
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InvalidRequest(f"{to}: {error.strerror}", field="to") from None
    with os.fdopen(handle, "wb") as file:
        file.write(private_key)
    typer.echo(public_key_of(private_key))


@commands.command("set", epilog="Example: wrapup seal set acme 'Lr2n…='  ·  wrapup seal set acme --off")
def set_key(
    tenant: Annotated[str, typer.Argument(help="Whose masks can be undone by the holder of the private key.")],
    public_key: Annotated[str | None, typer.Argument(help="As `wrapup seal keygen` printed it.")] = None,
    off: Annotated[bool, typer.Option("--off", help="Seal nothing from now on.")] = False,
) -> None:
    """Keep what is masked, apart from cards, codes, IBANs and national ids, sealed to this key."""
    from summarizer import access
    from summarizer.redaction import sealed

    if off is (public_key is not None):
        raise typer.BadParameter("give a public key or --off")
    raw = None if public_key is None else sealed.public_key(public_key)
    with closing(database_of(settings_here())) as database:
        access.set_seal_key(database, tenant, raw, actor=getpass.getuser())
    typer.echo(f"{tenant}: {'masks cannot be undone' if off else 'originals are sealed'}")


@commands.command("open", epilog="Example: wrapup seal open --key acme.pem < conversation.json")
def open_sealed(
    key: Annotated[Path, typer.Option(help="The private key.")],
) -> None:
    """Print the conversation that `GET /v1/conversations/{id}` gave with its originals; needs no server."""
    from summarizer.formats import canonical, strict_json
    from summarizer.redaction.sealed import opened

    document = strict_json.parse(sys.stdin.buffer.read())
    try:
        private_key = key.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"{key}: {error.strerror}", field="key") from None
    typer.echo(canonical.write(opened(document, private_key)).decode())
