"""`python -m migrations`: bring the database that the settings name to the newest schema."""

import sys

from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError

from migrations import upgrade
from summarizer.settings import Settings


def main() -> None:
    """Upgrade, and let the roles log in for which a password is set; 1 if the database refuses."""
    settings = Settings()
    try:
        upgrade(
            settings.database_url.get_secret_value(),
            app_password=_text(settings.app_database_password),
            monitor_password=_text(settings.monitor_database_password),
        )
    except DBAPIError as error:
        sys.exit(f"wrapup: the migration was refused: {error.orig}")


def _text(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


if __name__ == "__main__":
    main()
