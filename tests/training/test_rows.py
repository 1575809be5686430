"""Rows count in the loss where the model should write, and come in an order that can be repeated."""

import random

import torch

from tests.training.models import a_model, a_tokenizer, records
from training.dataset import conversation_of
from training.loss import NextTokenLoss
from training.rows import Batch, Row, batches, collate, example_row
from training.targets import build_target
from training.tokenizer import EOS, PAD


def some_rows(num: int) -> list[Row]:
    rng = random.Random(1)
    return [Row(tuple(rng.randrange(4, 300) for _ in range(rng.randint(5, 60))), num_prompt=4) for _ in range(num)]


def test_a_row_is_prompt_completion_and_end() -> None:
    tokenizer = a_tokenizer()
    conversation = next(one for record in records() if (one := conversation_of(record)) and build_target(one))
    draft = build_target(conversation)
    assert draft is not None
    row = example_row(conversation, draft, tokenizer)
    assert tokenizer.decode(list(row.ids[: row.num_prompt])).endswith("\nNotes:\n")
    assert tokenizer.decode(list(row.ids[row.num_prompt :])).startswith("Reason: The customer")
    assert row.ids[-1] == EOS


def test_only_the_completion_counts() -> None:
    batch = collate(
        [[Row((5, 6, 7, 8, EOS), num_prompt=3)], [Row((5, 6, EOS), num_prompt=2)]], prompt_share=0.0, rng=rng()
    )
    assert batch.counts[0].nonzero().flatten().tolist() == [3, 4]
    assert batch.counts[1].nonzero().flatten().tolist() == [2]


def test_the_loss_ignores_how_the_prompt_itself_was_predicted() -> None:
    loss_of = NextTokenLoss(a_model(a_tokenizer()))
    batch = collate([[Row((5, 6, 7, 8, EOS), num_prompt=3)]], prompt_share=0.0, rng=rng())
    ids = batch.ids.clone()
    with torch.no_grad():
        before = loss_of(ids, batch.segments, batch.counts)
        logits = loss_of.model(input_ids=ids, attention_mask=batch.segments).logits
    wanted = torch.nn.functional.cross_entropy(logits[0, 2:4], ids[0, 3:5])
    assert torch.allclose(before, wanted, atol=1e-5)


def test_padding_is_masked_and_never_counts() -> None:
    batch = collate([[Row((5, 6, 7))], [Row((5,))]], prompt_share=1.0, rng=rng())
    assert (batch.ids[1, 1:] == PAD).all()
    assert batch.segments.sum() == 4
    assert batch.counts.sum() == 2  # the first of a document is no target


def test_an_epoch_holds_every_row_once() -> None:
    rows = some_rows(50)
    seen = [
        ids[mask.bool()].tolist()
        for one in epoch(rows, seed=3)
        for ids, mask in zip(one.ids, one.segments, strict=True)
    ]
    assert sorted(seen) == sorted(list(row.ids) for row in rows)


def test_the_same_seed_gives_the_same_batches() -> None:
    rows = some_rows(50)
    assert all(
        torch.equal(one.ids, other.ids) for one, other in zip(epoch(rows, seed=3), epoch(rows, seed=3), strict=True)
    )


def test_a_literal_row_is_never_changed() -> None:
    rows = [Row((5, 6, 7), num_prompt=1, is_literal=True), Row((5, 6, 7), num_prompt=1)]
    [batch] = batches(rows, max_tokens=256, prompt_share=0.0, seed=3, change=lambda ids, _: [9] * len(ids))
    assert sorted(ids[:3].tolist() for ids in batch.ids) == [[5, 6, 7], [9, 9, 9]]


def test_no_batch_is_larger_than_asked_for() -> None:
    assert all(batch.ids.numel() <= 256 for batch in epoch(some_rows(50), seed=3))


def epoch(rows: list[Row], *, seed: int) -> list[Batch]:
    return list(batches(rows, max_tokens=256, prompt_share=0.5, seed=seed))


def rng() -> random.Random:
    return random.Random(0)
