"""int8 is served only where it was shown to write what fp32 writes.

The two are compared along what fp32 writes: at how many places would int8 have chosen another token, and how far
are its probabilities from fp32's? The answer lies beside the weights, signed by the version of what was compared.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from torch import Tensor

from summarizer.engine.attention import Row
from summarizer.engine.bloom import Bloom
from summarizer.engine.cache import blocks_for
from summarizer.engine.engine import write_all
from summarizer.engine.files import GATE, model_version
from summarizer.engine.linear import Precision
from summarizer.engine.sampling import SamplingOptions
from summarizer.errors import UnusableCheckpoint

LEAST_AGREEMENT = 0.97
GREATEST_DIVERGENCE = 0.02  # nats a token


@dataclass(frozen=True, slots=True)
class Comparison:
    """int8 beside fp32, along what fp32 writes."""

    num_tokens: int
    agreement: float  #: share of tokens that both choose
    divergence: float  #: Kullback-Leibler divergence of int8's probabilities from fp32's, mean over tokens, in nats

    @property
    def passes(self) -> bool:
        """Whether int8 may stand in for fp32."""
        return self.agreement >= LEAST_AGREEMENT and self.divergence <= GREATEST_DIVERGENCE


def compare(
    exact: Bloom, quantized: Bloom, prompts: Sequence[Sequence[int]], *, options: SamplingOptions
) -> Comparison:
    """Let `exact` write after each prompt, and ask both models for every token it wrote."""
    num_tokens = num_same = 0
    divergence = 0.0
    for prompt, written in zip(prompts, write_all(exact, prompts, options), strict=True):
        one, other = (_scores(model, prompt, written) for model in (exact, quantized))
        num_tokens += len(one)
        num_same += int((one.argmax(1) == other.argmax(1)).sum())
        expected, found = one.log_softmax(1), other.log_softmax(1)
        divergence += float((expected.exp() * (expected - found)).sum())
    return Comparison(num_tokens, num_same / max(num_tokens, 1), divergence / max(num_tokens, 1))


def write_gate(directory: Path, comparison: Comparison, *, passes: bool, **more: object) -> None:
    """Lay the result beside the weights, with whatever else led to it."""
    record = {"model_version": model_version(directory), "passes": passes, **asdict(comparison), **more}
    (directory / GATE).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def is_open(directory: Path, *, version: str) -> bool:
    """Whether int8 was compared for exactly this version, and passed."""
    try:
        record = json.loads((directory / GATE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as error:
        raise UnusableCheckpoint(f"{GATE} cannot be read: {error}") from error
    return isinstance(record, dict) and record.get("model_version") == version and record.get("passes") is True


def choose(directory: Path, *, version: str, device: str, asked: Precision | None) -> Precision:
    """What to serve in: what is asked for if it may be, else the fastest that may; raises UnusableCheckpoint."""
    if asked is Precision.INT8 and not is_open(directory, version=version):
        raise UnusableCheckpoint(f"int8 has not passed its gate for this model; `training.quantize` writes {GATE}.")
    if asked is not None:
        return asked
    if device != "cpu":
        return Precision.BF16
    return Precision.INT8 if is_open(directory, version=version) else Precision.FP32


def _scores(model: Bloom, prompt: Sequence[int], completion: Sequence[int]) -> Tensor:
    """(completion, vocabulary): what the model thinks of each place in the completion."""
    tokens = [*prompt, *completion[:-1]]
    num_blocks = blocks_for(len(tokens))
    row = Row(tokens, 0, range(num_blocks), num_scores=len(completion))
    return model.forward([row], model.new_memory(num_blocks))
