"""The files of a checkpoint, found and named; nothing here loads torch.

directory
├── config.json          BloomConfig, with today's or the older names
├── model.safetensors    or model.safetensors.index.json and its shards
├── tokenizer.json
├── wrapup.json          optional: the limits this model was trained for
└── int8.json            optional, no part of the version: whether int8 may stand in for fp32
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from summarizer.errors import UnusableCheckpoint

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
TOKENIZER = "tokenizer.json"
LIMITS = "wrapup.json"
GATE = "int8.json"
MAX_JSON_BYTES = 10_000_000  # the index of a model of 176 billion parameters has a hundredth of that


def model_version(directory: Path) -> str:
    """SHA-256, in hex, over the name and the SHA-256 of each file the engine reads."""
    return version_of(checkpoint_files(directory))


def version_of(paths: Iterable[Path], *, kind: str = "") -> str:
    """The same over other files; another way to use them is another `kind`."""
    whole = hashlib.sha256(kind.encode())
    for path in paths:
        whole.update(f"{path.name}\0{_file_digest(path)}\n".encode())
    return whole.hexdigest()


def identities(directory: Path) -> list[tuple[int, ...]]:
    """Which files lie there now; another list later means that one was written or another put in its place."""
    return [_identity(path) for path in checkpoint_files(directory)]


def checkpoint_files(directory: Path) -> list[Path]:
    """Those that are a model's version."""
    paths = [directory / CONFIG, directory / TOKENIZER, *weight_files(directory)]
    paths += [path for path in (directory / INDEX, directory / LIMITS) if path.exists()]
    return sorted(set(paths))


def weight_files(directory: Path) -> list[Path]:
    """The one file of weights, or the shards its index names."""
    if (directory / WEIGHTS).exists():
        return [directory / WEIGHTS]
    if not (directory / INDEX).exists():
        pickles = sorted(path.name for path in directory.glob("*.bin"))
        found = f"; {pickles[0]} is a pickle, which can run code, and is never opened" if pickles else ""
        raise UnusableCheckpoint(f"There is no {WEIGHTS} and no {INDEX}{found}.")
    shards = read_object(directory / INDEX).get("weight_map")
    if not isinstance(shards, dict) or not shards or not all(_is_shard(name) for name in shards.values()):
        raise UnusableCheckpoint(f"{INDEX} does not name the safetensors files beside it.")
    return sorted({directory / name for name in shards.values()})


def _is_shard(name: object) -> bool:
    return isinstance(name, str) and name.endswith(".safetensors") and Path(name).name == name


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file."""
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            raise UnusableCheckpoint(f"{path.name} is larger than {MAX_JSON_BYTES} bytes.")
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnusableCheckpoint(f"{path.name} cannot be read: {error}") from error
    if not isinstance(values, dict):
        raise UnusableCheckpoint(f"{path.name} does not hold a JSON object.")
    return values


def _identity(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError as error:
        raise UnusableCheckpoint(f"{path.name} cannot be read: {error}") from error
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _file_digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnusableCheckpoint(f"{path.name} cannot be read: {error}") from error
