"""The schema's history; `upgrade` brings a database to the newest."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from summarizer.store.database import driver_url
from summarizer.store.tables import APP_ROLE, MONITOR_ROLE


def config(url: str) -> Config:
    """Alembic's configuration for one database; `url` must log in as the owner."""
    made = Config(attributes={"url": url})
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(slug)s")
    return made


def upgrade(url: str, *, app_password: str | None = None, monitor_password: str | None = None) -> None:
    """Bring the database to the newest schema; a role of ours may log in once it has a password."""
    command.upgrade(config(url), "head")
    for role, password in ((APP_ROLE, app_password), (MONITOR_ROLE, monitor_password)):
        if password is not None:
            _let_in(url, role, password=password)


def head() -> str:
    """The newest revision this code knows."""
    newest = ScriptDirectory.from_config(config("")).get_current_head()
    assert newest is not None
    return newest


def history() -> list[str]:
    """The source of every migration."""
    return [Path(revision.path).read_text() for revision in ScriptDirectory.from_config(config("")).walk_revisions()]


def _let_in(url: str, role: str, *, password: str) -> None:
    engine = create_engine(driver_url(url))
    with engine.begin() as connection:
        quoted = connection.scalar(text("SELECT quote_literal(:password)"), {"password": password})
        connection.exec_driver_sql(f"ALTER ROLE {role} LOGIN PASSWORD {quoted}".replace("%", "%%"))
    engine.dispose()
