"""What endpoints were told, and what they could not be."""

import getpass
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from summarizer import ids
from summarizer.cli.installation import database_of, settings_here, tenant_named

if TYPE_CHECKING:
    pass

commands = typer.Typer(no_args_is_help=True, help="What endpoints were told, and what they could not be.")


@commands.command("list", epilog="Example: wrapup callbacks list acme --state failed")
def list_all(
    tenant: Annotated[str, typer.Argument(help="Whose endpoints.")],
    state: Annotated[str | None, typer.Option(help="queued, running, succeeded or failed: the dead letters.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="The newest so many.")] = 50,
) -> None:
    """List what endpoints were told, the newest first."""
    from summarizer.store import callbacks as stored

    table = Table("id", "endpoint", "event", "state", "attempts", "status", "failure", "last attempt")
    with closing(database_of(settings_here())) as database, database.begin(tenant_named(database, tenant)) as session:
        found = stored.page(session, stored.Wanted(state=state), after=None, limit=limit)
    for one in found:
        callback, last = one.callback, one.callback.attempted_at
        told = ids.public(ids.CALLBACK, callback.id), ids.public(ids.ENDPOINT, callback.endpoint_id)
        said = (str(callback.status or ""), callback.failure, "" if last is None else f"{last:%Y-%m-%d %H:%M:%S}")
        table.add_row(*told, callback.event, one.job.state, str(one.job.attempt), *said)
    Console(width=None if sys.stdout.isatty() else 200).print(table)


@commands.command("replay", epilog="Example: wrapup callbacks replay acme ep_0193c1f0a3b24f6e8d0c5b7a9e1f2d3c")
def replay(
    tenant: Annotated[str, typer.Argument(help="Whose endpoint.")],
    endpoint: Annotated[str, typer.Argument(help="Its id, as `callbacks list` shows it.")],
) -> None:
    """Tell an endpoint again what it could not be told."""
    from summarizer.callbacks import replay_range

    endpoint_id = ids.row_id(ids.ENDPOINT, endpoint)
    with closing(database_of(settings_here())) as database:
        tenant_id = tenant_named(database, tenant)
        actor = getpass.getuser()
        num = replay_range(database, tenant_id, endpoint_id, actor=actor, since=None, until=None, only_failed=True)
    typer.echo(f"{num} to be told again")
