"""A worker without torch writes what our engine writes."""

import json
import os
import shutil
import site
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from summarizer import formats
from summarizer.backends import opened
from summarizer.backends.light import CARD, load_light
from summarizer.demo import samples
from summarizer.engine.files import model_version
from summarizer.errors import DeadlineExceeded, InvalidBackends, UnusableCheckpoint
from summarizer.generate import Opened, Prompt
from summarizer.prompt import fit, render
from summarizer.repair import read
from summarizer.settings import SHIPPED_MODEL, Settings
from summarizer.specs import CausalSpec, LightSpec, OwnSpec
from summarizer.store import summaries
from summarizer.store.database import Database
from tests.summarizer.backends.locals import SETTINGS, a_llama, a_published_bloom
from tests.summarizer.backends.test_causal import TEXTS
from tests.summarizer.engine.builders import a_bloom, save
from tests.work import environment_of, status, submitted
from training.convert import convert
from workers.runtime import NoModels, keeping

ROOT = Path(__file__).parents[3]
#: What a light worker does not have.
HEAVY = ("torch", "functorch", "transformers", "accelerate", "safetensors", "peft")
SHIPPED_TEXTS = [
    render(conversation, fit(conversation, count_tokens=lambda text: len(text) // 3, max_prompt_tokens=600)[0])
    for conversation in (formats.read(path.read_bytes()) for path in samples())
]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped model, converted exactly."""
    return convert(SHIPPED_MODEL, tmp_path_factory.mktemp("light") / "shipped", quantization="float32")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of our engine."""
    return save(a_bloom(), tmp_path_factory.mktemp("light") / "tiny", max_prompt_tokens=600, max_new_tokens=24)


def written(generator: Opened, prompts: Sequence[Prompt]) -> list[tuple[str, int]]:
    with closing(generator):
        return [(one.text, one.prompt_tokens) for one in generator(prompts)]


def test_the_shipped_model_writes_the_same_as_on_our_engine(shipped: Path) -> None:
    prompts = [Prompt(text) for text in SHIPPED_TEXTS]
    assert len(prompts) == 5
    exact = SETTINGS.model_copy(update={"precision": "fp32"})
    assert written(load_light(LightSpec(model_dir=shipped), SETTINGS), prompts) == written(
        opened(OwnSpec(), exact), prompts
    )


def test_a_tiny_bloom_writes_the_same_as_on_our_engine_under_any_restriction(tiny: Path, tmp_path: Path) -> None:
    converted = convert(tiny, tmp_path / "light", quantization="float32")
    prompts = [
        *map(Prompt, TEXTS),
        *(read(text).prompt() for text in TEXTS[:2]),
        Prompt(TEXTS[1], begun="Reason: The bicycle broke.\n", accepts=lambda _, more: "a" not in more),
    ]
    light = written(load_light(LightSpec(model_dir=converted), SETTINGS), prompts)
    assert light == written(opened(OwnSpec(model_dir=tiny), SETTINGS), prompts)


@pytest.mark.parametrize("quantization", ["int8", "float32"])
def test_a_conversion_says_what_it_was_made_from(shipped: Path, tmp_path: Path, quantization: str) -> None:
    converted = convert(SHIPPED_MODEL, tmp_path / "light", quantization=quantization)
    card = json.loads((converted / CARD).read_text())
    assert card["made_from"] == model_version(SHIPPED_MODEL)
    assert (card["quantization"], card["style"], card["end_tokens"]) == (quantization, "plain", [2])
    generator = load_light(LightSpec(model_dir=converted), SETTINGS)
    with closing(generator), closing(load_light(LightSpec(model_dir=shipped), SETTINGS)) as exact:
        assert generator.max_prompt_tokens == 864
        assert (generator.model_version == exact.model_version) is (quantization == "float32")


def test_a_model_of_another_family_is_asked_by_its_own_template(tmp_path: Path) -> None:
    directory = a_llama(tmp_path / "llama")
    converted = convert(directory, tmp_path / "light", quantization="float32")
    prompts = [Prompt(text) for text in TEXTS[:2]]
    heavy = written(opened(CausalSpec(model_dir=directory, max_new_tokens=24), SETTINGS), prompts)
    assert written(load_light(LightSpec(model_dir=converted, max_new_tokens=24), SETTINGS), prompts) == heavy


def test_who_has_no_time_left_is_told_so_while_it_writes(tmp_path: Path) -> None:
    converted = convert(a_published_bloom(tmp_path / "bloom"), tmp_path / "light", style="plain")
    hasty = SETTINGS.model_copy(update={"job_deadline": timedelta(milliseconds=50)})
    generator = load_light(LightSpec(model_dir=converted, max_new_tokens=1024), hasty)
    with closing(generator), pytest.raises(DeadlineExceeded):
        generator([Prompt(text) for text in TEXTS])


@pytest.mark.parametrize("name", ["model.bin", "vocabulary.json", "tokenizer.json", CARD])
def test_a_directory_that_lacks_a_file_is_refused(shipped: Path, tmp_path: Path, name: str) -> None:
    broken = Path(shutil.copytree(shipped, tmp_path / "light"))
    (broken / name).unlink()
    with pytest.raises(UnusableCheckpoint):
        load_light(LightSpec(model_dir=broken), SETTINGS)


def test_a_worker_without_torch_summarizes(
    settings: Settings, database: Database, tenant_id: UUID, shipped: Path, tmp_path: Path
) -> None:
    """Whatever it is asked first: our own engine, which it has not, or the light backend, which is its default."""
    (tmp_path / "backends.toml").write_text(f'[backends.small]\nkind = "ctranslate2"\nmodel_dir = "{shipped}"\n')
    made = submitted(database, tenant_id)
    done = without_torch(settings, tmp_path, made.job_id, tenant_id, DEFAULT_BACKENDS="wrapup, small")
    assert done.returncode == 0, done.stderr
    assert "without our own engine" in done.stderr
    assert status(database, tenant_id, made).state == "succeeded"
    with database.begin(tenant_id) as session:
        found = summaries.current(session, made.conversation_id)
    assert found is not None
    assert (found.machine.backend, found.machine.because) == ("small", "backend_failed")
    assert found.machine.kind == "generated"


def test_a_worker_without_torch_and_without_another_backend_says_so(
    settings: Settings, tenant_id: UUID, tmp_path: Path
) -> None:
    (tmp_path / "backends.toml").write_text("")
    done = without_torch(settings, tmp_path, tenant_id, tenant_id)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("DEFAULT_BACKENDS names our own engine alone")


def test_a_default_backend_that_nobody_knows_stops_the_worker(settings: Settings, database: Database) -> None:
    wrong = settings.model_copy(update={"default_backends": ("wrapup", "dollly")})
    with pytest.raises(InvalidBackends, match="DEFAULT_BACKENDS names dollly"):
        keeping(wrong, database, NoModels())


WORK = """
import sys
from uuid import UUID
from summarizer import jobs
from summarizer.log import configure
from summarizer.settings import Settings
from workers import runtime

settings = Settings()
configure(settings.log_level)
worker = runtime.start(settings)
jobs.run(worker.work, *map(UUID, sys.argv[1:]))
worker.close()
"""


def without_torch(
    settings: Settings, directory: Path, job_id: UUID, tenant_id: UUID, **changes: str
) -> subprocess.CompletedProcess[str]:
    """A worker's process, for one job, where nobody installed torch."""
    return subprocess.run(
        [sys.executable, "-S", "-c", WORK, str(tenant_id), str(job_id)],
        capture_output=True,
        text=True,
        env={
            **environment_of(settings),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}:{_light_packages(directory / 'packages')}",
            "BACKENDS_FILE": str(directory / "backends.toml"),
            **changes,
        },
        timeout=60,
        check=False,
        cwd=directory,
    )


def _light_packages(directory: Path) -> Path:
    """All packages but the heavy ones."""
    directory.mkdir()
    for folder in site.getsitepackages():
        for path in Path(folder).iterdir():
            if path.name.split("-")[0] not in HEAVY:
                (directory / path.name).symlink_to(path)
    return directory
