"""The first weights copy a little before anything was learned."""

import random

import torch
from transformers import BloomConfig, BloomForCausalLM

from training.initial import give_copying_heads
from training.loss import NextTokenLoss
from training.rows import Row, collate


def test_what_was_read_before_is_expected_again() -> None:
    torch.manual_seed(0)
    model = BloomForCausalLM(BloomConfig(vocab_size=600, hidden_size=128, n_layer=3, n_head=8))
    rng = random.Random(0)
    rows = []
    for _ in range(16):
        line = rng.choices(range(4, 600), k=12)
        rows.append(Row((*line, 1, *line), num_prompt=14))
    batch = collate([[row] for row in rows], prompt_share=0.0, rng=rng)
    loss_of = NextTokenLoss(model)
    with torch.no_grad():
        before = loss_of(batch.ids, batch.segments, batch.counts).item()
        give_copying_heads(model)
        after = loss_of(batch.ids, batch.segments, batch.counts).item()
    assert after < before - 0.2
