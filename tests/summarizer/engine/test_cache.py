"""Key-value memory is bounded, and gives back what was written."""

import pytest
import torch

from summarizer.engine.cache import Cache


def a_cache(capacity: int = 10) -> Cache:
    return Cache(capacity, num_layers=2, num_heads=3, head_size=4)


def test_memory_is_bounded_in_tokens() -> None:
    cache = a_cache(10)
    cache.allocate(7)
    assert cache.can_allocate(3)
    assert not cache.can_allocate(4)
    with pytest.raises(ValueError, match="4 tokens asked for, 3 free"):
        cache.allocate(4)


def test_what_is_freed_can_be_allocated_again() -> None:
    cache = a_cache(10)
    memory = cache.allocate(10)
    cache.free(memory)
    assert cache.num_free == 10
    assert cache.allocate(10).num_tokens == 10


def test_each_layer_remembers_its_keys_and_values_in_order() -> None:
    memory = a_cache().allocate(5)
    first, second, other = torch.randn(3, 3, 4), torch.randn(2, 3, 4), torch.randn(5, 3, 4)
    memory.extend(0, 0, keys=first, values=-first)
    memory.extend(1, 0, keys=other, values=-other)
    keys, values = memory.extend(0, 3, keys=second, values=-second)
    assert torch.equal(keys, torch.cat([first, second]).transpose(0, 1))
    assert torch.equal(values, -keys)
