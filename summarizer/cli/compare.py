"""Two backends on the same calls, judged by figures and by people."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from summarizer.cli.installation import err

commands = typer.Typer()


@commands.command(
    "compare",
    epilog="Examples: wrapup compare --models wrapup,extractive --data calls.jsonl.gz --limit 50 · "
    "wrapup compare --models wrapup,runs/2026-11-25/model --data calls.ndjson --out runs/compare",
)
def compare(
    models: Annotated[str, typer.Option(help="Two backends or checkpoint directories, with a comma between.")],
    data: Annotated[Path, typer.Option(help="Records with summaries people wrote, or transcripts.")],
    out: Annotated[Path, typer.Option(help="A folder; the same one goes on where a run ended.")] = Path("compare"),
    limit: Annotated[int | None, typer.Option(min=1, help="So many calls, drawn by the seed.")] = None,
    seed: Annotated[int, typer.Option(help="Of the draw, the intervals and the sides.")] = 0,
    at_once: Annotated[int, typer.Option(min=1, help="Calls; 1 measures what somebody waits for.")] = 1,
    pairs: Annotated[int, typer.Option(min=0, help="Calls for people to judge.")] = 50,
    format_name: Annotated[str | None, typer.Option("--format", help="Do not detect the format.")] = None,
) -> None:
    """Judge two backends on the same calls: quality, grounding, seconds, money; and a page for people to vote on."""
    arguments = ["--models", models, "--data", data, "--out", out, "--seed", seed, "--at-once", at_once]
    arguments += ["--pairs", pairs]
    arguments += [] if limit is None else ["--limit", limit]
    arguments += [] if format_name is None else ["--format", format_name]
    _run("training.compare", *arguments)


@commands.command("compare-votes", epilog="Example: wrapup compare-votes compare/key.json votes-1.json votes-2.json")
def compare_votes(
    key: Annotated[Path, typer.Argument(help="key.json of the comparison.")],
    votes: Annotated[list[Path], typer.Argument(help="votes.json of each reader.")],
    json_file: Annotated[Path | None, typer.Option("--json", help="Where the figures are written as well.")] = None,
) -> None:
    """Say what people chose, now that it may be known who wrote which."""
    _run("training.votes", key, *votes, *([] if json_file is None else ["--json", json_file]))


def _run(module: str, *arguments: object) -> None:
    """A script of training in a process of its own, with its exit code."""
    if find_spec("rouge_score") is None:
        err.print("wrapup: to compare, install what training needs: pip install 'wrapup[training]'", style="red")
        raise typer.Exit(1)
    raise typer.Exit(subprocess.run([sys.executable, "-m", module, *map(str, arguments)], check=False).returncode)
