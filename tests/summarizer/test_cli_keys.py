"""The commands that verify the audit and change keys."""

from uuid import UUID

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from summarizer.cli import app
from summarizer.settings import Settings
from summarizer.store.database import Database, driver_url
from summarizer.vault import new_master_key
from tests.work import environment_of, submitted


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    return environment_of(settings)


def _wrapup(environment: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, env=environment)


def test_a_broken_chain_ends_with_1_and_a_kept_hash_tells_of_a_missing_end(
    environment: dict[str, str], database: Database, tenant_id: UUID
) -> None:
    submitted(database, tenant_id)
    assert _wrapup(environment, "keys", "create", "--tenant", "acme").exit_code == 0
    well = _wrapup(environment, "audit", "verify")
    assert (well.exit_code, well.stdout.split("\t")[:2]) == (0, ["acme", "2 entries"])
    kept = well.stdout.split("\t")[2].strip()
    assert _wrapup(environment, "audit", "verify", "--tenant", "acme", "--expect", kept).exit_code == 0
    assert _wrapup(environment, "audit", "verify", "--expect", kept).exit_code == 2
    listed = [line.split("\t") for line in _wrapup(environment, "audit", "list", "acme").stdout.splitlines()]
    assert [(number, action) for number, _, _, action, _ in listed] == [
        ("1", "conversation.accept"),
        ("2", "key.create"),
    ]
    only = _wrapup(environment, "audit", "list", "acme", "--action", "key.create", "--since", listed[1][1])
    assert only.stdout.splitlines() == ["\t".join(listed[1])]
    owner = create_engine(driver_url(environment["DATABASE_URL"]))
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM audit WHERE number = 2"))
    assert _wrapup(environment, "audit", "verify").exit_code == 0
    cut = _wrapup(environment, "audit", "verify", "--tenant", "acme", "--expect", kept)
    assert (cut.exit_code, "broken at 2" in cut.stderr) == (1, True)
    with owner.begin() as connection:
        connection.execute(text("UPDATE audit SET actor = 'nobody'"))
    owner.dispose()
    assert _wrapup(environment, "audit", "verify").exit_code == 1
    assert "✗ audit: acme: broken at 1" in _wrapup(environment, "doctor").stdout


def test_keys_are_changed_by_command(environment: dict[str, str], database: Database, tenant_id: UUID) -> None:
    submitted(database, tenant_id)
    encrypting = {**environment, "ENCRYPT_TRANSCRIPTS": "true"}
    assert "is the newest key" in _wrapup(encrypting, "data-keys", "rotate", "acme").stdout
    assert "1 transcripts stored anew" in _wrapup(encrypting, "data-keys", "reencrypt", "acme").stdout
    new = _wrapup({}, "master-key", "new").stdout.strip()
    both = {**encrypting, "MASTER_KEY": f"{new},{environment['MASTER_KEY']}"}
    assert _wrapup(both, "master-key", "rotate").stdout == "tenants.data_keys: 1 sealed anew\n"
    assert "✓ master key: opens 1 of 1" in _wrapup({**encrypting, "MASTER_KEY": new}, "doctor").stdout
    foreign = {**encrypting, "MASTER_KEY": new_master_key()}
    assert "✗ master key: tenants.data_keys: the master key does not open" in _wrapup(foreign, "doctor").stdout
    assert _wrapup(foreign, "master-key", "rotate").exit_code == 1
