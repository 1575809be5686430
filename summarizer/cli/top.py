"""The running service, in the terminal."""

import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.live import Live

from summarizer.cli.installation import database_of, settings_here

if TYPE_CHECKING:
    from summarizer.errors import Unavailable
    from summarizer.top import Frame

commands = typer.Typer()


@commands.command(epilog="Example: wrapup top")
def top(
    once: Annotated[bool, typer.Option("--once", help="Show it once and end: 1 if the database is away.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One object a line instead of a screen.")] = False,
) -> None:
    """Watch what waits, who works, how fast, by which models and for how much; Ctrl-C ends it."""
    from summarizer import prices
    from summarizer.top import frames, look

    settings = settings_here()
    currency = prices.read(settings.prices_file).currency
    with closing(database_of(settings)) as database:
        seen = partial(look, database, currency=currency)
        if once:
            _write([seen()], as_json=as_json)  # what is away ends the command as every other
            return
        try:
            _write(frames(seen), as_json=as_json)
        except KeyboardInterrupt:
            return


def _write(frames: "Iterable[Frame | Unavailable]", *, as_json: bool) -> None:
    from summarizer.top import rendered

    if as_json:
        for frame in frames:
            print(_line(frame), flush=True)
        return
    console = Console(highlight=False)
    if not console.is_terminal:
        for frame in frames:
            console.print(rendered(frame))
        return
    with Live(console=console, auto_refresh=False) as live:
        for frame in frames:
            live.update(rendered(frame), refresh=True)


def _line(frame: "Frame | Unavailable") -> str:
    return json.dumps({"error": str(frame)} if isinstance(frame, Exception) else asdict(frame), default=_plain)


def _plain(value: object) -> object:
    match value:
        case Decimal():
            return float(value)
        case datetime():
            return value.isoformat()
    raise TypeError(type(value).__name__)
