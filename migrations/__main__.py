"""`python -m migrations`: bring the database that the settings name to the newest schema."""

from migrations import upgrade
from summarizer.settings import Settings


def main() -> None:
    """Upgrade, and let the application's role log in if a password for it is set."""
    settings = Settings()
    password = settings.app_database_password
    upgrade(
        settings.database_url.get_secret_value(), app_password=None if password is None else password.get_secret_value()
    )


if __name__ == "__main__":
    main()
