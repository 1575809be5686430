"""A night forgets what was erased before it learns, and no model that saw it is learned on from."""

import json
import sys
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from summarizer import nightly
from summarizer.erasing import erase_conversation
from summarizer.forgetting import clean_start, forget, has_seen_erased
from summarizer.ledger import LEDGER
from summarizer.nightly import run
from summarizer.promotion import promote, rollback
from summarizer.scrubbing import SPOILED
from summarizer.settings import Settings
from summarizer.store import model_versions, nights
from summarizer.store.database import Database
from tests.summarizer.test_corrections import GOOD, edit, summarized
from tests.summarizer.test_ledger import a_model
from tests.summarizer.test_promotion import a_checkpoint

NOTHING = "0" * 64


def a_trained(directory: Path, *seen: UUID) -> Path:
    """A checkpoint whose ledger says what it saw."""
    a_model(directory.with_name(f"{directory.name}-ledger"), *seen)
    a_checkpoint(directory, directory.name)
    (directory / LEDGER).write_bytes((directory.with_name(f"{directory.name}-ledger") / LEDGER).read_bytes())
    return directory


@pytest.fixture
def night(database: Database, settings: Settings, tmp_path: Path) -> Settings:
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


def serves(database: Database) -> str | None:
    with database.begin(None) as session:
        serving = model_versions.serving(session)
    return None if serving is None else Path(serving.champion.directory).name


def erase_by(database: Database, tenant_id: UUID, conversation_id: UUID, reason: str) -> None:
    with database.begin(tenant_id) as session:
        session.execute(
            text("INSERT INTO erasures (conversation_id, tenant_id, reason, models) VALUES (:one, :of, :why, '{}')"),
            {"one": conversation_id, "of": tenant_id, "why": reason},
        )


def promoted(database: Database, night: Settings, *models: Path) -> None:
    for one in models:
        promote(database, one, before=night.model_dir, actor="test")


def test_the_report_and_the_tombstone_name_the_models_that_learned_from_it(
    database: Database, night: Settings, tenant_id: UUID, tmp_path: Path
) -> None:
    conversation_id = summarized(database, night, tenant_id)
    promoted(database, night, a_trained(tmp_path / "clean", uuid4()), a_trained(tmp_path / "saw", conversation_id))
    with database.begin(None) as session:
        before, _, saw = model_versions.history(session)
    report = erase_conversation(database, night, tenant_id, conversation_id, actor="officer")
    assert report.models == (saw.model_version,)
    assert report.num_unseen_models == 1, "the fake one of the worker, which has no files"
    with database.begin(tenant_id) as session:
        assert session.scalar(text("SELECT models FROM erasures")) == [saw.model_version]
    assert before.model_version not in report.models


def test_a_night_notes_the_models_where_the_process_that_erased_could_not_see_them(
    database: Database, night: Settings, tenant_id: UUID, tmp_path: Path
) -> None:
    gone = uuid4()
    promoted(database, night, a_trained(tmp_path / "saw", gone))
    erase_by(database, tenant_id, gone, "retention")
    forget(database, night)
    with database.begin(tenant_id) as session:
        (models,) = session.scalars(text("SELECT models FROM erasures"))
    assert len(models) == 1


def test_the_night_learns_on_from_the_newest_model_that_saw_nothing_erased(
    database: Database, night: Settings, tenant_id: UUID, tmp_path: Path
) -> None:
    gone, kept = uuid4(), uuid4()
    first, second = a_trained(tmp_path / "first", kept), a_trained(tmp_path / "second", kept, gone)
    assert clean_start(database, night) == night.model_dir
    promoted(database, night, first, second)
    assert clean_start(database, night) == second
    erase_by(database, tenant_id, gone, "retention")
    assert clean_start(database, night) == first
    erase_by(database, tenant_id, kept, "retention")
    assert clean_start(database, night) == night.model_dir
    assert has_seen_erased(database, first)


