"""Several processes train one model, by the launch files that are shipped."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from safetensors.torch import load_file

from tests.training.models import a_published_model
from tests.training.private_data import a_public_folder

LAUNCH = Path(__file__).parents[2] / "training" / "launch"


def test_two_processes_train_one_model_and_one_of_them_publishes_it(tmp_path: Path) -> None:
    before, data = a_published_model(tmp_path / "before"), a_public_folder(tmp_path / "data")
    command = [sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(LAUNCH / "two_cpus.yaml")]
    command += ["-m", "training.sft", "--model", str(before), "--data", str(data), "--out", str(tmp_path / "out")]
    command += ["--datasets", "sgd", "--steps", "4", "--save-every", "2", "--threads", "1", "--batch-tokens", "512"]
    done = subprocess.run([*command, "--gradient-checkpointing"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "out").glob("step-*")] == ["step-00000004"]
    old, new = (load_file(model / "model.safetensors") for model in (before, tmp_path / "out" / "model"))
    assert old.keys() == new.keys()
    assert json.loads((tmp_path / "out" / "model" / "training.json").read_text())["loss"] > 0
    assert done.stdout.count("saved in") == 1


@pytest.mark.parametrize("file", sorted(LAUNCH.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_launch_file_is_one_that_accelerate_reads(file: Path) -> None:
    from accelerate.commands.config.config_args import load_config_from_file

    config = load_config_from_file(str(file))
    assert config.num_processes == yaml.safe_load(file.read_text())["num_processes"]
