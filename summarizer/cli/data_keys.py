"""The keys that encrypt transcripts at rest."""

import getpass
from contextlib import closing
from typing import Annotated

import typer
from rich.progress import Progress

from summarizer.cli.installation import database_of, err, settings_here

commands = typer.Typer(no_args_is_help=True, help="The keys that encrypt transcripts at rest.")


@commands.command("rotate", epilog="Example: wrapup data-keys rotate acme")
def rotate(tenant: Annotated[str, typer.Argument(help="Whose transcripts.")]) -> None:
    """Encrypt what is stored from now on with a new key; what is there stays readable."""
    from summarizer.encryption import rotate_data_key

    with closing(database_of(settings_here())) as database:
        made = rotate_data_key(database, tenant, actor=getpass.getuser())
    typer.echo(f"{tenant}: {made} is the newest key; `wrapup data-keys reencrypt` lets it encrypt all")


@commands.command("reencrypt", epilog="Example: ENCRYPT_TRANSCRIPTS=true wrapup data-keys reencrypt acme")
def reencrypt(tenant: Annotated[str, typer.Argument(help="Whose transcripts.")]) -> None:
    """Store all transcripts as the settings say now: under the newest key, or plain. Stopped, it goes on where it was.

    Keys that nothing needs any more are dropped at the end.
    """
    from summarizer.encryption import reencrypt

    with closing(database_of(settings_here())) as database, Progress(console=err) as bar:
        task = bar.add_task(tenant, total=None)
        for progress in reencrypt(database, tenant, actor=getpass.getuser()):
            bar.update(task, completed=progress.num_done, total=progress.num_all)
    typer.echo(f"{tenant}: {progress.num_done} transcripts stored anew, {progress.num_dropped} keys dropped")
