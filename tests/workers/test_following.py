"""Workers follow what is promoted, and no job changes models half-way."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from safetensors.torch import load_file, save_file

from summarizer.engine.files import model_version
from summarizer.engine.generator import BloomGenerator, load_generator
from summarizer.promotion import promote, rollback
from summarizer.store import model_versions
from summarizer.store.database import Database
from summarizer.store.model_versions import Version
from tests.summarizer.engine.builders import PROMPTS, TEXT, a_bloom, save
from workers.following import Following, is_tried_on


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model, not to be changed."""
    return save(a_bloom(), tmp_path_factory.mktemp("first"), max_prompt_tokens=400, max_new_tokens=24)


@pytest.fixture
def second(first: Path, tmp_path: Path) -> Path:
    """Another model."""
    directory = Path(shutil.copytree(first, tmp_path / "second"))
    tensors = load_file(directory / "model.safetensors")
    tensors["transformer.ln_f.bias"] += 1
    save_file(tensors, directory / "model.safetensors")
    return directory


def load(version: Version) -> BloomGenerator:
    return load_generator(Path(version.directory), threads=1, expected_version=version.id)


@pytest.fixture
def following(database: Database, first: Path) -> Iterator[Following]:
    def look() -> model_versions.Serving | None:
        with database.begin(None) as session:
            return model_versions.serving(session)

    models = Following(load_generator(first, threads=1), load=load, look=look)
    yield models
    models.close(drain=False)


def version_for(models: Following, job_id: UUID | None = None) -> str:
    with models.serving(job_id or uuid4()) as generator:
        return generator.model_version


def test_nothing_promoted_changes_nothing(following: Following, first: Path) -> None:
    following.follow()
    assert version_for(following) == model_version(first)


def test_a_promoted_model_serves_the_next_job(
    following: Following, database: Database, first: Path, second: Path
) -> None:
    promote(database, second, before=first, actor="test")
    following.follow()
    assert version_for(following) == model_version(second)
    rollback(database, actor="test")
    following.follow()
    assert version_for(following) == model_version(first)


def test_a_job_keeps_its_model_to_the_end(following: Following, database: Database, first: Path, second: Path) -> None:
    promote(database, second, before=first, actor="test")
    with following.serving(uuid4()) as generator:
        following.follow()
        assert generator.model_version == model_version(first)
        assert len(generator(PROMPTS)) == len(TEXT)
        assert version_for(following) == model_version(second)
    with pytest.raises(Exception, match="closed"):
        generator(PROMPTS)


def test_a_challenger_is_tried_on_its_share_of_the_jobs(
    following: Following, database: Database, first: Path, second: Path
) -> None:
    promote(database, second, before=first, share=0.25, actor="test")
    following.follow()
    job_ids = [uuid4() for _ in range(400)]
    tried = [version_for(following, job_id) == model_version(second) for job_id in job_ids]
    assert tried == [is_tried_on(job_id, 0.25) for job_id in job_ids]
    assert 50 < sum(tried) < 150


@pytest.mark.parametrize(
    "break_it",
    [
        lambda directory: (directory / "model.safetensors").write_bytes(b"short"),
        lambda directory: (directory / "config.json").write_text("{}"),
        lambda directory: shutil.rmtree(directory),
    ],
    ids=["truncated", "another shape", "gone"],
)
def test_a_champion_that_cannot_be_loaded_never_serves(
    following: Following, database: Database, first: Path, second: Path, break_it: Callable[[Path], None]
) -> None:
    promote(database, second, before=first, actor="test")
    break_it(second)
    following.follow()
    assert version_for(following) == model_version(first)


def test_no_call_fails_while_models_change(following: Following, database: Database, first: Path, second: Path) -> None:
    stop, failures, served = threading.Event(), [], set()

    def call() -> None:
        while not stop.is_set():
            try:
                with following.serving(uuid4()) as generator:
                    generator(PROMPTS[:1])
                    served.add(generator.model_version)
            except Exception as error:  # whatever it is, the test must hear of it
                failures.append(error)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    promote(database, second, before=first, actor="test")
    for _ in range(3):
        following.follow()
        rollback(database, actor="test")
        following.follow()
        promote(database, second, before=first, actor="test")
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert served == {model_version(first), model_version(second)}
