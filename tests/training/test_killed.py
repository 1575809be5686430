"""A training killed without warning, again and again, ends where one that was left alone ends."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.training.models import a_published_model
from tests.training.private_data import a_public_folder

STEPS = 40


def command(model: Path, data: Path, out: Path) -> list[str]:
    arguments = ["--model", model, "--data", data, "--out", out, "--datasets", "sgd", "--steps", STEPS]
    arguments += ["--save-every", 4, "--batch-tokens", 512, "--threads", 1]
    return [sys.executable, "-m", "training.sft", *map(str, arguments)]


def saved(out: Path) -> list[str]:
    """The states that are whole."""
    return sorted(path.name for path in out.glob("step-*"))


def test_kill_at_random_moments_changes_nothing(tmp_path: Path) -> None:
    model, data = a_published_model(tmp_path / "before"), a_public_folder(tmp_path / "data")
    subprocess.run(command(model, data, tmp_path / "whole"), check=True, capture_output=True)
    rng = random.Random(4)
    num_killed = 0
    while num_killed < 2:
        process = subprocess.Popen(command(model, data, tmp_path / "parts"), stdout=subprocess.DEVNULL)
        before = saved(tmp_path / "parts")
        while saved(tmp_path / "parts") == before and process.poll() is None:
            time.sleep(0.01)  # from its next state on any moment will do
        try:
            process.wait(timeout=rng.uniform(0.0, 0.3))
            break
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            num_killed += 1
    subprocess.run(command(model, data, tmp_path / "parts"), check=True, capture_output=True)
    assert num_killed >= 1
    whole, parts = (tmp_path / name / "model" for name in ("whole", "parts"))
    losses = [json.loads((directory / "training.json").read_text())["loss"] for directory in (whole, parts)]
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)
    one, other = load_file(whole / "model.safetensors"), load_file(parts / "model.safetensors")
    assert all(torch.allclose(one[name], other[name], rtol=1e-2, atol=1e-3) for name in one)
