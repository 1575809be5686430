"""A BLOOM checkpoint, read and checked: what leaves here fits together."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from summarizer.engine.files import CONFIG, LIMITS, read_object, weight_files
from summarizer.errors import UnusableCheckpoint

ARCHITECTURES = {"BloomForCausalLM", "BloomModel"}
FLOATS = {"F32", "F16", "BF16"}  # safetensors' names
EMBEDDING = "word_embeddings.weight"
OUTPUT = "lm_head.weight"  # may be there as a copy of the embedding

MAX_SIZE, MAX_LAYERS = 10_000_000, 1000  # the largest BLOOM has 250,880 tokens and 70 layers
DEFAULT_CONTEXT = 2048  # tokens; what every published BLOOM was trained on
DEFAULT_NEW_TOKENS = 256
DEFAULT_END = 2  # `</s>` in every published BLOOM


@dataclass(frozen=True, slots=True)
class BloomConfig:
    """The shape of a model, and the tokens that end its text."""

    vocabulary_size: int
    hidden_size: int
    num_layers: int
    num_heads: int
    norm_epsilon: float
    is_residual_normed: bool  # the residual leaves after the norm instead of before it
    end_tokens: frozenset[int]
    context: int  # tokens the model was trained on; ALiBi can read further

    def __post_init__(self) -> None:
        sizes = (self.vocabulary_size, self.hidden_size, self.num_layers, self.num_heads, self.context)
        if min(sizes) < 1 or not self.norm_epsilon > 0:
            raise UnusableCheckpoint(f"{CONFIG} holds a size that is not positive.")
        if max(sizes) > MAX_SIZE or self.num_layers > MAX_LAYERS:
            raise UnusableCheckpoint(f"{CONFIG} holds a size that no BLOOM has.")
        if self.hidden_size % self.num_heads:
            raise UnusableCheckpoint(
                f"{CONFIG}: {self.hidden_size} hidden units do not divide by {self.num_heads} heads."
            )

    @property
    def head_size(self) -> int:
        """Hidden units of one attention head."""
        return self.hidden_size // self.num_heads


@dataclass(frozen=True, slots=True)
class Limits:
    """How many tokens a prompt and a completion may have."""

    max_prompt_tokens: int
    max_new_tokens: int

    def __post_init__(self) -> None:
        if min(self.max_prompt_tokens, self.max_new_tokens) < 1:
            raise UnusableCheckpoint("A limit on tokens must be at least 1.")


def read_config(directory: Path) -> BloomConfig:
    """The model's shape; refuses what is not a BLOOM language model."""
    values = read_object(directory / CONFIG)
    if values.get("model_type") != "bloom":
        raise UnusableCheckpoint(f"{CONFIG} describes a model of type {values.get('model_type')!r}, not 'bloom'.")
    architectures = values.get("architectures") or []
    if not isinstance(architectures, list) or (architectures and ARCHITECTURES.isdisjoint(map(str, architectures))):
        raise UnusableCheckpoint(f"{CONFIG} describes {architectures}, not a language model.")
    if values.get("tie_word_embeddings") is False:
        raise UnusableCheckpoint(f"{CONFIG} asks for an output layer of its own; BLOOM shares it with the embedding.")
    return BloomConfig(
        vocabulary_size=_integer(values, "vocab_size"),
        hidden_size=_integer(values, "hidden_size", "n_embed"),
        num_layers=_integer(values, "n_layer", "num_hidden_layers"),
        num_heads=_integer(values, "n_head", "num_attention_heads"),
        norm_epsilon=_number(values, "layer_norm_epsilon", default=1e-5),
        is_residual_normed=bool(values.get("apply_residual_connection_post_layernorm", False)),
        end_tokens=_end_tokens(values),
        context=_integer(values, "seq_length", default=DEFAULT_CONTEXT),
    )


