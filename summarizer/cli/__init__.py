"""The command line `wrapup`. Exit codes: 0 done, 1 failed, 2 wrong usage."""

import sys

import typer

from summarizer.cli import (
    audit,
    backends,
    callbacks,
    calls,
    compare,
    corrections,
    costs,
    data_keys,
    faults,
    keys,
    master_key,
    models,
    privacy,
    seal,
    service,
    sources,
    tenants,
    top,
)
from summarizer.cli.installation import err
from summarizer.errors import SummarizerError

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Grounded summaries of conversations.")
app.add_typer(service.commands)
app.add_typer(calls.commands)
app.add_typer(compare.commands)
app.add_typer(top.commands)
app.add_typer(costs.commands)
app.add_typer(callbacks.commands, name="callbacks")
app.add_typer(seal.commands, name="seal")
app.add_typer(keys.commands, name="keys")
app.add_typer(models.commands, name="model")
app.add_typer(corrections.commands, name="corrections")
app.add_typer(backends.commands, name="backends")
app.add_typer(sources.commands, name="sources")
app.add_typer(tenants.commands, name="tenants")
app.add_typer(privacy.commands, name="privacy")
app.add_typer(faults.commands, name="faults")
app.add_typer(audit.commands, name="audit")
app.add_typer(data_keys.commands, name="data-keys")
app.add_typer(master_key.commands, name="master-key")


def main() -> None:
    """Run a command; what is refused is said in one line, without a traceback."""
    try:
        app()
    except SummarizerError as error:
        err.print(f"wrapup: {error}", style="red", highlight=False)
        sys.exit(1)
