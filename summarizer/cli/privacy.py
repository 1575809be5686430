"""What is kept of people: given to them, or erased."""

import getpass
import json
import sys
from contextlib import closing
from typing import Annotated

import typer

from summarizer import ids
from summarizer.cli.calls import created
from summarizer.cli.installation import database_of, err, settings_here, tenant_named
from summarizer.errors import InvalidRequest

commands = typer.Typer(no_args_is_help=True, help="What is kept of people: given to them, or erased.")
LEFT = "Backups, exports and what endpoints were told are yours to erase."


@commands.command("erase", epilog="Example: wrapup privacy erase acme --customer crm-48151")
def erase(
    tenant: Annotated[str, typer.Argument(help="Whose conversations.")],
    conversation: Annotated[str | None, typer.Option(help="One, by its id, with its legs.")] = None,
    customer: Annotated[str | None, typer.Option(help="All of a customer; - reads the name from a line.")] = None,
) -> None:
    """Erase conversations and all that hangs on them: summaries, edits, ratings, callbacks, examples of the nights."""
    from summarizer.erasing import erase_conversation, erase_customer

    if (conversation is None) == (customer is None):
        raise InvalidRequest("name either a conversation or a customer", field="customer")
    settings, actor = settings_here(), getpass.getuser()
    with closing(database_of(settings)) as database:
        tenant_id = tenant_named(database, tenant)
        if conversation is not None:
            row_id = ids.row_id(ids.CONVERSATION, conversation)
            report = erase_conversation(database, settings, tenant_id, row_id, actor=actor)
        else:
            report = erase_customer(database, settings, tenant_id, _named(customer), actor=actor)
    typer.echo(f"{len(report.conversation_ids)} conversations erased, {report.num_files} files of nights rewritten")
    for model in report.models:
        typer.echo(f"model {model[:12]} learned from it; if it serves, the next night replaces it")
    if report.num_unseen_models:
        typer.echo(f"{report.num_unseen_models} models are not on this machine; the next night looks at them")
    if not report.is_scrubbed:
        typer.echo("files of the nights could not be written here; the next night does it")
    err.print(LEFT)


@commands.command("export", epilog="Example: wrapup privacy export acme --customer crm-48151 --out crm-48151.ndjson")
def export(
    tenant: Annotated[str, typer.Argument(help="Whose customer.")],
    customer: Annotated[str, typer.Option(help="The customer; - reads the name from a line.")],
    out: Annotated[str, typer.Option(help="A file; - is standard output.")] = "-",
) -> None:
    """Write all that is kept of a customer, one JSON object a conversation."""
    from summarizer.disclosure import disclose

    num_written = 0
    with closing(database_of(settings_here())) as database:
        tenant_id = tenant_named(database, tenant)
        found = disclose(database, tenant_id, _named(customer), actor=getpass.getuser())
        with created(out) as file:
            for one in found:
                file.write(json.dumps(one, ensure_ascii=False) + "\n")
                num_written += 1
    err.print(f"{num_written} conversations", highlight=False)


def _named(customer: str | None) -> str:
    """A name need not stand among the arguments, where every process can read it."""
    named = sys.stdin.readline().strip() if customer == "-" else (customer or "").strip()
    if not named:
        raise InvalidRequest("name the customer", field="customer")
    return named
