"""The master key, which seals all other secrets."""

import getpass
from contextlib import closing

import typer

from summarizer.cli.installation import database_of, err, settings_here

commands = typer.Typer(no_args_is_help=True, help="The master key, which seals all other secrets.")


@commands.command("new", epilog="Example: wrapup master-key new")
def new() -> None:
    """Print a fresh key. Put it in front of the present one, with a comma, and start every process again."""
    from summarizer.vault import new_master_key

    typer.echo(new_master_key())


@commands.command("rotate", epilog="Example: MASTER_KEY=new,old wrapup master-key rotate")
def rotate() -> None:
    """Seal everything with the first of the master keys; then the second opens nothing any more.

    Pseudonyms and names of customers are made with the last key of the list: keep it there while they must be found.
    """
    from summarizer.encryption import rotate_master_key

    settings = settings_here()
    with closing(database_of(settings)) as database:
        done, num_closed = rotate_master_key(database, settings.master_key, actor=getpass.getuser())
    for column, count in sorted(done.items()):
        typer.echo(f"{column}: {count} sealed anew")
    if num_closed:
        err.print(f"wrapup: {num_closed} are sealed with a key that is not in MASTER_KEY", style="red")
        raise typer.Exit(1)
