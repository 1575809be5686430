"""An owner answers a person, or lets time do it, from the command line."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import Result
from sqlalchemy import text
from typer.testing import CliRunner

from summarizer.cli import app
from summarizer.errors import Erased, InvalidRequest
from summarizer.settings import Settings
from summarizer.store.database import Database
from tests.work import submitted


def wrapup(settings: Settings, *arguments: str, stdin: str | None = None) -> Result:
    """The command in this process, with the settings of an installation."""
    secrets = {name: getattr(settings, name).get_secret_value() for name in ("database_url", "redis_url", "master_key")}
    environment = {name.upper(): value for name, value in secrets.items()} | {"NIGHTLY_DIR": str(settings.nightly_dir)}
    return CliRunner().invoke(app, arguments, env=environment, input=stdin)


@pytest.fixture
def here(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"nightly_dir": tmp_path / "nightly"})


def test_a_customer_is_exported_and_erased(database: Database, here: Settings, tenant_id: UUID, tmp_path: Path) -> None:
    made = submitted(database, tenant_id, customer="crm-48151")
    public, out = f"conv_{made.conversation_id.hex}", tmp_path / "crm.ndjson"
    done = wrapup(here, "privacy", "export", "acme", "--customer", "-", "--out", str(out), stdin="crm-48151\n")
    assert done.exit_code == 0, done.output
    assert json.loads(out.read_text())["id"] == public
    assert out.stat().st_mode & 0o777 == 0o600
    assert "crm-48151" not in out.read_text()
    done = wrapup(here, "privacy", "erase", "acme", "--customer", "crm-48151")
    assert done.stdout.startswith("1 conversations erased"), done.output
    assert isinstance(wrapup(here, "privacy", "erase", "acme", "--conversation", public).exception, Erased)


@pytest.mark.usefixtures("tenant_id")
def test_what_to_erase_must_be_said_once(here: Settings) -> None:
    both = ("--customer", "crm-1", "--conversation", "conv_1")
    for arguments in ((), both, ("--customer", " ")):
        assert isinstance(wrapup(here, "privacy", "erase", "acme", *arguments).exception, InvalidRequest)


@pytest.mark.usefixtures("tenant_id")
def test_a_tenant_says_how_long_its_conversations_are_kept(database: Database, here: Settings) -> None:
    for arguments, days in ((("--days", "90"), 90), (("--off",), None)):
        assert wrapup(here, "tenants", "retention", "acme", *arguments).exit_code == 0
        with database.begin(None) as session:
            assert session.scalar(text("SELECT retention_days FROM tenants")) == days
    for wrong in ((), ("--days", "90", "--off")):
        assert isinstance(wrapup(here, "tenants", "retention", "acme", *wrong).exception, InvalidRequest)
