"""How much the engine does at once, and how much memory there is for it."""

import os
from dataclasses import dataclass
from pathlib import Path

import torch

CGROUP = Path("/sys/fs/cgroup")
SHARE = 0.5  # of what is free after loading: the rest is for activations and for everybody else
MOST = 131_072  # tokens; more than any batch needs, so that the rest keeps old prefixes


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How much the engine does at once."""

    max_batch: int = 16  #: sequences running together
    tokens_per_step: int = 512  #: larger steps make a running sequence wait longer for a newcomer's prompt
    guess_tokens: int = 8  #: guesses are made while a step writes no more tokens than this
    cache_tokens: int | None = None  #: of keys and values; None measures the memory that is free


def measured_cache_tokens(*, bytes_per_token: int, device: torch.device) -> int:
    """Half of what is free now, in tokens."""
    free = torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else free_bytes()
    return min(int(free * SHARE) // bytes_per_token, MOST)


def free_bytes(*, cgroup: Path = CGROUP) -> int:
    """Main memory that this process may still take: the machine's, or its container's if that is less."""
    try:
        available = Path("/proc/meminfo").read_text().split("MemAvailable:")[1].split()[0]
        machine = int(available) * 1024
    except (OSError, IndexError):  # not Linux: nobody says what is free
        machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    try:  # https://docs.kernel.org/admin-guide/cgroup-v2.html
        limit = int((cgroup / "memory.max").read_text())
        return min(machine, limit - int((cgroup / "memory.current").read_text()))
    except (OSError, ValueError):  # no container, or `max`
        return machine
