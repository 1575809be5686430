"""Written aside, then renamed: a checkpoint is there whole or not at all.

A running job keeps `step-<n>/state.pt`; a finished model is a directory in the layout that Hugging Face
publishes BLOOM in, with `training.json` written last.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from training.commit import code_version
from training.sharding import optimizer_states, put_back, weights_of

METADATA = "training.json"
WRITING = ".writing"
MAX_NEW_TOKENS = 160  # a completion is two to five sentences


@dataclass(slots=True)
class History:
    """Loss and learning rate of every step so far, and the seconds they took; while nothing ran none pass."""

    losses: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    seconds: float = 0.0


def save_state(
    directory: Path, *, model: torch.nn.Module, optimizers: Sequence[Any], history: History, is_main: bool = True
) -> None:
    """Everything needed to go on; older states are deleted once the new one is complete.

    Every process calls it, since a sharded model has to be put together; the main one writes.
    """
    weights, states = weights_of(model), optimizer_states(model, optimizers)
    if not is_main:
        return
    target = directory / f"step-{len(history.losses):08d}"
    aside = _fresh(directory / WRITING)
    state = {
        "model": weights,
        "optimizers": states,
        "losses": history.losses,
        "rates": history.rates,
        "seconds": history.seconds,
        "torch_rng": torch.get_rng_state(),
        "python_rng": random.getstate(),
    }
    with (aside / "state.pt").open("wb") as file:
        torch.save(state, file)
        os.fsync(file.fileno())
    publish_directory(aside, target)
    for older in _states(directory):
        if older != target:
            shutil.rmtree(older)


def load_state(directory: Path, model: torch.nn.Module, optimizers: Sequence[torch.optim.Optimizer]) -> History:
    """What was done so far, everything else put back as it was then; nothing if there is no state."""
    states = _states(directory)
    if not states:
        return History()
    state = torch.load(states[-1] / "state.pt", weights_only=True)
    put_back(model, optimizers, weights=state["model"], states=state["optimizers"])
    torch.set_rng_state(state["torch_rng"])
    random.setstate(state["python_rng"])
    return History(state["losses"], state["rates"], state["seconds"])


def publish(
    model: Any,
    tokenizer: Tokenizer,
    directory: Path,
    *,
    details: dict[str, Any],
    beside: Mapping[str, bytes] | None = None,
    weights: dict[str, torch.Tensor] | None = None,
) -> Path:
    """A directory any loader reads: weights in half precision, tokenizer, configuration; metadata last.

    `weights` are given when the model itself holds only a part of them.
    """
    aside = _fresh(directory.with_name(f"{directory.name}{WRITING}"))
    config = model.config.to_dict() | {"dtype": "float16", "architectures": [type(model).__name__]}
    write_json(aside / "config.json", config)
    whole = model.state_dict() if weights is None else weights
    weights = {name: one.detach().to(torch.float16).contiguous() for name, one in whole.items()}
    if model.config.tie_word_embeddings:
        weights.pop("lm_head.weight", None)  # it is the embedding
    save_file(weights, aside / "model.safetensors", metadata={"format": "pt"})
    (aside / "model.safetensors").chmod(0o644)  # it is written for its owner alone
    tokenizer.save(str(aside / "tokenizer.json"))
    limits = {"max_prompt_tokens": context_of(model.config) - MAX_NEW_TOKENS, "max_new_tokens": MAX_NEW_TOKENS}
    write_json(aside / "wrapup.json", limits)
    for name, content in (beside or {}).items():
        (aside / name).write_bytes(content)
    write_json(aside / METADATA, {**details, "code": code_version()})
    publish_directory(aside, directory)
    return directory


def context_of(config: Any) -> int:
    """How many tokens a model was made for: BLOOM names it `seq_length` and reads longer texts too, others do not."""
    return int(getattr(config, "seq_length", None) or getattr(config, "max_position_embeddings", None) or 2048)


def read_details(directory: Path) -> dict[str, Any]:
    """What is known of how a model was made; nothing of one that we did not make."""
    path = directory / METADATA
    details: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return details


def fingerprint(data: Path, datasets: Iterable[str]) -> str:
    """SHA-256 over the files of the named datasets, in order."""
    digest = hashlib.sha256()
    for name in sorted(datasets):
        for path in sorted((data / name).glob("*.jsonl.gz")):
            digest.update(f"{name}/{path.name}".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def printable(args: argparse.Namespace) -> dict[str, str]:
    """The arguments of a run, without the places on the machine it ran on."""
    return {name: str(value) for name, value in vars(args).items() if not isinstance(value, Path)}


def _states(directory: Path) -> list[Path]:
    return sorted(directory.glob("step-*"))


def _fresh(directory: Path) -> Path:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory


def publish_directory(aside: Path, target: Path) -> None:
    """In one step where nothing stands in the way; what stood there is moved away first."""
    old = target.with_name(f"{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    aside.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", encoding="utf-8")
