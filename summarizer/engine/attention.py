"""Attention over paged memory: keys and values live in blocks of 64 tokens, and each text has a list of blocks.

ALiBi is computed in fp32 and relative to the query: counted from the start of the text, the same bias grows with
the position and drowns the attention scores in rounding.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from summarizer.engine.cache import BLOCK
from summarizer.engine.native import LANES, Native

QUERIES = 128  # queries attended at once by torch: bounds the bias table, and skips the keys after them


@dataclass(frozen=True, slots=True)
class Row:
    """The next tokens of one text, the first at position `start`, its blocks, and how many of the last need scores."""

    tokens: Sequence[int]
    start: int
    blocks: Sequence[int]
    num_scores: int = 1


class Batch:
    """The rows of one step, joined without padding."""

    def __init__(self, rows: Sequence[Row], *, device: torch.device) -> None:
        self.tokens = torch.tensor([token for row in rows for token in row.tokens], device=device)
        counts = [len(row.tokens) for row in rows]
        scores = [range(end - row.num_scores, end) for row, end in zip(rows, accumulate(counts), strict=True)]
        self.scored = torch.tensor([token for one in scores for token in one], dtype=torch.long, device=device)
        self.all = Wanted(rows, counts)
        self.last = Wanted(rows, [row.num_scores for row in rows])


class Wanted:
    """How many of each row's last tokens go on after attention, as native.cpp reads it."""

    def __init__(self, rows: Sequence[Row], counts: Sequence[int]) -> None:
        self.rows = rows
        self.counts = counts
        self.total = sum(counts)
        first = out = 0
        chunks = []
        for row, count in zip(rows, counts, strict=True):
            chunks.append((first, row.start, len(row.tokens), count, out))
            first += len(row.tokens)
            out += count
        self.chunks = torch.tensor(chunks)
        width = max(len(row.blocks) for row in rows)
        self.tables = torch.tensor([[*row.blocks, *[0] * (width - len(row.blocks))] for row in rows], dtype=torch.int32)


class Attention(Protocol):
    """The memory of every layer, and how it is read."""

    def __call__(self, layer: int, projected: Tensor, wanted: Wanted) -> Tensor:
        """Remember the rows' keys and values, then attend: (tokens, 3 x hidden) to (wanted tokens, hidden)."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides the size of memory."""

    num_layers: int
    num_heads: int
    head_size: int
    dtype: torch.dtype

    @property
    def bytes_per_token(self) -> int:
        """Of keys and values in all layers."""
        return 2 * self.num_layers * self.num_heads * self.head_size * self.dtype.itemsize


def attention(shape: Shape, *, num_blocks: int, device: torch.device, native: Native | None) -> Attention:
    """The fastest attention for this device, with memory for `num_blocks` blocks."""
    if native and device.type == "cpu" and shape.head_size % LANES == 0:
        return NativeAttention(shape, num_blocks=num_blocks, native=native)
    return TorchAttention(shape, num_blocks=num_blocks, device=device)


class NativeAttention:
    """By native.cpp; keys are stored across, so that 16 of them are scored at once."""

    def __init__(self, shape: Shape, *, num_blocks: int, native: Native) -> None:
        blocks = (num_blocks, shape.num_layers, shape.num_heads)  # a block's layers together: fewer pages begun
        self._keys = native.empty(*blocks, shape.head_size, BLOCK, dtype=shape.dtype)
        self._values = native.empty(*blocks, BLOCK, shape.head_size, dtype=shape.dtype)
        self._norms = native.empty(*blocks, BLOCK)
        self._slopes = torch.tensor(slopes(shape.num_heads))
        self._native = native

    def __call__(self, layer: int, projected: Tensor, wanted: Wanted) -> Tensor:
        return self._native.attend(
            projected,
            layer=layer,
            num_wanted=wanted.total,
            chunks=wanted.chunks,
            tables=wanted.tables,
            keys=self._keys,
            values=self._values,
            norms=self._norms,
            slopes=self._slopes,
        )


