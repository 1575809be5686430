"""Whose data it is, how much they may ask for, and how long it is kept."""

import getpass
from contextlib import closing
from typing import Annotated

import typer

from summarizer.cli.installation import database_of, settings_here, tenant_named
from summarizer.errors import InvalidRequest

commands = typer.Typer(no_args_is_help=True, help="Whose data it is, how much they may ask for, how long it is kept.")


@commands.command("list", epilog="Example: wrapup tenants list")
def list_all() -> None:
    """Every tenant, and how many of its requests are served in a second."""
    from summarizer.store import tenants

    settings = settings_here()
    with closing(database_of(settings)) as database, database.begin(None) as session:
        for name, per_second in tenants.rates(session):
            its = settings.requests_per_second if per_second is None else per_second
            typer.echo(f"{name}\t{its:g} requests per second")


@commands.command("limit", epilog="Example: wrapup tenants limit acme --requests-per-second 20")
def limit(
    tenant: Annotated[str, typer.Argument(help="Whose requests.")],
    requests_per_second: Annotated[
        float | None, typer.Option(min=0.01, help="Of each API process; as REQUESTS_PER_SECOND says when not given.")
    ] = None,
) -> None:
    """Say how many requests of a tenant are served in a second; others are answered 429."""
    from summarizer.store import tenants

    settings = settings_here()
    with closing(database_of(settings)) as database:
        tenant_id = tenant_named(database, tenant)
        with database.begin(None) as session:
            tenants.set_rate(session, tenant_id, requests_per_second)
    its = settings.requests_per_second if requests_per_second is None else requests_per_second
    typer.echo(f"{tenant}: {its:g} requests per second")


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
        tenant_id = tenant_named(database, tenant)
        with database.begin(tenant_id) as session:
            tenants.set_retention(session, tenant_id, days)
            subject = str(days or "off")
            audit.note(session, tenant_id, actor=getpass.getuser(), action="tenant.retention", subject=subject)
    typer.echo(f"{tenant}: {'as the service' if days is None else f'{days} days'}")
