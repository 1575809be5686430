"""The loss as a module, so that the wrappers of distributed training see one forward pass."""

from typing import Any

import torch
from torch import Tensor
from transformers.models.bloom.modeling_bloom import BloomMLP

from training.attention import bias_of, fuse


class NextTokenLoss(torch.nn.Module):
    """Mean cross entropy of each next token; positions that do not count are never multiplied with the vocabulary."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model
        inner = model.get_base_model() if hasattr(model, "get_base_model") else model  # peft wraps it
        self._body, self._head = [inner.base_model], [inner.get_output_embeddings()]  # lists: not modules of ours
        self._fused = fuse(inner)
        for block in inner.modules():
            if isinstance(block, BloomMLP):
                block.gelu_impl = torch.nn.GELU(approximate="tanh")  # type: ignore[assignment]  # same, in one kernel

    def forward(self, ids: Tensor, segments: Tensor, counts: Tensor) -> Tensor:
        """`segments` numbers the documents of each row, 0 is padding; `counts` marks the tokens that are targets."""
        bias = bias_of(segments, self._fused[0].num_heads) if self._fused else None
        for one in self._fused:
            one.bias = bias
        is_seen = None if self._fused else (segments > 0).long()
        hidden = self._body[0](input_ids=ids, attention_mask=is_seen, use_cache=False).last_hidden_state
        counted = counts[:, 1:]
        logits = self._head[0](hidden[:, :-1][counted]).float()
        return torch.nn.functional.cross_entropy(logits, ids[:, 1:][counted])
