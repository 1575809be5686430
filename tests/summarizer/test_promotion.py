"""What serves is a row; one can always go back to what served before."""

from pathlib import Path

import pytest

from summarizer.engine.files import model_version
from summarizer.errors import Conflict, NotFound, UnusableCheckpoint
from summarizer.promotion import promote, rollback
from summarizer.store import model_versions
from summarizer.store.database import Database

FILES = ("config.json", "tokenizer.json", "model.safetensors")


def a_checkpoint(directory: Path, content: str) -> Path:
    """Files that have a version; nothing here loads them."""
    directory.mkdir()
    for name in FILES:
        (directory / name).write_text(content)
    return directory


@pytest.fixture
def models(tmp_path: Path) -> list[Path]:
    return [a_checkpoint(tmp_path / name, name) for name in ("one", "two", "three")]


def champion(database: Database) -> str:
    with database.begin(None) as session:
        serving = model_versions.serving(session)
    assert serving is not None
    return serving.champion.id


def test_nothing_serves_by_promotion_at_first(database: Database) -> None:
    with database.begin(None) as session:
        assert model_versions.serving(session) is None
    with pytest.raises(NotFound):
        rollback(database, actor="ann")


def test_a_promotion_says_why_and_by_whom(database: Database, models: list[Path]) -> None:
    now = promote(database, models[1], before=models[0], actor="ann", decision={"promote": True})
    assert (now.champion.id, now.champion.directory) == (model_version(models[1]), str(models[1]))
    with database.begin(None) as session:
        rows = model_versions.history(session)
    assert [(row.action, row.actor, row.decision) for row in rows] == [
        ("start", "ann", None),
        ("promote", "ann", {"promote": True}),
    ]


def test_rollback_goes_back_one_by_one(database: Database, models: list[Path]) -> None:
    promote(database, models[1], before=models[0], actor="ann")
    promote(database, models[2], before=models[0], actor="ann")
    for expected in (models[1], models[0]):
        assert rollback(database, actor="bob").champion.id == model_version(expected) == champion(database)
    with pytest.raises(NotFound):
        rollback(database, actor="bob")


def test_after_a_rollback_a_new_promotion_goes_back_to_what_served(database: Database, models: list[Path]) -> None:
    promote(database, models[1], before=models[0], actor="ann")
    rollback(database, actor="ann")
    promote(database, models[2], before=models[0], actor="ann")
    assert rollback(database, actor="ann").champion.id == model_version(models[0])


def test_rollback_of_a_trial_ends_the_trial(database: Database, models: list[Path]) -> None:
    promote(database, models[1], before=models[0], actor="ann")
    now = promote(database, models[2], before=models[0], share=0.1, actor="ann")
    assert now.challenger is not None
    assert (now.champion.id, now.challenger.id, now.share) == (
        model_version(models[1]),
        model_version(models[2]),
        0.1,
    )
    ended = rollback(database, actor="ann")
    assert (ended.champion.id, ended.challenger) == (model_version(models[1]), None)
    assert rollback(database, actor="ann").champion.id == model_version(models[0])


def test_a_trial_may_end_in_promotion(database: Database, models: list[Path]) -> None:
    promote(database, models[1], before=models[0], share=0.1, actor="ann")
    assert champion(database) == model_version(models[0])
    now = promote(database, models[1], before=models[0], actor="ann")
    assert (now.champion.id, now.challenger) == (model_version(models[1]), None)


def test_the_champion_is_not_promoted_again(database: Database, models: list[Path]) -> None:
    promote(database, models[1], before=models[0], actor="ann")
    with pytest.raises(Conflict, match="already"):
        promote(database, models[1], before=models[0], actor="ann")


def test_what_cannot_be_read_is_not_promoted(database: Database, models: list[Path], tmp_path: Path) -> None:
    with pytest.raises(UnusableCheckpoint):
        promote(database, tmp_path / "nowhere", before=models[0], actor="ann")
    with database.begin(None) as session:
        assert model_versions.history(session) == []


def test_a_former_champion_whose_files_changed_does_not_come_back(database: Database, models: list[Path]) -> None:
    promote(database, models[1], before=models[0], actor="ann")
    (models[0] / "config.json").write_text("changed")
    with pytest.raises(Conflict, match="holds"):
        rollback(database, actor="ann")
    assert champion(database) == model_version(models[1])
