"""A tiny checkpoint that real processes load: random weights, so what it writes never survives verification."""

from pathlib import Path

import pytest

from tests.summarizer.engine.builders import a_bloom, save


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(a_bloom(), tmp_path_factory.mktemp("model"), max_prompt_tokens=900, max_new_tokens=24)
