"""The audit: who did what, and whether it still says so."""

from contextlib import closing
from datetime import datetime
from typing import Annotated

import typer

from summarizer.cli.installation import database_of, err, settings_here, tenant_named

commands = typer.Typer(no_args_is_help=True, help="The audit: who did what, and whether it still says so.")
PAGE = 1_000


@commands.command(
    "verify", epilog="Examples: wrapup audit verify · wrapup audit verify --tenant acme --expect 5f3a…/1234"
)
def verify(
    tenant: Annotated[str | None, typer.Option(help="Of this tenant only.")] = None,
    expect: Annotated[
        str | None, typer.Option(metavar="HASH/NUMBER", help="Printed earlier and kept: the chain must still hold it.")
    ] = None,
) -> None:
    """Compute the chains of hashes again; prints the newest hash of each, to be kept elsewhere."""
    from summarizer import audit
    from summarizer.store import tenants

    if expect is not None and tenant is None:
        raise typer.BadParameter("name the --tenant whose hash it is")
    expected = None if expect is None else audit.read_expected(expect)
    is_whole = True
    with closing(database_of(settings_here())) as database:
        with database.begin(None) as session:
            names = tenants.names(session)
        chosen = names if tenant is None else {tenant_named(database, tenant): tenant}
        for tenant_id, name in chosen.items():
            found = audit.verify(database, tenant_id, expected=expected)
            if found.fault is not None:
                is_whole = False
                err.print(f"{name}: broken at {found.number}: {found.fault}", style="red", highlight=False)
            else:
                typer.echo(f"{name}\t{found.num_entries} entries\t{found.newest or '-'}")
    raise typer.Exit(0 if is_whole else 1)


@commands.command("list", epilog="Example: wrapup audit list acme --since 2026-11-01T00:00:00Z --action key.create")
def list_entries(
    tenant: Annotated[str, typer.Argument(help="Whose.")],
    since: Annotated[str | None, typer.Option(help="Then or later, as 2026-01-31T00:00:00Z.")] = None,
    action: Annotated[str | None, typer.Option(help="Only what was done so, as conversation.read.")] = None,
) -> None:
    """Print number, time, actor, action and subject of what was done, the oldest first."""
    from summarizer.store import audit

    moment = None if since is None else _moment(since)
    with closing(database_of(settings_here())) as database:
        tenant_id, after = tenant_named(database, tenant), 0
        while True:
            with database.begin(tenant_id) as session:
                page = audit.page(session, after=after, limit=PAGE, since=moment, action=action)
            for one in page:
                typer.echo("\t".join((str(one.number), one.at.isoformat(), one.actor, one.action, one.subject)))
            if len(page) < PAGE:
                return
            after = page[-1].number


def _moment(text: str) -> datetime:
    from summarizer.formats.canonical import moment

    try:
        return moment(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text}: {error}") from None
