"""Conversations in and summaries out, without HTTP."""

import getpass
import os
import sys
from contextlib import AbstractContextManager, closing, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TextIO

import typer

from summarizer import ids
from summarizer.cli.installation import database_of, err, settings_here
from summarizer.errors import InvalidRequest
from summarizer.settings import ModelSettings

if TYPE_CHECKING:
    pass

commands = typer.Typer()
ExportShape = Literal["wrapup", "genesys", "genesys_summaries", "azure", "vcon", "csv"]


@commands.command(
    epilog="Examples: wrapup summarize call.vtt · cat call.txt | wrapup summarize - --json · "
    "wrapup summarize calls.jsonl.gz --limit 100 --json"
)
def summarize(
    files: Annotated[list[str], typer.Argument(help="Transcripts in any supported format; - is standard input.")],
    json_lines: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    model: Annotated[Path | None, typer.Option(help="Checkpoint directory.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many conversations of each file.")] = None,
    format_name: Annotated[str | None, typer.Option("--format", help="Do not detect the format.")] = None,
) -> None:
    """Summarize transcripts here and now, without a server."""
    from summarizer.model import load
    from summarizer.offline import as_json, as_text, summarize_files

    settings = ModelSettings()
    generator = load(settings if model is None else settings.model_copy(update={"model_dir": model}))
    num_failed = 0
    for done in summarize_files(files, generator, format_name=format_name, limit=limit):
        if done.failure is not None:
            num_failed += 1
            typer.echo(f"wrapup: {done.file}: {done.failure}", err=True)
        else:
            typer.echo(as_json(done) if json_lines else as_text(done))
    generator.close()
    raise typer.Exit(1 if num_failed else 0)


@commands.command(
    epilog="Examples: wrapup ingest calls/ --tenant acme · wrapup ingest 2025.jsonl.gz --tenant acme --name 2025 · "
    "cat calls.ndjson | wrapup ingest - --tenant acme"
)
def ingest(
    files: Annotated[list[str], typer.Argument(help="Files and folders, compressed or not; - is standard input.")],
    tenant: Annotated[str, typer.Option(help="Created if there is none of this name.")],
    name: Annotated[str | None, typer.Option(help="What the batch is called; by itself as the files.")] = None,
    format_name: Annotated[str | None, typer.Option("--format", help="Do not detect the format.")] = None,
) -> None:
    """Store past calls, to be summarized after all that is live; the same files again go on where a run ended."""
    from summarizer.backfill import backfill

    settings = settings_here()
    try:
        with closing(database_of(settings)) as database:
            progress = backfill(
                database,
                settings,
                files,
                tenant=tenant,
                name=name,
                format_name=format_name,
                actor=getpass.getuser(),
                console=err,
            )
    except KeyboardInterrupt:
        err.print("stopped; the same command goes on from here")
        raise typer.Exit(130) from None
    typer.echo(
        f"batch {ids.public(ids.BATCH, progress.id)}: {progress.num_read} read, {progress.num_accepted} accepted, "
        f"{progress.num_unchanged} unchanged, {progress.num_refused} refused"
    )
    for one in progress.refusals:
        place = ", ".join(f"{what} {one[what]}" for what in ("file", "line") if what in one)
        typer.echo(f"refused: {place}: {one['pointer']} {one['detail']}", err=True)
    raise typer.Exit(1 if progress.num_refused else 0)


@commands.command(
    epilog="Examples: wrapup export --tenant acme --out summaries.ndjson · "
    "wrapup export --tenant acme --since 2026-01-01T00:00:00Z --shape csv"
)
def export(
    tenant: Annotated[str, typer.Option(help="Whose summaries.")],
    since: Annotated[str | None, typer.Option(help="Summarized then or later, as 2026-01-31T00:00:00Z.")] = None,
    until: Annotated[str | None, typer.Option(help="Summarized before.")] = None,
    queue: Annotated[str | None, typer.Option(help="Of this queue only.")] = None,
    shape: Annotated[ExportShape, typer.Option(help="JSON objects, one a line, or a table.")] = "wrapup",
    out: Annotated[str, typer.Option(help="A file; - is standard output.")] = "-",
) -> None:
    """Write all current summaries, the newest first, with what people made of them."""
    from summarizer.exports import export as write
    from summarizer.store.summaries import Filter

    settings = settings_here()
    wanted = Filter(created_after=_moment(since), created_before=_moment(until), queue=queue)
    with closing(database_of(settings)) as database, created(out) as file:
        num_written = write(database, tenant, file, wanted=wanted, shape=shape, actor=getpass.getuser())
    err.print(f"{num_written} summaries", highlight=False)


def created(name: str) -> AbstractContextManager[TextIO]:
    """A file that its owner alone may read, or standard output, which stays open."""
    if name == "-":
        return nullcontext(sys.stdout)
    try:
        return open(name, "w", encoding="utf-8", newline="", opener=lambda path, flags: os.open(path, flags, 0o600))
    except OSError as error:
        raise InvalidRequest(f"{name}: {error.strerror}", field="out") from None


def _moment(text: str | None) -> datetime | None:
    from summarizer.formats.canonical import moment

    try:
        return None if text is None else moment(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text}: {error}") from None
