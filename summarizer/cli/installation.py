"""What commands share: this installation's settings and store, and where refusals are said."""

from typing import TYPE_CHECKING

import typer
from pydantic import ValidationError
from rich.console import Console

from summarizer.settings import Settings

if TYPE_CHECKING:
    from uuid import UUID

    from summarizer.store.database import Database

err = Console(stderr=True)


def settings_here(environment: dict[str, str] | None = None) -> Settings:
    """Settings from the environment; what is missing or wrong is named, its value never."""
    try:
        if environment is None:
            return Settings()
        known = {name: environment[name.upper()] for name in Settings.model_fields if name.upper() in environment}
        return Settings.model_validate(known)
    except ValidationError as error:
        wrong = ", ".join(str(one["loc"][0]).upper() for one in error.errors())
        err.print(f"wrapup: these settings are missing or wrong: {wrong}", style="red", highlight=False)
        raise typer.Exit(2) from None


def database_of(settings: Settings) -> "Database":
    from summarizer.store.database import Database, app_engine

    return Database(app_engine(settings))


def tenant_named(database: "Database", name: str) -> "UUID":
    from summarizer import access

    return access.tenant_named(database, name)
