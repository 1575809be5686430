"""A night learns, judges and promotes, or says why not; nothing it leaves behind holds what people said."""

import json
import sys
from pathlib import Path
from uuid import UUID

import pytest

from summarizer import nightly
from summarizer.nightly import NIGHT_LOCK, OUTCOME, PRIVATE, run
from summarizer.settings import Settings
from summarizer.store import model_versions, nights, tenants
from summarizer.store.database import Database
from tests.summarizer.test_corrections import GOOD, edit, summarized
from tests.summarizer.test_promotion import a_checkpoint

CHECKS = [{"name": "better beyond noise", "passes": True, "found": "+1.0"}]
LEDGER = {"device_hours": 0.1, "money": 0.2}

SCRIPT = """
import json, sys
from pathlib import Path
work = Path(sys.argv[1])
assert (work / "private.jsonl").read_text().count("\\n") == 1
(work / "model").mkdir()
for name in ("config.json", "tokenizer.json", "model.safetensors"):
    (work / "model" / name).write_text("trained")
(work / "outcome.json").write_text(sys.argv[2])
sys.exit(int(sys.argv[3]))
"""


@pytest.fixture
def night(database: Database, settings: Settings, tenant_id: UUID, tmp_path: Path) -> Settings:
    """A night that is open, with one correction to learn from."""
    edit(database, tenant_id, summarized(database, settings, tenant_id), GOOD)
    with database.begin(None) as session:
        nights.open_slot(session, hour=0)
    return settings.model_copy(
        update={
            "nightly_dir": tmp_path / "nights",
            "training_data": tmp_path,
            "nightly_min_examples": 1,
            "model_dir": a_checkpoint(tmp_path / "before", "before"),
        }
    )


def trains(monkeypatch: pytest.MonkeyPatch, *, checks: list[dict[str, object]] = CHECKS, status: int = 0) -> None:
    """Let a short script stand in for the training process."""
    decision = {"promote": all(check["passes"] for check in checks), "challenger": "new", "checks": checks}
    outcome = json.dumps({"decision": decision, "ledger": LEDGER})
    monkeypatch.setattr(
        nightly,
        "_command",
        lambda _settings, directory, _champion: [sys.executable, "-c", SCRIPT, str(directory), outcome, str(status)],
    )


def last(database: Database) -> tuple[str, int, str | None, object]:
    with database.begin(None) as session:
        row = nights.history(session)[0]
        return row.state, row.attempt, row.reason, row.ledger


def test_a_better_model_is_promoted_and_the_night_is_over(
    database: Database, night: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    trains(monkeypatch)
    outcome = run(database, night)
    assert outcome is not None
    assert outcome.state == "promoted"
    assert last(database) == ("promoted", 1, "new", LEDGER)
    with database.begin(None) as session:
        serving = model_versions.serving(session)
        rows = model_versions.history(session)
    assert serving is not None
    assert serving.champion.directory.endswith("/model")
    assert [(row.action, row.actor) for row in rows] == [("start", "nightly"), ("promote", "nightly")]
    assert run(database, night) is None, "a date has one night"
    assert list(night.nightly_dir.rglob(PRIVATE)) == []


def test_a_refused_model_leaves_the_champion_and_says_why(
    database: Database, night: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    trains(monkeypatch, checks=[*CHECKS, {"name": "speed", "passes": False, "found": "2 s"}])
    run(database, night)
    assert last(database) == ("refused", 1, "speed", LEDGER)
    with database.begin(None) as session:
        assert model_versions.serving(session) is None
    assert list(night.nightly_dir.rglob("model")) == []


def test_a_training_that_fails_leaves_the_champion(
    database: Database, night: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    trains(monkeypatch, status=3)
    run(database, night)
    assert last(database)[:3] == ("failed", 1, "training ended with status 3")
    assert list(night.nightly_dir.rglob(PRIVATE)) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"training_data": None}, "TRAINING_DATA"), ({"nightly_min_examples": 2}, "1 corrections, 2 are needed")],
)
def test_a_night_with_nothing_to_learn_from_is_skipped(
    database: Database, night: Settings, changes: dict[str, object], reason: str
) -> None:
    outcome = run(database, night.model_copy(update=changes))
    assert outcome is not None
    assert outcome.state == "skipped"
    assert reason in outcome.reason


def test_two_nights_never_run_at_once(database: Database, night: Settings) -> None:
    with database.leading(NIGHT_LOCK):
        assert run(database, night) is None
    assert last(database)[:2] == ("open", 0)


def test_no_night_is_run_before_it_is_opened(database: Database, settings: Settings) -> None:
    assert run(database, settings) is None


def test_the_command_is_one_that_training_understands(night: Settings, tmp_path: Path) -> None:
    from training import nightly as script

    command = nightly._command(night, tmp_path, tmp_path)
    assert command[1:3] == ["-m", "training.nightly"]
    assert script.parse(command[3:]).private_share == 0.2


def test_the_files_have_the_names_both_sides_know() -> None:
    from training import nightly as script

    assert script.OUTCOME == OUTCOME


def test_a_tenant_that_takes_its_consent_back_is_left_out(database: Database, night: Settings, tenant_id: UUID) -> None:
    with database.begin(None) as session:
        tenants.allow_training(session, tenant_id, is_allowed=False)
    outcome = run(database, night)
    assert outcome is not None
    assert outcome.reason.startswith("0 corrections")
