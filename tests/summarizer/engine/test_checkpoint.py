"""A checkpoint is read in every published shape, and refused when it does not fit."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import BloomForCausalLM

from summarizer.engine.checkpoint import (
    BloomConfig,
    Limits,
    Weights,
    read_config,
    read_limits,
)
from summarizer.engine.files import model_version
from summarizer.errors import ModelFailure, UnusableCheckpoint
from tests.summarizer.engine.builders import a_bloom, save


@pytest.fixture
def copy(checkpoint: Path, tmp_path: Path) -> Path:
    """A checkpoint that may be broken."""
    return Path(shutil.copytree(checkpoint, tmp_path / "copy"))


def weights(directory: Path) -> dict[str, Tensor]:
    read = Weights(directory, config=read_config(directory))
    return {name: read.read(name) for name in read.names}


def change_config(directory: Path, *, without: tuple[str, ...] = (), **values: object) -> None:
    config = json.loads((directory / "config.json").read_text())
    kept = {name: value for name, value in config.items() if name not in without}
    (directory / "config.json").write_text(json.dumps(kept | values))


def change_weights(directory: Path, change: Callable[[dict[str, Tensor]], object]) -> None:
    tensors = load_file(directory / "model.safetensors")
    change(tensors)
    save_file(tensors, directory / "model.safetensors")


def is_same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_older_names_in_the_config_mean_the_same(copy: Path) -> None:
    expected = read_config(copy)
    change_config(
        copy,
        without=("hidden_size", "n_head", "n_layer"),
        n_embed=expected.hidden_size,
        num_attention_heads=expected.num_heads,
        num_hidden_layers=expected.num_layers,
    )
    assert read_config(copy) == expected


def test_several_tokens_may_end_a_text(copy: Path) -> None:
    change_config(copy, eos_token_id=[2, 3])
    assert read_config(copy).end_tokens == {2, 3}


def test_shards_hold_the_same_weights(reference: BloomForCausalLM, checkpoint: Path, tmp_path: Path) -> None:
    save(reference, tmp_path, max_shard_size="100KB")
    assert len(list(tmp_path.glob("model-*.safetensors"))) > 1
    assert is_same(weights(tmp_path), weights(checkpoint))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_weights_are_computed_in_fp32(dtype: torch.dtype, checkpoint: Path, tmp_path: Path) -> None:
    save(a_bloom().to(dtype), tmp_path)
    expected = {name: tensor.to(dtype).float() for name, tensor in weights(checkpoint).items()}
    assert is_same(weights(tmp_path), expected)


def test_a_prefix_and_a_copy_of_the_output_layer_change_nothing(copy: Path) -> None:
    expected = weights(copy)
    bare = {name.removeprefix("transformer."): tensor.clone() for name, tensor in expected.items()}
    save_file(bare | {"lm_head.weight": bare["word_embeddings.weight"].clone()}, copy / "model.safetensors")
    assert is_same(weights(copy), expected)
    save_file({f"transformer.{name}": tensor for name, tensor in bare.items()}, copy / "model.safetensors")
    assert is_same(weights(copy), expected)


def test_a_refusal_is_a_model_failure() -> None:
    assert issubclass(UnusableCheckpoint, ModelFailure)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"model_type": "gpt2"}, "'gpt2', not 'bloom'"),
        ({"architectures": ["BloomForSequenceClassification"]}, "not a language model"),
        ({"tie_word_embeddings": False}, "shares"),
        ({"n_head": 7}, "divide"),
        ({"n_head": None}, "n_head"),
        ({"n_head": "4"}, "not a number"),
        ({"n_head": 2.5}, "whole"),
        ({"n_layer": 0}, "positive"),
        ({"n_layer": 1}, "no place"),
        ({"n_layer": 3}, "missing"),
        ({"n_embed": 32}, "once"),
        ({"vocab_size": 500}, "shape"),
        ({"eos_token_id": 100000}, "eos_token_id"),
        ({"eos_token_id": None}, "eos_token_id"),
    ],
)
def test_a_config_that_does_not_fit_is_refused(copy: Path, values: dict[str, object], reason: str) -> None:
    change_config(copy, **values)
    with pytest.raises(UnusableCheckpoint, match=reason):
        weights(copy)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda tensors: tensors.pop("transformer.h.1.mlp.dense_h_to_4h.bias"), "1 tensors are missing"),
        (lambda tensors: tensors.update({"transformer.ln_f.bias": torch.zeros(3)}), "shape"),
        (lambda tensors: tensors["transformer.ln_f.bias"].fill_(torch.nan), "not finite"),
        (lambda tensors: tensors["transformer.ln_f.bias"].fill_(-torch.inf), "not finite"),
        (lambda tensors: tensors.update({"transformer.ln_f.bias": torch.zeros(64, dtype=torch.int8)}), "I8"),
        (lambda tensors: tensors.update({"ln_f.bias": torch.zeros(64)}), "twice"),
        (lambda tensors: tensors.update({"adapter.weight": torch.zeros(1)}), "no place"),
        (lambda tensors: tensors.update({"lm_head.weight": torch.zeros(384, 64)}), "differs"),
    ],
    ids=["missing", "misshapen", "NaN", "infinite", "integers", "twice", "unknown", "other output layer"],
)
def test_weights_that_do_not_fit_are_refused(
    copy: Path, change: Callable[[dict[str, Tensor]], object], reason: str
) -> None:
    change_weights(copy, change)
    with pytest.raises(UnusableCheckpoint, match=reason):
        weights(copy)


def test_a_truncated_file_is_refused(copy: Path) -> None:
    whole = (copy / "model.safetensors").read_bytes()
    for size in (0, 5, len(whole) // 2, len(whole) - 1):
        (copy / "model.safetensors").write_bytes(whole[:size])
        with pytest.raises(UnusableCheckpoint, match="cannot be read"):
            weights(copy)


def test_a_pickle_is_never_opened(copy: Path) -> None:
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(UnusableCheckpoint, match="pickle"):
        weights(copy)


def test_a_missing_shard_is_refused(reference: BloomForCausalLM, tmp_path: Path) -> None:
    save(reference, tmp_path, max_shard_size="100KB")
    min(tmp_path.glob("model-*.safetensors")).unlink()
    with pytest.raises(UnusableCheckpoint, match="cannot be read"):
        weights(tmp_path)


@pytest.mark.parametrize("shard", ["../other.safetensors", "shard.bin", 7])
def test_an_index_names_only_safetensors_beside_it(copy: Path, shard: object) -> None:
    (copy / "model.safetensors").unlink()
    (copy / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"ln_f.bias": shard}}))
    with pytest.raises(UnusableCheckpoint, match="does not name"):
        weights(copy)


@pytest.mark.parametrize("text", ["", "[]", "{", "\xff"])
def test_a_config_that_is_no_json_object_is_refused(copy: Path, text: str) -> None:
    (copy / "config.json").write_text(text, encoding="latin-1")
    with pytest.raises(UnusableCheckpoint, match=r"config\.json"):
        read_config(copy)


def test_a_missing_config_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableCheckpoint, match="cannot be read"):
        read_config(tmp_path)


def test_limits_come_from_the_file_beside_the_weights(copy: Path) -> None:
    (copy / "wrapup.json").write_text('{"max_prompt_tokens": 100, "max_new_tokens": 10}')
    assert read_limits(copy, config=read_config(copy)) == Limits(max_prompt_tokens=100, max_new_tokens=10)


@pytest.mark.parametrize(("context", "prompt", "new"), [(2048, 1792, 256), (300, 150, 150), (1, 1, 1)])
def test_without_a_file_the_limits_share_the_context(context: int, prompt: int, new: int, tmp_path: Path) -> None:
    config = BloomConfig(
        vocabulary_size=10,
        hidden_size=8,
        num_layers=1,
        num_heads=2,
        norm_epsilon=1e-5,
        is_residual_normed=False,
        end_tokens=frozenset({2}),
        context=context,
    )
    assert read_limits(tmp_path, config=config) == Limits(max_prompt_tokens=prompt, max_new_tokens=new)


@pytest.mark.parametrize("text", ['{"max_new_tokens": 0}', '{"max_prompt_tokens": "many"}', "7"])
def test_limits_that_make_no_sense_are_refused(copy: Path, text: str) -> None:
    (copy / "wrapup.json").write_text(text)
    with pytest.raises(UnusableCheckpoint):
        read_limits(copy, config=read_config(copy))


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors", "wrapup.json"])
def test_a_change_in_any_file_is_another_model_version(copy: Path, name: str) -> None:
    before = model_version(copy)
    (copy / name).write_bytes((copy / name).read_bytes() + b" ")
    assert model_version(copy) != before


def test_the_model_version_does_not_depend_on_where_the_files_lie(checkpoint: Path, copy: Path) -> None:
    (copy / "README.md").write_text("No part of the model.")
    assert model_version(copy) == model_version(checkpoint)
    assert len(bytes.fromhex(model_version(copy))) == 32
