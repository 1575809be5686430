"""Which models there are besides ours, and who is summarized by which."""

import getpass
import time
from contextlib import closing
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from summarizer.cli.installation import database_of, settings_here, tenant_named
from summarizer.errors import InvalidRequest
from summarizer.settings import ModelSettings

commands = typer.Typer(no_args_is_help=True, help="Which models there are, and who is summarized by which.")


@commands.command("list", epilog="Example: wrapup backends list")
def list_all() -> None:
    """Every backend of BACKENDS_FILE after the two that are always there."""
    from summarizer.specs import read

    table = Table("name", "kind", "where", "money a day", box=None, pad_edge=False)
    for name, spec in read(ModelSettings().backends_file).items():
        budget = "" if spec.budget_per_day is None else f"{spec.budget_per_day:g} a tenant"
        table.add_row(name, spec.kind, "here" if spec.is_on_premises else "elsewhere", budget)
    Console().print(table)


@commands.command("choose", epilog="Example: wrapup backends choose acme dolly wrapup extractive --queue billing")
def choose(
    tenant: Annotated[str, typer.Argument(help="Whose conversations.")],
    backends: Annotated[list[str], typer.Argument(help="Each is asked when those before it cannot.")],
    queue: Annotated[str | None, typer.Option(help="Of this queue only.")] = None,
) -> None:
    """Say by which backends a tenant's conversations are summarized from now on."""
    from summarizer import choosing
    from summarizer.specs import read

    settings = settings_here()
    with closing(database_of(settings)) as database:
        tenant_id = tenant_named(database, tenant)
        specs = read(settings.backends_file)
        choosing.choose(database, tenant_id, backends, queue=queue, specs=specs, actor=getpass.getuser())
    typer.echo(f"{tenant}{f', {queue}' if queue else ''}: {', then '.join(backends)}")


@commands.command("show", epilog="Example: wrapup backends show acme --queue billing")
def show(
    tenant: Annotated[str, typer.Argument(help="Whose conversations.")],
    queue: Annotated[str | None, typer.Option(help="Of this queue.")] = None,
) -> None:
    """Say by which backends a tenant's conversations are summarized now."""
    from summarizer import choosing

    settings = settings_here()
    with closing(database_of(settings)) as database:
        tenant_id = tenant_named(database, tenant)
        found = choosing.counting(database, tenant_id, queue=queue, default=settings.default_backends)
        typer.echo(", then ".join(found))


@commands.command("try", epilog="Example: wrapup backends try dolly")
def try_one(name: Annotated[str, typer.Argument(help="As `wrapup backends list` names it.")]) -> None:
    """Open a backend here and let it summarize the sample calls: does it answer, how fast, what is kept."""
    from summarizer.backends import opened
    from summarizer.demo import samples
    from summarizer.offline import summarize_files
    from summarizer.specs import read

    settings = ModelSettings()
    specs = read(settings.backends_file)
    if name not in specs:
        raise InvalidRequest(f"there is no backend {name}; there are {', '.join(specs)}", field="name")
    started = time.monotonic()
    generator = opened(specs[name], settings)
    typer.echo(f"{name} opened in {time.monotonic() - started:.1f} s: {generator.model_version[:40]}")
    num_failed = 0
    for done in summarize_files([str(one) for one in samples()], generator, format_name=None, limit=1):
        if done.summary is None:
            num_failed += 1
            typer.echo(f"{done.file.rpartition('/')[2]}: {done.failure}", err=True)
            continue
        usage = done.summary.usage
        kept = f"{usage.num_statements - usage.num_dropped} of {usage.num_statements} statements kept"
        typer.echo(f"{done.file.rpartition('/')[2]}: {done.summary.kind}, {kept}, {usage.seconds:.2f} s")
    generator.close()
    raise typer.Exit(1 if num_failed else 0)