def read_limits(directory: Path, *, config: BloomConfig) -> Limits:
    """The limits beside the weights; without them the trained context, less room for the completion."""
    values = read_object(directory / LIMITS) if (directory / LIMITS).exists() else {}
    new = _integer(values, "max_new_tokens", default=min(DEFAULT_NEW_TOKENS, max(config.context // 2, 1)))
    prompt = _integer(values, "max_prompt_tokens", default=max(config.context - new, 1))
    return Limits(max_prompt_tokens=prompt, max_new_tokens=new)


class Weights:
    """The tensors of a checkpoint: exactly those its shape asks for. They are read one at a time.

    Raises UnusableCheckpoint for what is missing, there twice, misplaced, misshapen or of another type.
    """

    def __init__(self, directory: Path, *, config: BloomConfig) -> None:
        expected = expected_shapes(config)
        self._places: dict[str, tuple[Path, str]] = {}
        for path in weight_files(directory):
            with _opened(path) as file:
                for key in file.keys():  # noqa: SIM118 - not a dictionary
                    name = key.removeprefix("transformer.")
                    if name in self._places:
                        raise UnusableCheckpoint(f"The tensor {name} is there twice.")
                    _check_slice(file.get_slice(key), name=name, shape=expected.get(name))
                    self._places[name] = (path, key)
        if missing := expected.keys() - self._places.keys() - {OUTPUT}:
            raise UnusableCheckpoint(f"{len(missing)} tensors are missing, the first is {min(missing)}.")
        if OUTPUT in self._places and not torch.equal(self.read(OUTPUT), self.read(EMBEDDING)):
            raise UnusableCheckpoint("The output layer differs from the embedding; BLOOM shares one tensor.")

    @property
    def names(self) -> set[str]:
        """Of all tensors, without `transformer.`, the output layer's copy left out."""
        return self._places.keys() - {OUTPUT}

    def read(self, name: str) -> Tensor:
        """One tensor in fp32; refused unless it is finite.

        It may be the file's own pages: copy what is kept, so that no later change of the file reaches it.
        """
        path, key = self._places[name]
        with _opened(path) as file:  # opened anew each time, so that the pages of the last one are no longer ours
            stored: Tensor = file.get_tensor(key)
            tensor = stored.to(torch.float32)
        if not bool(torch.isfinite(tensor.sum())) and not bool(torch.isfinite(tensor).all()):
            raise UnusableCheckpoint(f"The tensor {name} holds values that are not finite.")
        return tensor


def expected_shapes(config: BloomConfig) -> dict[str, tuple[int, ...]]:
    """Of every tensor, by its name without `transformer.`."""
    hidden = config.hidden_size
    shapes: dict[str, tuple[int, ...]] = {
        EMBEDDING: (config.vocabulary_size, hidden),
        OUTPUT: (config.vocabulary_size, hidden),
    }

    def affine(name: str, *weight: int) -> None:
        shapes[f"{name}.weight"], shapes[f"{name}.bias"] = weight, weight[:1]

    affine("word_embeddings_layernorm", hidden)
    affine("ln_f", hidden)
    for layer in range(config.num_layers):
        affine(f"h.{layer}.input_layernorm", hidden)
        affine(f"h.{layer}.self_attention.query_key_value", 3 * hidden, hidden)
        affine(f"h.{layer}.self_attention.dense", hidden, hidden)
        affine(f"h.{layer}.post_attention_layernorm", hidden)
        affine(f"h.{layer}.mlp.dense_h_to_4h", 4 * hidden, hidden)
        affine(f"h.{layer}.mlp.dense_4h_to_h", hidden, 4 * hidden)
    return shapes


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with safe_open(path, framework="pt") as file:
            yield file
    except (OSError, SafetensorError) as error:
        raise UnusableCheckpoint(f"{path.name} cannot be read: {error}") from error


def _check_slice(tensor: Any, *, name: str, shape: tuple[int, ...] | None) -> None:
    """Whether a tensor, not yet read, is one of ours and well shaped."""
    if shape is None:
        raise UnusableCheckpoint(f"The tensor {name} has no place in this model.")
    if tuple(tensor.get_shape()) != shape:
        raise UnusableCheckpoint(f"The tensor {name} has the shape {tuple(tensor.get_shape())} instead of {shape}.")
    if tensor.get_dtype() not in FLOATS:
        raise UnusableCheckpoint(f"The tensor {name} holds {tensor.get_dtype()}, not F32, F16 or BF16.")


def _number(values: dict[str, Any], *names: str, default: float | None = None) -> float:
    """The value under whichever of its names is there; two names must agree."""
    found = {values[name] for name in names if _is_number(values, name)}
    if not found and default is not None:
        return float(default)
    if len(found) != 1:
        raise UnusableCheckpoint(f"{' or '.join(names)} must be given, once.")
    return float(found.pop())


def _is_number(values: dict[str, Any], name: str) -> bool:
    if values.get(name) is None:
        return False
    if isinstance(values[name], bool) or not isinstance(values[name], int | float):
        raise UnusableCheckpoint(f"{name} is not a number.")
    return True


def _integer(values: dict[str, Any], *names: str, default: int | None = None) -> int:
    number = _number(values, *names, default=default)
    if not number.is_integer():
        raise UnusableCheckpoint(f"{names[0]} is not a whole number.")
    return int(number)


def _end_tokens(values: dict[str, Any]) -> frozenset[int]:
    ends = values.get("eos_token_id", DEFAULT_END)
    ends = ends if isinstance(ends, list) else [ends]
    if not ends or not all(isinstance(end, int) and 0 <= end < values["vocab_size"] for end in ends):
        raise UnusableCheckpoint("eos_token_id does not name a token of the vocabulary.")
    return frozenset(ends)