class TorchAttention:
    """By torch, on any device, row by row; scores are computed in fp32."""

    def __init__(self, shape: Shape, *, num_blocks: int, device: torch.device) -> None:
        tokens = (shape.num_layers, num_blocks * BLOCK, shape.num_heads, shape.head_size)
        self._keys, self._values = (torch.empty(tokens, dtype=shape.dtype, device=device) for _ in range(2))
        self._alibi = Alibi(shape.num_heads, device=device)
        self._shape = shape

    def __call__(self, layer: int, projected: Tensor, wanted: Wanted) -> Tensor:
        query, key, value = projected.view(-1, self._shape.num_heads, 3, self._shape.head_size).unbind(2)
        attended = [projected.new_empty((0, self._shape.num_heads * self._shape.head_size))]
        first = 0
        for row, count in zip(wanted.rows, wanted.counts, strict=True):
            own = slice(first, first + len(row.tokens))
            first = own.stop
            keys, values = self._remember(layer, row, key=key[own], value=value[own])
            queries = query[own.stop - count : own.stop].float()
            attended += attend(queries, keys, values=values, alibi=self._alibi)
        return torch.cat([one.to(projected.dtype) for one in attended])

    def _remember(self, layer: int, row: Row, *, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Write the row's keys and values (tokens, heads, size); give back (heads, positions, size) of all so far."""
        blocks = torch.tensor(row.blocks, device=key.device)
        places = (blocks[:, None] * BLOCK + torch.arange(BLOCK, device=key.device)).flatten()
        places = places[: row.start + len(row.tokens)]
        self._keys[layer, places[row.start :]] = key.to(self._keys.dtype)
        self._values[layer, places[row.start :]] = value.to(self._values.dtype)
        keys, values = self._keys[layer, places], self._values[layer, places]
        return keys.transpose(0, 1).float(), values.transpose(0, 1).float()


class Alibi:
    """The bias that makes attention prefer what is near, -inf for what is still to come."""

    def __init__(self, num_heads: int, *, device: torch.device) -> None:
        self._slopes = torch.tensor(slopes(num_heads), device=device)
        self._table = self._build(256)

    def bias(self, num_queries: int, num_keys: int) -> Tensor:
        """(1, heads, queries, keys) for the last `num_queries` of `num_keys` positions; at most QUERIES of them."""
        if num_keys > self._table.shape[3]:
            self._table = self._build(2 * num_keys)
        return self._table[:, :, QUERIES - num_queries :, self._table.shape[3] - num_keys :]

    def _build(self, num_keys: int) -> Tensor:
        """The widest bias; every smaller one is its lower right corner, since only distances count."""
        keys = torch.arange(num_keys, device=self._slopes.device)
        queries = torch.arange(num_keys - QUERIES, num_keys, device=self._slopes.device)
        distance = (keys - queries[:, None]).to(torch.float32)
        bias = self._slopes[:, None, None] * distance
        return bias.masked_fill_(distance > 0, -torch.inf)[None]


def slopes(num_heads: int) -> list[float]:
    """ALiBi's slope for each head: powers of two, with every other one of the next series if heads are left over.

    Press, Smith, Lewis: Train Short, Test Long (2021), https://arxiv.org/abs/2108.12409.
    """
    power = 2 ** math.floor(math.log2(num_heads))
    series = [2.0 ** (-8.0 * head / power) for head in range(1, power + 1)]
    finer = [2.0 ** (-4.0 * head / power) for head in range(1, 2 * power, 2)]
    return series + finer[: num_heads - power]


def attend(queries: Tensor, keys: Tensor, *, values: Tensor, alibi: Alibi) -> list[Tensor]:
    """Causal attention of the last positions, in pieces of (queries, hidden).

    Queries have the shape (queries, heads, size), keys and values (heads, positions, size).
    """
    past = keys.shape[1] - len(queries)
    pieces = []
    for first in range(0, len(queries), QUERIES):
        part = queries[first : first + QUERIES]
        visible = past + first + len(part)
        piece = F.scaled_dot_product_attention(
            part.transpose(0, 1)[None],
            keys[None, :, :visible],
            values[None, :, :visible],
            attn_mask=alibi.bias(len(part), visible),
        )
        pieces.append(piece[0].transpose(0, 1).flatten(1))
    return pieces
