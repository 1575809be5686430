"""Several processes train one model, whole in each of them or split over them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file

from tests.training.models import a_published_model
from tests.training.private_data import a_public_folder

LAUNCH = Path(__file__).parents[2] / "training" / "launch"


def two_processes(model: Path, data: Path, out: Path, *arguments: str) -> str:
    """What they say; `accelerate launch` starts a single one where there is no GPU, so torchrun does it here."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    command += ["-m", "training.sft", "--model", str(model), "--data", str(data), "--out", str(out)]
    command += ["--datasets", "sgd", "--save-every", "3", "--threads", "1", "--batch-tokens", "512", *arguments]
    environment = {**os.environ, "ACCELERATE_USE_CPU": "true", "ACCELERATE_MIXED_PRECISION": "no"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=200)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("starting from") == 2
    return done.stdout


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two processes that each hold the whole model, four steps, in one go."""
    directory = tmp_path_factory.mktemp("launch")
    before, data = a_published_model(directory / "before"), a_public_folder(directory / "data")
    said = two_processes(before, data, directory / "whole", "--steps", "4", "--gradient-checkpointing")
    assert said.count("saved in") == 1
    return directory


def test_two_processes_train_one_model_and_one_of_them_publishes_it(whole: Path) -> None:
    assert [path.name for path in (whole / "whole").glob("step-*")] == ["step-00000003"]
    old, new = (load_file(model / "model.safetensors") for model in (whole / "before", whole / "whole" / "model"))
    assert old.keys() == new.keys()
    assert any(not torch.equal(old[name], new[name]) for name in old)


def test_split_over_two_and_taken_up_again_they_learn_the_same(whole: Path) -> None:
    out = whole / "split"
    for _ in range(2):
        shutil.rmtree(out / "model", ignore_errors=True)
        two_processes(whole / "before", whole / "data", out, "--steps", "4", "--shard")
        assert [path.name for path in out.glob("step-*")] == ["step-00000003"]
    one, other = (load_file(run / "model" / "model.safetensors") for run in (whole / "whole", out))
    assert one.keys() == other.keys()
    assert all(torch.allclose(one[name], other[name], rtol=1e-2, atol=1e-3) for name in one)


@pytest.mark.parametrize("file", sorted(LAUNCH.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_launch_file_is_one_that_accelerate_reads(file: Path) -> None:
    from accelerate.commands.config.config_args import load_config_from_file

    config = load_config_from_file(str(file))
    assert config.num_processes == yaml.safe_load(file.read_text())["num_processes"]
