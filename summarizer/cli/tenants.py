"""Tenants and what holds for each of them."""

import getpass
from contextlib import closing
from typing import Annotated

import typer

from summarizer.cli.installation import database_of, settings_here
from summarizer.errors import InvalidRequest

commands = typer.Typer(no_args_is_help=True, help="Tenants and what holds for each of them.")


@commands.command("retention", epilog="Example: wrapup tenants retention acme --days 90")
def retention(
    tenant: Annotated[str, typer.Argument(help="Whose conversations.")],
    days: Annotated[int | None, typer.Option(min=1, help="Erased so long after the last of it arrived.")] = None,
    off: Annotated[bool, typer.Option("--off", help="As RETENTION_DAYS says, for ever without it.")] = False,
) -> None:
    """Say how long a tenant's conversations are kept."""
    from summarizer.store import audit, tenants

    if (days is None) != off:
        raise InvalidRequest("say either --days or --off", field="days")
    with closing(database_of(settings_here())) as database:
        with database.begin(None) as session:
            tenant_id = tenants.named(session, tenant)
        with database.begin(tenant_id) as session:
            tenants.set_retention(session, tenant_id, days)
            subject = str(days or "off")
            audit.note(session, tenant_id, actor=getpass.getuser(), action="tenant.retention", subject=subject)
    typer.echo(f"{tenant}: {'as the service' if days is None else f'{days} days'}")
