"""int8 is served only where it was shown to be as good."""

import json
import shutil
from pathlib import Path

import pytest

from summarizer.engine.bloom import Bloom
from summarizer.engine.files import GATE, model_version
from summarizer.engine.gate import Comparison, choose, compare, write_gate
from summarizer.engine.generator import load_generator
from summarizer.engine.linear import Precision
from summarizer.engine.sampling import SamplingOptions
from summarizer.errors import UnusableCheckpoint
from tests.summarizer.engine.builders import a_prompt

GOOD = Comparison(num_tokens=100, agreement=0.99, divergence=0.001)


@pytest.fixture
def copy(checkpoint: Path, tmp_path: Path) -> Path:
    """A checkpoint that may be changed."""
    return Path(shutil.copytree(checkpoint, tmp_path / "copy"))


def chosen(directory: Path, *, device: str = "cpu", asked: Precision | None = None) -> Precision:
    return choose(directory, version=model_version(directory), device=device, asked=asked)


def test_without_a_comparison_it_is_fp32(copy: Path) -> None:
    assert chosen(copy) is Precision.FP32
    with pytest.raises(UnusableCheckpoint, match="int8 has not passed"):
        chosen(copy, asked=Precision.INT8)


def test_a_passed_gate_opens_int8_and_leaves_the_choice(copy: Path) -> None:
    write_gate(copy, GOOD, passes=True)
    assert chosen(copy) is chosen(copy, asked=Precision.INT8) is Precision.INT8
    assert chosen(copy, asked=Precision.FP32) is Precision.FP32
    assert chosen(copy, device="cuda") is Precision.BF16
    generator = load_generator(copy, threads=1)
    assert generator.precision is Precision.INT8
    generator.close()


def test_a_shut_gate_refuses_int8_to_all_but_the_comparison(copy: Path) -> None:
    with pytest.raises(UnusableCheckpoint, match="int8 has not passed"):
        load_generator(copy, precision=Precision.INT8)
    load_generator(copy, precision=Precision.INT8, is_gated=False).close()


def test_a_failed_gate_stays_shut(copy: Path) -> None:
    write_gate(copy, GOOD, passes=False)
    assert chosen(copy) is Precision.FP32


def test_a_gate_holds_for_the_weights_it_was_passed_with(copy: Path) -> None:
    write_gate(copy, GOOD, passes=True)
    limits = copy / "wrapup.json"
    limits.write_text(json.dumps(json.loads(limits.read_text()) | {"max_new_tokens": 9}))
    assert chosen(copy) is Precision.FP32


def test_a_gate_is_no_part_of_the_model_version(copy: Path) -> None:
    before = model_version(copy)
    write_gate(copy, GOOD, passes=True)
    assert model_version(copy) == before


@pytest.mark.parametrize("text", ["", "{", "\xff"])
def test_a_gate_that_cannot_be_read_is_said_and_not_passed(copy: Path, text: str) -> None:
    (copy / GATE).write_text(text, encoding="latin-1")
    with pytest.raises(UnusableCheckpoint, match=r"int8\.json cannot be read"):
        chosen(copy)


@pytest.mark.parametrize(("agreement", "divergence"), [(0.96, 0.001), (0.99, 0.03)])
def test_too_far_from_fp32_does_not_pass(agreement: float, divergence: float) -> None:
    assert GOOD.passes
    assert not Comparison(num_tokens=100, agreement=agreement, divergence=divergence).passes


def test_a_model_agrees_with_itself_and_less_with_its_int8(checkpoint: Path, bloom: Bloom, is_native: bool) -> None:
    prompts = [a_prompt(length) for length in (3, 70)]
    options = SamplingOptions(max_new_tokens=20)
    itself = compare(bloom, bloom, prompts, options=options)
    assert (itself.num_tokens, itself.agreement) == (40, 1.0)
    assert abs(itself.divergence) < 1e-6
    quantized = Bloom.load(checkpoint, precision=Precision.INT8, is_native=is_native)
    compared = compare(bloom, quantized, prompts, options=options)
    assert 0.5 < compared.agreement < 1.0
    assert 0.0 < compared.divergence < 0.5
