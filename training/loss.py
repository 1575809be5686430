"""The loss as a module, so that the wrappers of distributed training see one forward pass."""

import torch
from torch import Tensor
from transformers import BloomForCausalLM
from transformers.models.bloom.modeling_bloom import BloomMLP


class NextTokenLoss(torch.nn.Module):
    """Mean cross entropy of each next token; positions of weight 0 are never multiplied with the vocabulary."""

    def __init__(self, model: BloomForCausalLM) -> None:
        super().__init__()
        self.model = model
        for block in model.modules():
            if isinstance(block, BloomMLP):
                block.gelu_impl = torch.nn.GELU(approximate="tanh")  # type: ignore[assignment]  # same, in one kernel

    def forward(self, ids: Tensor, mask: Tensor, counts: Tensor) -> Tensor:
        """`counts` marks the tokens that count as targets."""
        hidden = self.model.transformer(input_ids=ids, attention_mask=mask).last_hidden_state
        counted = counts[:, 1:]
        logits = self.model.lm_head(hidden[:, :-1][counted]).float()
        return torch.nn.functional.cross_entropy(logits, ids[:, 1:][counted])
