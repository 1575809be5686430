"""Whose data it is, how much they may ask for, and how long it is kept."""

import getpass
from contextlib import closing
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from summarizer.budget import Limits
from summarizer.cli.installation import database_of, settings_here, tenant_named
from summarizer.errors import InvalidRequest
from summarizer.prices import written

commands = typer.Typer(no_args_is_help=True, help="Whose data it is, how much they may ask for, how long it is kept.")

MOST_MONEY = Decimal(10) ** 12  #: that the store holds


@commands.command("list", epilog="Example: wrapup tenants list")
def list_all() -> None:
    """Every tenant, how many of its requests are served in a second, and what else it is held to."""
    from summarizer.store import tenants

    settings = settings_here()
    with closing(database_of(settings)) as database, database.begin(None) as session:
        for one in tenants.allowed(session):
            per_second = one.requests_per_second
            its = settings.requests_per_second if per_second is None else per_second
            typer.echo("\t".join((one.name, f"{its:g} requests per second", *_held_to(one.limits))))


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


@commands.command("caps", epilog="Example: wrapup tenants caps acme --soft 80 --hard 100")
def caps(
    tenant: Annotated[str, typer.Argument(help="Whose summaries.")],
    soft: Annotated[str | None, typer.Option(help="Money in a month; from there on a cheaper backend writes.")] = None,
    hard: Annotated[str | None, typer.Option(help="Money in a month; from there on calls are only quoted.")] = None,
    off: Annotated[bool, typer.Option("--off", help="Whatever they take.")] = False,
) -> None:
    """Say what a tenant's summaries may cost in a month (UTC), in the price list's currency."""
    from summarizer.store import audit, tenants

    lower, upper = _money(soft, field="soft"), _money(hard, field="hard")
    if (soft is None and hard is None) != off:
        raise InvalidRequest("say either --soft, --hard or both, or --off", field="soft")
    if lower is not None and upper is not None and lower > upper:
        raise InvalidRequest("the soft cap is above the hard one", field="soft")
    limits = Limits(soft_cap=lower, hard_cap=upper)
    with closing(database_of(settings_here())) as database:
        tenant_id = tenant_named(database, tenant)
        with database.begin(tenant_id) as session:
            tenants.set_caps(session, tenant_id, soft=lower, hard=upper)
            subject = ", ".join(_held_to(limits)) or "off"
            audit.note(session, tenant_id, actor=getpass.getuser(), action="tenant.caps", subject=subject)
    typer.echo(f"{tenant}: {', '.join(_held_to(limits)) or 'no caps'}")


@commands.command("on-premises", epilog="Example: wrapup tenants on-premises acme")
def on_premises(
    tenant: Annotated[str, typer.Argument(help="Whose words.")],
    off: Annotated[bool, typer.Option("--off", help="Backends elsewhere may read them, personal data masked.")] = False,
) -> None:
    """Let no backend outside this installation read a tenant's words."""
    from summarizer.store import audit, tenants

    with closing(database_of(settings_here())) as database:
        tenant_id = tenant_named(database, tenant)
        with database.begin(tenant_id) as session:
            tenants.keep_on_premises(session, tenant_id, is_kept=not off)
            subject = "off" if off else "on"
            audit.note(session, tenant_id, actor=getpass.getuser(), action="tenant.on_premises", subject=subject)
    typer.echo(f"{tenant}: {'backends elsewhere may write' if off else 'on premises only'}")


def _held_to(limits: Limits) -> list[str]:
    caps = (("soft cap", limits.soft_cap), ("hard cap", limits.hard_cap))
    told = [f"{name} {written(cap)}" for name, cap in caps if cap is not None]
    return [*told, "on premises only"] if limits.on_premises_only else told


def _money(text: str | None, *, field: str) -> Decimal | None:
    if text is None:
        return None
    try:
        money = Decimal(text)
    except InvalidOperation:
        money = Decimal(-1)
    if not money.is_finite() or not 0 <= money < MOST_MONEY:
        raise InvalidRequest("send an amount of money, as 80 or 99.50", field=field)
    return money
