"""One tiny checkpoint for the whole session, and the two ways of computing it."""

from pathlib import Path

import pytest
import torch
from transformers import BloomForCausalLM

from summarizer.engine.bloom import Bloom
from summarizer.engine.native import load_native
from tests.summarizer.engine.builders import a_bloom, save

torch.set_num_threads(1)  # so tiny a model gains nothing by a second thread, and loses much when the cores are busy


@pytest.fixture(scope="session")
def reference() -> BloomForCausalLM:
    """The model as transformers computes it."""
    return a_bloom()


@pytest.fixture(scope="session")
def checkpoint(reference: BloomForCausalLM, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model on disk; not to be changed."""
    directory = tmp_path_factory.mktemp("checkpoint")
    return save(reference, directory, max_prompt_tokens=400, max_new_tokens=24)


@pytest.fixture(scope="session", params=[True, False], ids=["native", "torch"])
def is_native(request: pytest.FixtureRequest) -> bool:
    """Whether native.cpp computes, or torch alone."""
    if request.param and load_native() is None:
        pytest.skip("native.cpp was not built, or this CPU cannot run it")
    return bool(request.param)


@pytest.fixture(scope="session")
def bloom(checkpoint: Path, is_native: bool) -> Bloom:
    """The same model as we compute it."""
    return Bloom.load(checkpoint, is_native=is_native)
