"""Workers follow what is promoted, and no job changes models half-way."""

import json
import pickle
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import torch
from safetensors.torch import load_file, save_file
from sqlalchemy import text
from torch import Tensor

from summarizer.engine.files import identities, model_version
from summarizer.engine.generator import BloomGenerator, load_generator
from summarizer.errors import UnusableCheckpoint
from summarizer.generate import Completion, Generator, Prompt
from summarizer.jobs import Work, run
from summarizer.promotion import checked, promote, rollback
from summarizer.settings import Settings
from summarizer.store import model_versions
from summarizer.store.database import Database
from summarizer.store.model_versions import Version
from tests.fakes import FakeBell
from tests.summarizer.engine.builders import PROMPTS, TEXT, a_bloom, save
from tests.work import no_renewal, status, submitted
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


def change_config(directory: Path, **values: object) -> None:
    config = json.loads((directory / "config.json").read_text())
    (directory / "config.json").write_text(json.dumps(config | values))


def change_weights(directory: Path, change: Callable[[dict[str, Tensor]], object]) -> None:
    tensors = load_file(directory / "model.safetensors")
    change(tensors)
    save_file(tensors, directory / "model.safetensors")


def change_bytes(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def weights_of(directory: Path) -> Path:
    return directory / "model.safetensors"


def fill_bias(directory: Path, value: float) -> None:
    change_weights(directory, lambda tensors: tensors["transformer.ln_f.bias"].fill_(value))


def know_more_words(directory: Path) -> None:
    tokenizer = json.loads((directory / "tokenizer.json").read_text())
    tokenizer["model"]["vocab"]["unheard-of"] = 100_000
    (directory / "tokenizer.json").write_text(json.dumps(tokenizer))


#: What may be wrong with files whose version is noted rightly, so that only reading them tells.
WRONG = {
    "a header of another size": lambda one: change_bytes(weights_of(one), lambda old: b"\x08" + old[1:]),
    "truncated": lambda one: change_bytes(weights_of(one), lambda old: old[:-100]),
    "huge header": lambda one: change_bytes(weights_of(one), lambda old: b"\xff" * 7 + b"\x7f" + old[8:]),
    "empty": lambda one: weights_of(one).write_bytes(b""),
    "a pickle under its name": lambda one: weights_of(one).write_bytes(pickle.dumps({"weights": 1})),
    "NaN": lambda one: fill_bias(one, torch.nan),
    "infinite": lambda one: fill_bias(one, torch.inf),
    "wrong shapes": lambda one: change_config(one, n_layer=3),
    "more layers than any": lambda one: change_config(one, n_layer=10**9),
    "another architecture": lambda one: change_config(one, model_type="llama", architectures=["LlamaForCausalLM"]),
    "architectures that are none": lambda one: change_config(one, architectures=7),
    "another vocabulary": know_more_words,
    "no tokenizer": lambda one: (one / "tokenizer.json").write_text("{}"),
    "nested without end": lambda one: (one / "config.json").write_text("[" * 200_000),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_checkpoint_that_is_wrong_is_neither_promoted_nor_loaded(
    following: Following, database: Database, first: Path, second: Path, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    WRONG[wrong](second)
    with pytest.raises(UnusableCheckpoint):
        promote(database, second, before=first, actor="test", check=checked)
    with database.begin(None) as session:
        assert model_versions.serving(session) is None, "nothing was noted"
    promote(database, second, before=first, actor="test")  # as if nobody had looked
    following.follow()
    following.follow()
    assert version_for(following) == model_version(first)
    assert all(record.exc_info is None for record in caplog.records), "said without a traceback"


@pytest.mark.parametrize(
    "break_it",
    [
        lambda one: change_bytes(weights_of(one), lambda old: old[:-1] + bytes([old[-1] ^ 1])),
        lambda one: (one / "config.json").write_text("{}"),
        lambda one: weights_of(one).unlink(),
        lambda one: weights_of(one).rename(one / "pytorch_model.bin"),
        shutil.rmtree,
    ],
    ids=["a bit flipped", "another config", "a file missing", "a pickle instead", "gone"],
)
def test_a_champion_whose_files_changed_since_never_serves(
    following: Following, database: Database, first: Path, second: Path, break_it: Callable[[Path], None]
) -> None:
    promote(database, second, before=first, actor="test", check=checked)
    break_it(second)
    following.follow()
    assert version_for(following) == model_version(first)


def test_files_swapped_between_the_check_and_the_load_are_refused(first: Path, second: Path, tmp_path: Path) -> None:
    """By their version if before it is computed, by their identity if only while they are read."""
    other = Path(shutil.copytree(first, tmp_path / "other"))
    fill_bias(other, 3.0)
    good = identities(second)
    weights_of(other).replace(weights_of(second))
    assert identities(second) != good
    with pytest.raises(UnusableCheckpoint, match="version"):
        load(Version(model_version(first), str(second)))


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


class Witness:
    """Passes calls on, and remembers which model wrote for which job."""

    def __init__(self, generator: Generator, wrote: list[str]) -> None:
        self._generator, self._wrote = generator, wrote
        self.model_version, self.max_prompt_tokens = generator.model_version, generator.max_prompt_tokens

    def count_tokens(self, text: str) -> int:
        return self._generator.count_tokens(text)

    def __call__(self, prompts: list[Prompt], **how: timedelta) -> list[Completion]:
        self._wrote.append(self._generator.model_version)
        return self._generator(prompts, **how)


def test_models_that_change_under_load_fail_no_job_and_no_job_mixes_two(
    following: Following, database: Database, settings: Settings, tenant_id: UUID, first: Path, second: Path
) -> None:
    wrote: dict[UUID, list[str]] = {}

    @contextmanager
    def serving(_: str, job_id: UUID) -> Iterator[Generator]:
        with following.serving(job_id) as generator:
            yield Witness(generator, wrote.setdefault(job_id, []))

    made = [submitted(database, tenant_id, external_id=f"call-{number}") for number in range(50)]
    work = Work(database, FakeBell(), serving, "worker", settings, no_renewal)
    promote(database, second, before=first, actor="test")
    num_swaps = 0
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(run, work, tenant_id, one.job_id) for one in made]
        while not all(job.done() for job in jobs):
            following.follow()
            promote(database, (first, second)[num_swaps % 2], before=first, actor="test")
            num_swaps += 1
            time.sleep(0.25)
    assert [job.exception() for job in jobs] == [None] * 50
    found = [status(database, tenant_id, one) for one in made]
    assert [(one.state, one.attempt) for one in found] == [("succeeded", 1)] * 50
    assert all(len(set(versions)) == 1 for versions in wrote.values())
    with database.begin(tenant_id) as session:
        noted = dict(session.execute(text("SELECT conversation_id, model_version FROM summaries")).all())
    assert noted == {one.conversation_id: wrote[one.job_id][0] for one in made}
    assert num_swaps > 1
