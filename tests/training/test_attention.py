"""The fused kernel gives what BLOOM's own attention gives, and keeps packed documents apart."""

import random

import pytest
import torch
from torch import Tensor
from transformers import BloomForCausalLM

from tests.training.models import a_model, a_tokenizer
from training.loss import NextTokenLoss
from training.rows import Row, batches, collate


def some_rows(num: int) -> list[Row]:
    rng = random.Random(2)
    return [Row(tuple(rng.randrange(4, 300) for _ in range(rng.randint(5, 60))), num_prompt=3) for _ in range(num)]


def by_transformers(model: BloomForCausalLM, ids: Tensor, mask: Tensor) -> Tensor:
    """The logits without anything of ours."""
    logits: Tensor = model(input_ids=ids, attention_mask=mask).logits
    return logits


def test_the_fused_loss_and_its_gradients_are_those_of_transformers() -> None:
    ours, theirs = a_model(a_tokenizer()), a_model(a_tokenizer())
    batch = collate([[row] for row in some_rows(5)], prompt_share=1.0, rng=random.Random(0))
    loss = NextTokenLoss(ours)(batch.ids, batch.segments, batch.counts)
    logits = by_transformers(theirs, batch.ids, (batch.segments > 0).long())
    counted = batch.counts[:, 1:]
    wanted = torch.nn.functional.cross_entropy(logits[:, :-1][counted], batch.ids[:, 1:][counted])
    loss.backward()
    wanted.backward()
    assert loss.item() == pytest.approx(wanted.item(), rel=1e-5)
    for (name, one), (_, other) in zip(ours.named_parameters(), theirs.named_parameters(), strict=True):
        assert one.grad is not None
        assert other.grad is not None
        assert torch.allclose(one.grad, other.grad, atol=1e-5), name


def test_packing_changes_neither_the_loss_nor_what_is_learned() -> None:
    rows = some_rows(6)
    apart, together = a_model(a_tokenizer()), a_model(a_tokenizer())
    alone = collate([[row] for row in rows], prompt_share=0.0, rng=random.Random(0))
    packed = collate([rows[:3], rows[3:]], prompt_share=0.0, rng=random.Random(0))
    losses = [
        NextTokenLoss(model)(batch.ids, batch.segments, batch.counts)
        for model, batch in ((apart, alone), (together, packed))
    ]
    for one in losses:
        one.backward()
    assert losses[0].item() == pytest.approx(losses[1].item(), rel=1e-5)
    for one, other in zip(apart.parameters(), together.parameters(), strict=True):
        assert one.grad is not None
        assert other.grad is not None
        assert torch.allclose(one.grad, other.grad, atol=1e-5)


def test_packed_lines_hold_every_document_once_and_waste_little() -> None:
    rows = some_rows(60)
    packed = list(batches(rows, max_tokens=512, prompt_share=0.0, seed=1, line_tokens=128))
    seen = [
        ids[segments == number].tolist()
        for batch in packed
        for ids, segments in zip(batch.ids, batch.segments, strict=True)
        for number in range(1, int(segments.max()) + 1)
    ]
    assert sorted(seen) == sorted(list(row.ids) for row in rows)
    assert all(batch.ids.shape[1] == 128 and batch.ids.numel() <= 512 for batch in packed)
    filled = sum(int((batch.segments > 0).sum()) for batch in packed) / sum(batch.ids.numel() for batch in packed)
    assert filled > 0.85


def test_outside_of_training_the_model_is_as_it_was() -> None:
    model, untouched = a_model(a_tokenizer()), a_model(a_tokenizer())
    batch = collate([[row] for row in some_rows(2)], prompt_share=1.0, rng=random.Random(0))
    NextTokenLoss(model)(batch.ids, batch.segments, batch.counts)
    model.train(mode=False)
    untouched.train(mode=False)
    mask = (batch.segments > 0).long()
    wanted = by_transformers(untouched, batch.ids, mask)
    assert torch.allclose(by_transformers(model, batch.ids, mask), wanted, atol=1e-6)
