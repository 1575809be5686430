"""The BLOOM decoder: token ids in, scores of the next token out. Prefill and decode are one function.

rows: any mixture of prompt chunks and single tokens
  └─ joined, no padding ─▶ linear layers ─▶ attention, row by row ─▶ linear layers ─▶ scores where asked for
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from summarizer.engine.attention import Attention, Batch, Row, Shape, attention
from summarizer.engine.checkpoint import BloomConfig, Weights, read_config
from summarizer.engine.linear import Linear, Precision, linear
from summarizer.engine.native import Native, load_native
from summarizer.errors import UnusableCheckpoint

Norm = Callable[[Tensor], Tensor]

PRECISIONS = {"cpu": {Precision.FP32, Precision.INT8}, "cuda": {Precision.FP32, Precision.BF16}}


@dataclass(frozen=True, slots=True)
class Block:
    """One layer."""

    input_norm: Norm
    query_key_value: Linear
    dense: Linear
    post_attention_norm: Norm
    up: Linear
    down: Linear


class Bloom:
    """A model loaded on one device, in one precision; `native=None` keeps to torch."""

    def __init__(
        self,
        config: BloomConfig,
        weights: Weights,
        *,
        precision: Precision = Precision.FP32,
        device: str = "cpu",
        native: Native | None = None,
    ) -> None:
        self._device = torch.device(device)
        if precision not in PRECISIONS[self._device.type]:
            raise UnusableCheckpoint(f"There is no {precision} on the device {device!r}.")
        dtype = torch.bfloat16 if precision is Precision.BF16 else torch.float32

        def read(name: str) -> Tensor:
            return weights.read(name).to(self._device)

        def layer(name: str) -> Linear:
            return linear(read(f"{name}.weight"), read(f"{name}.bias").clone(), precision=precision, native=native)

        def norm(name: str) -> Norm:
            weight, bias = (read(f"{name}.{part}").to(dtype, copy=True) for part in ("weight", "bias"))
            return lambda hidden: F.layer_norm(hidden, weight.shape, weight, bias, config.norm_epsilon)

        self.config = config
        self.vocabulary_size = config.vocabulary_size
        self._native = native
        self._shape = Shape(
            num_layers=config.num_layers,
            num_heads=config.num_heads,
            head_size=config.head_size,
            dtype=torch.float32 if precision is Precision.FP32 else torch.bfloat16,
        )
        self._embedding = linear(read("word_embeddings.weight"), None, precision=precision, native=native)
        self._embedding_norm = norm("word_embeddings_layernorm")
        self._final_norm = norm("ln_f")
        self._blocks = [
            Block(
                input_norm=norm(f"h.{index}.input_layernorm"),
                query_key_value=layer(f"h.{index}.self_attention.query_key_value"),
                dense=layer(f"h.{index}.self_attention.dense"),
                post_attention_norm=norm(f"h.{index}.post_attention_layernorm"),
                up=layer(f"h.{index}.mlp.dense_h_to_4h"),
                down=layer(f"h.{index}.mlp.dense_4h_to_h"),
            )
            for index in range(config.num_layers)
        ]

    @classmethod
    def load(
        cls,
        directory: Path,
        *,
        precision: Precision = Precision.FP32,
        device: str = "cpu",
        is_native: bool = True,
    ) -> "Bloom":
        """The model in a checkpoint directory; raises UnusableCheckpoint. `is_native=False` does without native.cpp."""

        def load() -> Bloom:
            config = read_config(directory)
            native = load_native() if is_native else None
            return cls(config, Weights(directory, config=config), precision=precision, device=device, native=native)

        # OpenMP keeps a team for every living thread that has computed, and with more members than cores it puts them
        # to sleep between two layers: the team that packs the weights must go before the engine's begins.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(load).result()

    @property
    def bytes_per_token(self) -> int:
        """Memory for the keys and values of one token."""
        return self._shape.bytes_per_token

    @property
    def device(self) -> torch.device:
        """Where the model runs."""
        return self._device

    @property
    def is_native(self) -> bool:
        """Whether native.cpp computes."""
        return self._native is not None and self._device.type == "cpu"

    def new_memory(self, num_blocks: int) -> Attention:
        """Memory for so many blocks of keys and values; a CPU lends it page by page, as it is used."""
        return attention(self._shape, num_blocks=num_blocks, device=self._device, native=self._native)

    def forward(self, rows: Sequence[Row], memory: Attention) -> Tensor:
        """Scores (sum of num_scores, vocabulary), and keys and values remembered; a device's errors as they come."""
        with torch.inference_mode():
            return self._forward(Batch(rows, device=self._device), memory)

    def _forward(self, batch: Batch, memory: Attention) -> Tensor:
        hidden = self._embedding_norm(self._embedding.rows(batch.tokens))
        for index, block in enumerate(self._blocks):
            is_top = index == len(self._blocks) - 1  # from here on only what needs scores matters
            normed = block.input_norm(hidden)
            residual = normed if self.config.is_residual_normed else hidden
            projected = block.query_key_value(normed)
            attended = memory(index, projected, batch.last if is_top else batch.all)
            hidden = block.dense(attended, residual=residual[batch.scored] if is_top else residual)
            normed = block.post_attention_norm(hidden)
            residual = normed if self.config.is_residual_normed else hidden
            hidden = block.down(block.up(normed, is_gelu=True), residual=residual)
        return self._embedding(self._final_norm(hidden)).float()
