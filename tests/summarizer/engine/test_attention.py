"""Attention is exact, near the start of a text and far into it, whatever its blocks."""

import pytest
import torch
from torch import Tensor
from transformers.models.bloom.modeling_bloom import build_alibi_tensor

from summarizer.engine.attention import BLOCK, Attention, Batch, Row, Shape, attention, slopes
from summarizer.engine.native import load_native
from tests.summarizer.engine.builders import blocks_of

CPU = torch.device("cpu")


def an_attention(shape: Shape, *, num_blocks: int, is_native: bool) -> Attention:
    return attention(shape, num_blocks=num_blocks, device=CPU, native=load_native() if is_native else None)


def exact(projected: Tensor, *, heads: int) -> Tensor:
    """In double, over one whole text: (tokens, 3 x hidden) to (tokens, hidden)."""
    tokens = len(projected)
    query, key, value = projected.double().view(tokens, heads, 3, -1).permute(2, 1, 0, 3)
    distance = torch.arange(tokens) - torch.arange(tokens)[:, None]
    bias = torch.tensor(slopes(heads)).double()[:, None, None] * distance
    scores = query @ key.transpose(1, 2) / query.shape[2] ** 0.5 + bias
    attended = scores.masked_fill(distance > 0, -torch.inf).softmax(2) @ value
    return attended.transpose(0, 1).flatten(1).float()


def run(attend: Attention, projected: Tensor, rows: list[Row]) -> Tensor:
    return attend(0, projected, Batch(rows, device=CPU).last)


@pytest.mark.parametrize("num_heads", [1, 2, 3, 4, 6, 8, 12, 14, 16, 112])
def test_slopes_are_those_of_transformers(num_heads: int) -> None:
    second_position = build_alibi_tensor(torch.ones(1, 2, dtype=torch.long), num_heads, torch.float32)[:, 0, 1]
    torch.testing.assert_close(torch.tensor(slopes(num_heads)), second_position)


@pytest.mark.parametrize("size", [16, 48, 64, 80, 128])
@pytest.mark.parametrize("sharpness", [1.0, 4.0], ids=["flat", "sharp"])
def test_far_into_a_text_it_is_as_exact_as_at_its_start(size: int, sharpness: float, is_native: bool) -> None:
    """Steep heads leave far blocks out, and may do so only where that changes nothing."""
    tokens, heads = 2500, 3
    torch.manual_seed(size)
    projected = torch.randn(tokens, 3 * heads * size)
    projected.view(tokens, heads, 3, size)[:, :, :2] *= sharpness
    shape = Shape(num_layers=1, num_heads=heads, head_size=size, dtype=torch.float32)
    attend = an_attention(shape, num_blocks=40, is_native=is_native)
    found = run(attend, projected, [Row([0] * tokens, 0, blocks_of(tokens), num_scores=tokens)])
    tolerance = 5e-6 * sharpness**2  # of scores near 16 times as large fp32 keeps as many digits less
    torch.testing.assert_close(found, exact(projected, heads=heads), rtol=0, atol=tolerance)


def test_a_distant_key_that_outweighs_its_distance_is_seen(is_native: bool) -> None:
    size, tokens = 16, 10 * BLOCK
    projected = torch.zeros(tokens, 1, 3, size)
    projected[:, :, 2] = 1.0
    projected[5, 0, 1:] = 100.0  # a key that answers every query, and another value
    projected[-1, 0, 0] = 10.0
    shape = Shape(num_layers=1, num_heads=1, head_size=size, dtype=torch.float32)
    attend = an_attention(shape, num_blocks=10, is_native=is_native)
    found = run(attend, projected.flatten(1), [Row([0] * tokens, 0, range(10))])
    torch.testing.assert_close(found, torch.full((1, size), 100.0))


def test_the_order_of_blocks_and_who_else_is_there_changes_nothing(is_native: bool) -> None:
    torch.manual_seed(0)
    heads, size = 2, 32
    shape = Shape(num_layers=2, num_heads=heads, head_size=size, dtype=torch.float32)
    attend = an_attention(shape, num_blocks=12, is_native=is_native)
    lengths, blocks = [150, 1, 64], [[7, 2, 9], [0], [4]]
    projected = torch.randn(sum(lengths), 3 * heads * size)
    rows = [Row([0] * length, 0, own, num_scores=length) for length, own in zip(lengths, blocks, strict=True)]
    found = run(attend, projected, rows).split(lengths)
    for one, part in zip(found, projected.split(lengths), strict=True):
        torch.testing.assert_close(one, exact(part, heads=heads), rtol=0, atol=1e-5)


def test_what_is_not_yet_written_in_a_block_is_not_read(is_native: bool) -> None:
    heads, size = 1, 16
    shape = Shape(num_layers=1, num_heads=heads, head_size=size, dtype=torch.float32)
    attend = an_attention(shape, num_blocks=2, is_native=is_native)
    run(attend, torch.full((128, 3 * size), torch.nan), [Row([0] * 128, 0, range(2))])
    projected = torch.randn(70, 3 * size)
    found = run(attend, projected, [Row([0] * 70, 0, range(2), num_scores=70)])
    torch.testing.assert_close(found, exact(projected, heads=heads), rtol=0, atol=1e-5)


@pytest.mark.parametrize("which", [0, 1, 2], ids=["query", "key", "value"])
def test_what_is_not_a_number_is_not_hidden(which: int, is_native: bool) -> None:
    projected = torch.randn(100, 1, 3, 16)
    projected[70, 0, which] = torch.nan
    shape = Shape(num_layers=1, num_heads=1, head_size=16, dtype=torch.float32)
    attend = an_attention(shape, num_blocks=2, is_native=is_native)
    found = run(attend, projected.flatten(1), [Row([0] * 100, 0, range(2), num_scores=100)])
    assert not torch.isfinite(found[70:] if which else found[70]).any()
    assert which or torch.isfinite(found[[*range(70), *range(71, 100)]]).all()


def test_keys_and_values_in_bf16_cost_three_digits(is_native: bool) -> None:
    torch.manual_seed(1)
    projected = torch.randn(300, 3 * 64)
    shape = Shape(num_layers=1, num_heads=2, head_size=32, dtype=torch.bfloat16)
    attend = an_attention(shape, num_blocks=5, is_native=is_native)
    found = run(attend, projected, [Row([0] * 300, 0, range(5), num_scores=300)])
    torch.testing.assert_close(found, exact(projected, heads=2), rtol=0, atol=0.03)
    assert shape.bytes_per_token == 2 * 2 * 32 * 2
