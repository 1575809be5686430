"""Key-value memory: what the running sequences remember, bounded in tokens.

A sequence's whole need is set aside when it is admitted, so it never has to give way half-way.
"""

import torch
from torch import Tensor


class Memory:
    """The keys and values of one sequence; shape of both (layers, heads, tokens, head size)."""

    __slots__ = ("_keys", "_values", "num_tokens")

    def __init__(self, keys: Tensor, values: Tensor) -> None:
        self._keys = keys
        self._values = values
        self.num_tokens = keys.shape[2]

    def extend(self, layer: int, start: int, *, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Write one layer's new keys and values (tokens, heads, size) from `start`; give back all up to their end."""
        end = start + keys.shape[0]
        self._keys[layer, :, start:end] = keys.transpose(0, 1)
        self._values[layer, :, start:end] = values.transpose(0, 1)
        return self._keys[layer, :, :end], self._values[layer, :, :end]


class Cache:
    """Hands out memory for at most `capacity` tokens at a time."""

    def __init__(self, capacity: int, *, num_layers: int, num_heads: int, head_size: int, device: str = "cpu") -> None:
        self.capacity = capacity
        self.num_free = capacity
        self._shape = (num_layers, num_heads, head_size)
        self._device = device

    def can_allocate(self, num_tokens: int) -> bool:
        """Whether this many tokens are free now."""
        return num_tokens <= self.num_free

    def allocate(self, num_tokens: int) -> Memory:
        """Memory for one sequence of at most `num_tokens`; ask `can_allocate` first."""
        if not self.can_allocate(num_tokens):
            raise ValueError(f"{num_tokens} tokens asked for, {self.num_free} free.")
        layers, heads, size = self._shape
        keys, values = (torch.empty((layers, heads, num_tokens, size), device=self._device) for _ in range(2))
        self.num_free -= num_tokens
        return Memory(keys, values)

    def free(self, memory: Memory) -> None:
        """Take back what `allocate` gave."""
        self.num_free += memory.num_tokens
