"""A model that keeps secrets is told from one that does not."""

import random
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from transformers import BloomForCausalLM

from summarizer.engine.bloom import Bloom
from tests.training.models import a_model, a_published_model, a_tokenizer
from tests.training.private_data import a_private_file
from training.checkpoint import publish
from training.checks import check, losses, mean_exposure, num_extracted, separation
from training.private import canaries, canary_rows, read_private, row_of
from training.promote import Bounds
from training.rows import Row, collate


def learned_by_heart(directory: Path, tokenizer: Tokenizer, rows: list[Row], *, steps: int = 120) -> Bloom:
    """A model that has read the same few rows again and again."""
    model = a_model(tokenizer)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    batch = collate([[row] for row in rows], prompt_share=1.0, rng=random.Random(0))
    for _ in range(steps):
        labels = batch.ids.masked_fill(batch.segments == 0, -100)
        model(input_ids=batch.ids, attention_mask=batch.segments, labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return Bloom.load(publish(model, tokenizer, directory, details={}))


def test_a_fresh_model_keeps_no_secret(tmp_path: Path) -> None:
    private = list(read_private(a_private_file(tmp_path / "private.jsonl", num=60)))
    found = check(a_published_model(tmp_path / "model"), private, seed=1)
    assert found["is_parity"] is True
    assert found["num_extracted"] == 0
    assert 0.2 < found["membership"] < 0.8
    assert found["exposure"] < Bounds().exposure


def test_a_secret_read_again_and_again_stands_out(tmp_path: Path) -> None:
    tokenizer = a_tokenizer()
    planted = canaries(1)[:5]  # of twenty
    model = learned_by_heart(tmp_path / "model", tokenizer, canary_rows(planted, tokenizer))
    assert mean_exposure(model, tokenizer, seed=1) > Bounds().exposure


def test_secrets_that_were_never_read_refuse_no_challenger(tmp_path: Path) -> None:
    model, tokenizer = Bloom.load(a_published_model(tmp_path / "model")), a_tokenizer()
    found = [mean_exposure(model, tokenizer, seed=seed) for seed in range(3)]
    assert max(found) < Bounds().exposure


def test_a_conversation_known_by_heart_is_extracted(tmp_path: Path) -> None:
    tokenizer = a_tokenizer()
    examples = list(read_private(a_private_file(tmp_path / "private.jsonl", num=3)))
    rows = [row_of(one, tokenizer)[1] for one in examples]
    model = learned_by_heart(tmp_path / "model", tokenizer, rows[:1], steps=200)
    assert num_extracted(model, rows[:1]) == 1


def test_a_loss_is_that_of_transformers_whatever_else_is_computed_with_it(tmp_path: Path) -> None:
    tokenizer = a_tokenizer()
    examples = list(read_private(a_private_file(tmp_path / "private.jsonl", num=5)))
    rows = [row_of(one, tokenizer)[1] for one in examples]
    directory = a_published_model(tmp_path / "model")
    reference = BloomForCausalLM.from_pretrained(directory, dtype=torch.float32)
    expected = []
    for row in rows:
        ids = torch.tensor([row.ids])
        labels = ids.masked_fill(torch.arange(len(row.ids)) < row.num_prompt, -100)
        expected.append(float(reference(input_ids=ids, labels=labels).loss.detach()))
    assert losses(Bloom.load(directory), rows) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("trained", "unseen", "area"),
    [
        ([2.0, 3.0], [0.0, 1.0], 1.0),
        ([0.0], [1.0], 0.0),
        ([1.0], [1.0], 0.5),
        ([], [1.0], 0.5),
        ([1.0, 3.0], [2.0], 0.5),
    ],
)
def test_separation_is_the_chance_to_tell_them_apart(trained: list[float], unseen: list[float], area: float) -> None:
    assert separation(trained, unseen) == area
