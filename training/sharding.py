"""A model split over the processes, each holding its part of weights, gradients and optimizer: fully sharded (FSDP2).

Saved states are whole, so that a run may go on with another number of processes. Zhao et al., PyTorch FSDP (2023),
https://arxiv.org/abs/2304.11277.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch.distributed.checkpoint.state_dict import (
    StateDictOptions,
    get_model_state_dict,
    get_optimizer_state_dict,
    set_model_state_dict,
    set_optimizer_state_dict,
)
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard
from torch.distributed.tensor import DTensor
from transformers.modeling_layers import GradientCheckpointingLayer

WHOLE = StateDictOptions(full_state_dict=True, cpu_offload=True)


def shard(module: torch.nn.Module, *, device: torch.device, num_processes: int, is_bf16: bool) -> None:
    """Splits every block, then the rest, in place; each process must call it. Sums stay in fp32."""
    mesh = init_device_mesh(device.type, (num_processes,))
    precision = MixedPrecisionPolicy(torch.bfloat16, torch.float32) if is_bf16 else MixedPrecisionPolicy()
    module.to(device)
    for block in _blocks(module):
        fully_shard(block, mesh=mesh, mp_policy=precision)
    fully_shard(module, mesh=mesh, mp_policy=precision)


def is_sharded(model: torch.nn.Module) -> bool:
    return any(isinstance(one, DTensor) for one in model.parameters())


def weights_of(model: torch.nn.Module) -> dict[str, Any]:
    """All weights under their names; of a sharded model the first process gets them, and each must call it."""
    return get_model_state_dict(model, options=WHOLE) if is_sharded(model) else model.state_dict()


def optimizer_states(model: torch.nn.Module, optimizers: Iterable[Any]) -> list[dict[str, Any]]:
    """The same for what the optimizers remember."""
    if is_sharded(model):
        return [get_optimizer_state_dict(model, one, options=WHOLE) for one in optimizers]
    return [one.state_dict() for one in optimizers]


def put_back(model: torch.nn.Module, optimizers: Iterable[Any], *, weights: Any, states: list[Any]) -> None:
    """What was saved, whole; each process takes its part."""
    if not is_sharded(model):
        model.load_state_dict(weights)
        for optimizer, state in zip(optimizers, states, strict=True):
            optimizer.load_state_dict(state)
        return
    set_model_state_dict(model, weights, options=WHOLE)
    for optimizer, state in zip(optimizers, states, strict=True):
        set_optimizer_state_dict(model, optimizer, state, options=WHOLE)


def _blocks(module: torch.nn.Module) -> list[torch.nn.Module]:
    return [one for one in module.modules() if isinstance(one, GradientCheckpointingLayer)]
