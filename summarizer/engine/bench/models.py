"""Random BLOOMs in the published layout: the same weights by the same seed."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models

from summarizer.engine.bench.workload import Shape
from summarizer.engine.checkpoint import BloomConfig, expected_shapes

SPECIAL = ["<unk>", "<s>", "</s>", "<pad>"]


def make(directory: Path, shape: Shape, *, seed: int = 0) -> Path:
    """Write a checkpoint, unless it is there; a dummy tokenizer, since rivals ask for one."""
    if (directory / "config.json").exists():
        return directory
    directory.mkdir(parents=True, exist_ok=True)
    save_file(_weights(shape, seed=seed), directory / "model.safetensors", metadata={"format": "pt"})
    words = {**{word: index for index, word in enumerate(SPECIAL)}}
    words |= {f"t{index}": index for index in range(len(SPECIAL), shape.vocabulary_size)}
    Tokenizer(models.WordLevel(words, unk_token="<unk>")).save(str(directory / "tokenizer.json"))
    tokens = dict(zip(("unk_token", "bos_token", "eos_token", "pad_token"), SPECIAL, strict=True))
    _write(directory / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", **tokens})
    _write(directory / "config.json", _config(shape))
    return directory


def _weights(shape: Shape, *, seed: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for name, size in expected_shapes(_as_config(shape)).items():
        if name == "lm_head.weight":
            continue
        tensor = torch.randn(size, generator=generator)
        if name.endswith("bias"):
            tensor *= 0.05
        elif len(size) == 1:
            tensor = 1 + 0.1 * tensor
        else:
            # A tied random head repeats one token for ever unless the blocks speak louder than the embedding.
            tensor *= shape.spread * (4 if name.endswith(("dense.weight", "dense_4h_to_h.weight")) else 1)
        weights[f"transformer.{name}"] = tensor
    return weights


def _as_config(shape: Shape) -> BloomConfig:
    return BloomConfig(
        vocabulary_size=shape.vocabulary_size,
        hidden_size=shape.hidden_size,
        num_layers=shape.num_layers,
        num_heads=shape.num_heads,
        norm_epsilon=1e-5,
        is_residual_normed=False,
        end_tokens=frozenset({2}),
        context=2048,
    )


def _config(shape: Shape) -> dict[str, object]:
    return {
        "architectures": ["BloomForCausalLM"],
        "model_type": "bloom",
        "vocab_size": shape.vocabulary_size,
        "hidden_size": shape.hidden_size,
        "n_layer": shape.num_layers,
        "n_head": shape.num_heads,
        "hidden_dropout": 0.0,
        "attention_dropout": 0.0,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "pad_token_id": 3,
        "torch_dtype": "float32",
    }


def _write(path: Path, values: dict[str, object]) -> None:
    path.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
