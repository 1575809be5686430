"""Memory is sized by what is free, in a container by what it may use."""

from pathlib import Path

import torch

from summarizer.engine.capacity import MOST, free_bytes, measured_cache_tokens


def test_half_of_the_free_memory_becomes_tokens() -> None:
    bytes_per_token = free_bytes() // 1000
    tokens = measured_cache_tokens(bytes_per_token=bytes_per_token, device=torch.device("cpu"))
    assert 300 < tokens < 700
    assert measured_cache_tokens(bytes_per_token=1, device=torch.device("cpu")) == MOST


def test_a_containers_limit_counts(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("5000\n")
    (tmp_path / "memory.current").write_text("2000\n")
    assert free_bytes(cgroup=tmp_path) == 3000


def test_a_container_without_a_limit_has_the_machines_memory(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("max\n")
    assert free_bytes(cgroup=tmp_path) > 10_000_000
    assert free_bytes(cgroup=tmp_path / "none") > 10_000_000
