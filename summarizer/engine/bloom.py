"""The BLOOM decoder: token ids in, scores of the next token out. Prefill and decode are one function.

    rows: any mixture of prompt chunks and single tokens
      └─ joined, no padding ─▶ linear layers ─▶ attention, row by row ─▶ linear layers ─▶ scores after each row

ALiBi is computed in fp32 and relative to the query: counted from the start of the text, the same bias
grows with the position and drowns the attention scores in rounding.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from summarizer.engine.cache import Cache, Memory
from summarizer.engine.checkpoint import BloomConfig, read_config, read_weights

QUERIES = 128  # queries attended at once: bounds the bias table, and skips the keys after them

Affine = tuple[Tensor, Tensor]  # weight and bias


@dataclass(frozen=True, slots=True)
class Row:
    """The next tokens of one sequence, the first at position `start`, and the memory of those before."""

    tokens: Sequence[int]
    start: int
    memory: Memory


@dataclass(frozen=True, slots=True)
class Block:
    """The weights of one layer."""

    input_norm: Affine
    query_key_value: Affine
    dense: Affine
    post_attention_norm: Affine
    up: Affine
    down: Affine


class Bloom:
    """A model loaded on one device, in fp32."""

    def __init__(self, config: BloomConfig, weights: dict[str, Tensor]) -> None:
        def affine(name: str) -> Affine:
            return weights[f"{name}.weight"], weights[f"{name}.bias"]

        self.config = config
        self.vocabulary_size = config.vocabulary_size
        self._embedding = weights["word_embeddings.weight"]
        self._embedding_norm = affine("word_embeddings_layernorm")
        self._final_norm = affine("ln_f")
        self._device = self._embedding.device
        self._blocks = [
            Block(
                input_norm=affine(f"h.{layer}.input_layernorm"),
                query_key_value=affine(f"h.{layer}.self_attention.query_key_value"),
                dense=affine(f"h.{layer}.self_attention.dense"),
                post_attention_norm=affine(f"h.{layer}.post_attention_layernorm"),
                up=affine(f"h.{layer}.mlp.dense_h_to_4h"),
                down=affine(f"h.{layer}.mlp.dense_4h_to_h"),
            )
            for layer in range(config.num_layers)
        ]
        self._alibi = Alibi(config.num_heads, device=self._device)

    @classmethod
    def load(cls, directory: Path, *, device: str = "cpu") -> "Bloom":
        """The model in a checkpoint directory; raises UnusableCheckpoint."""
        config = read_config(directory)
        return cls(config, read_weights(directory, config=config, device=device))

    def new_cache(self, capacity: int) -> Cache:
        """Memory for `capacity` tokens of this model."""
        config = self.config
        return Cache(
            capacity,
            num_layers=config.num_layers,
            num_heads=config.num_heads,
            head_size=config.head_size,
            device=str(self._device),
        )

    @torch.inference_mode()
    def forward(self, rows: Sequence[Row]) -> Tensor:
        """Scores (rows, vocabulary) of what follows each row; the rows' keys and values are remembered."""
        tokens = torch.tensor([token for row in rows for token in row.tokens], device=self._device)
        last = torch.tensor([len(row.tokens) for row in rows], device=self._device).cumsum(0) - 1
        hidden = self._norm(F.embedding(tokens, self._embedding), self._embedding_norm)
        for layer, block in enumerate(self._blocks):
            normed = self._norm(hidden, block.input_norm)
            residual = normed if self.config.is_residual_normed else hidden
            is_top = layer == len(self._blocks) - 1  # from here on only each row's last token matters
            attended = self._attend(F.linear(normed, *block.query_key_value), layer=layer, rows=rows, last_only=is_top)
            hidden = F.linear(attended, *block.dense) + (residual[last] if is_top else residual)
            hidden = self._mlp(hidden, block)
        return F.linear(self._norm(hidden, self._final_norm), self._embedding)

    def _attend(self, projected: Tensor, *, layer: int, rows: Sequence[Row], last_only: bool) -> Tensor:
        """Each row's tokens, or its last one, over the row's own past: (tokens, 3 x hidden) to (tokens, hidden)."""
        heads, size = self.config.num_heads, self.config.head_size
        query, key, value = projected.view(-1, heads, 3, size).unbind(2)
        attended = []
        first = 0
        for row in rows:
            own = slice(first, first + len(row.tokens))
            first = own.stop
            keys, values = row.memory.extend(layer, row.start, keys=key[own], values=value[own])
            queries = query[own.stop - 1 : own.stop] if last_only else query[own]
            attended += attend(queries, keys, values=values, alibi=self._alibi)
        return torch.cat(attended)

    def _mlp(self, hidden: Tensor, block: Block) -> Tensor:
        normed = self._norm(hidden, block.post_attention_norm)
        residual = normed if self.config.is_residual_normed else hidden
        return F.linear(F.gelu(F.linear(normed, *block.up), approximate="tanh"), *block.down) + residual

    def _norm(self, hidden: Tensor, norm: Affine) -> Tensor:
        return F.layer_norm(hidden, (self.config.hidden_size,), *norm, eps=self.config.norm_epsilon)


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
    """ALiBi's slope for each head: powers of two, with every other one of the next series if heads are left over."""
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
