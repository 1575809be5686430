"""`python -m migrations`: bring the database that the settings name to the newest schema."""

import sys

from sqlalchemy.exc import DBAPIError

from migrations import upgrade
from summarizer.settings import Settings


def main() -> None:
    """Upgrade, and let the application's role log in if a password for it is set; 1 if the database refuses."""
    settings = Settings()
    password = settings.app_database_password
    url = settings.database_url.get_secret_value()
    try:
        upgrade(url, app_password=None if password is None else password.get_secret_value())
    except DBAPIError as error:
        sys.exit(f"wrapup: the migration was refused: {error.orig}")


if __name__ == "__main__":
    main()