def test_a_model_that_was_rolled_back_is_not_learned_on_from(
    database: Database, night: Settings, tmp_path: Path
) -> None:
    promoted(database, night, a_trained(tmp_path / "first"), a_trained(tmp_path / "bad"))
    rollback(database, actor="test")
    start = clean_start(database, night)
    assert start is not None
    assert start.name == "first"


@pytest.mark.parametrize(
    ("reason", "champion"), [("conversation", "first"), ("customer", "first"), ("retention", "second")]
)
def test_a_champion_that_saw_what_somebody_asked_to_erase_is_replaced_at_the_next_night(
    database: Database, night: Settings, tenant_id: UUID, tmp_path: Path, reason: str, champion: str
) -> None:
    gone = uuid4()
    promoted(database, night, a_trained(tmp_path / "first"), a_trained(tmp_path / "second", gone))
    erase_by(database, tenant_id, gone, reason)
    outcome = run(database, night.model_copy(update={"training_data": None}))
    assert outcome is not None
    assert outcome.state == "skipped", "also when nothing is learned that night"
    assert serves(database) == champion


def test_a_challenger_on_trial_that_saw_it_is_taken_back(
    database: Database, night: Settings, tenant_id: UUID, tmp_path: Path
) -> None:
    gone = uuid4()
    promoted(database, night, a_trained(tmp_path / "first"))
    promote(database, a_trained(tmp_path / "second", gone), before=night.model_dir, share=0.1, actor="test")
    erase_by(database, tenant_id, gone, "customer")
    forget(database, night)
    with database.begin(None) as session:
        serving = model_versions.serving(session)
    assert serving is not None
    assert (Path(serving.champion.directory).name, serving.challenger) == ("first", None)


def test_a_night_without_a_clean_model_is_skipped(
    database: Database, night: Settings, tenant_id: UUID, tmp_path: Path
) -> None:
    gone = uuid4()
    erase_by(database, tenant_id, gone, "customer")
    edit(database, tenant_id, summarized(database, night, tenant_id), GOOD)
    outcome = run(database, night.model_copy(update={"model_dir": a_trained(tmp_path / "saw", gone)}))
    assert outcome is not None
    assert (outcome.state, "erased" in outcome.reason) == ("skipped", True)


def test_a_night_that_was_killed_begins_anew_when_it_had_begun_to_learn_from_something_erased(
    database: Database, night: Settings, tenant_id: UUID
) -> None:
    conversation_id = summarized(database, night, tenant_id)
    with database.begin(None) as session:
        slot = nights.history(session)[0].slot
    directory = night.nightly_dir / slot
    (directory / "step-00000010").mkdir(parents=True)
    (directory / "private.jsonl").write_text(json.dumps({"id": f"private-{conversation_id.hex}"}) + "\n")
    report = erase_conversation(database, night, tenant_id, conversation_id, actor="officer")
    assert (report.num_files, (directory / SPOILED).exists()) == (1, True)
    outcome = run(database, night)
    assert outcome is not None
    assert outcome.reason.startswith("0 corrections")
    assert list(directory.rglob("*")) == []


def test_a_model_that_learned_from_something_erased_meanwhile_is_not_promoted(
    database: Database, night: Settings, tenant_id: UUID, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    conversation_id = summarized(database, night, tenant_id)
    edit(database, tenant_id, conversation_id, GOOD)
    trained = a_trained(tmp_path / "trained", conversation_id)
    copy = "import shutil, sys; shutil.copytree(sys.argv[1], sys.argv[2])"

    def training(_settings: Settings, directory: Path, _champion: Path) -> list[str]:
        """It has read its examples when the conversation is erased by a process that does not see its files."""
        elsewhere = night.model_copy(update={"nightly_dir": tmp_path / "elsewhere"})
        erase_conversation(database, elsewhere, tenant_id, conversation_id, actor="officer")
        return [sys.executable, "-c", copy, str(trained), str(directory / "model")]

    monkeypatch.setattr(nightly, "_command", training)
    outcome = run(database, night)
    assert outcome is not None
    assert (outcome.state, outcome.reason) == ("refused", "a conversation it learned from was erased meanwhile")
    assert serves(database) is None
    assert list(night.nightly_dir.rglob("model")) == []
