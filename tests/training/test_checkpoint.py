"""A checkpoint is there whole or not at all."""

import json
from pathlib import Path

import torch

from summarizer.engine.generator import load_generator
from summarizer.generate import Prompt
from tests.training.models import a_model, a_published_model, a_tokenizer
from training.checkpoint import WRITING, History, load_state, read_details, save_state


def test_a_state_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    model = a_model(a_tokenizer(), seed=1)
    history = History([3.0, 2.0], [0.1, 0.2], seconds=5.0)
    save_state(tmp_path, model=model, optimizers=[], history=history)
    other = a_model(a_tokenizer(), seed=2)
    assert load_state(tmp_path, other, []) == history
    assert all(torch.equal(one, two) for one, two in zip(model.parameters(), other.parameters(), strict=True))


def test_a_state_that_was_not_finished_is_not_seen(tmp_path: Path) -> None:
    (tmp_path / WRITING).mkdir()
    (tmp_path / WRITING / "state.pt").write_bytes(b"half")
    assert load_state(tmp_path, a_model(a_tokenizer()), []) == History()


def test_only_the_newest_state_is_kept(tmp_path: Path) -> None:
    for step in (1, 2):
        history = History([1.0] * step, [0.1] * step)
        save_state(tmp_path, model=a_model(a_tokenizer()), optimizers=[], history=history)
    assert [path.name for path in tmp_path.iterdir()] == ["step-00000002"]


def test_a_published_model_serves(tmp_path: Path) -> None:
    generator = load_generator(a_published_model(tmp_path / "model"), threads=1)
    try:
        [completion] = generator([Prompt("Conversation (voice)\nCustomer: Hello.\n\nNotes:\n")])
    finally:
        generator.close()
    assert completion.completion_tokens > 0


def test_a_published_model_says_how_it_was_made(tmp_path: Path) -> None:
    directory = a_published_model(tmp_path / "model")
    assert read_details(directory)["script"] == "a test"
    limits = json.loads((directory / "wrapup.json").read_text())
    assert limits["max_prompt_tokens"] + limits["max_new_tokens"] <= 512


def test_publishing_again_replaces_the_whole_directory(tmp_path: Path) -> None:
    directory = a_published_model(tmp_path / "model")
    (directory / "left-over").touch()
    a_published_model(tmp_path / "model")
    assert not (directory / "left-over").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
