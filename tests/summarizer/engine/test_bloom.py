"""The decoder computes what transformers computes."""

from itertools import pairwise
from pathlib import Path

import pytest
import torch
from transformers import BloomForCausalLM

from summarizer.engine.attention import Row
from summarizer.engine.bloom import Bloom
from summarizer.engine.capacity import Capacity
from summarizer.engine.engine import Engine
from summarizer.engine.linear import Precision
from summarizer.engine.sampling import SamplingOptions
from summarizer.errors import UnusableCheckpoint
from tests.summarizer.engine.builders import (
    END,
    VOCABULARY,
    a_bloom,
    a_prompt,
    blocks_of,
    save,
    written_by_transformers,
)

LENGTHS = [1, 2, 17, 63, 64, 65, 128, 129, 300]


def completions(bloom: Bloom, prompts: list[list[int]], *, max_new_tokens: int) -> list[list[int]]:
    engine = Engine(bloom, capacity=Capacity(tokens_per_step=100, cache_tokens=6000))
    options = SamplingOptions(max_new_tokens=max_new_tokens, stop_tokens=frozenset({END}))
    futures = [engine.submit(prompt, options) for prompt in prompts]
    engine.close()
    return [future.result() for future in futures]


def scores(bloom: Bloom, *chunks: list[int], num_scores: int = 1) -> torch.Tensor:
    """The scores after the last tokens of a text's last chunk."""
    blocks = blocks_of(sum(map(len, chunks)))
    memory = bloom.new_memory(len(blocks))
    start = 0
    for chunk in chunks:
        last = bloom.forward([Row(chunk, start, blocks, num_scores)], memory)
        start += len(chunk)
    return last


@pytest.mark.parametrize(
    ("heads", "head_size", "config"),
    [
        (4, 16, {}),
        (6, 16, {}),
        (3, 64, {}),
        (2, 80, {}),
        (5, 24, {}),
        (4, 16, {"apply_residual_connection_post_layernorm": True}),
    ],
    ids=["4 heads", "6 heads", "heads of 64", "heads of 80", "heads of 24", "normed residual"],
)
def test_greedy_tokens_are_those_of_transformers(
    heads: int, head_size: int, config: dict[str, object], is_native: bool, tmp_path: Path
) -> None:
    reference = a_bloom(heads=heads, head_size=head_size, seed=heads, **config)
    prompts = [a_prompt(length, seed=heads) for length in LENGTHS]
    written = completions(Bloom.load(save(reference, tmp_path), is_native=is_native), prompts, max_new_tokens=16)
    assert written == [written_by_transformers(reference, prompt, max_new_tokens=16) for prompt in prompts]
    assert len({token for completion in written for token in completion}) > 15, "the model repeats itself"


def test_a_long_text_gets_the_tokens_of_transformers(bloom: Bloom, reference: BloomForCausalLM) -> None:
    prompt = a_prompt(4000)
    assert completions(bloom, [prompt], max_new_tokens=8) == [
        written_by_transformers(reference, prompt, max_new_tokens=8)
    ]


def test_the_vocabulary_of_the_published_models_is_no_obstacle(is_native: bool, tmp_path: Path) -> None:
    reference = a_bloom(layers=1, vocabulary=250_880)
    prompts = [[token * 17 for token in a_prompt(length)] for length in (3, 90)]
    written = completions(Bloom.load(save(reference, tmp_path), is_native=is_native), prompts, max_new_tokens=12)
    assert written == [written_by_transformers(reference, prompt, max_new_tokens=12) for prompt in prompts]
    assert max(max(completion) for completion in written) > 100_000


def test_scores_are_those_of_transformers(bloom: Bloom, reference: BloomForCausalLM) -> None:
    prompt = a_prompt(300)
    with torch.inference_mode():
        expected = reference(torch.tensor([prompt])).logits[0, -5:]
    torch.testing.assert_close(scores(bloom, prompt, num_scores=5), expected, rtol=1e-4, atol=1e-4)


def test_a_text_may_be_read_in_chunks(bloom: Bloom, is_native: bool) -> None:
    prompt = a_prompt(300)
    whole = scores(bloom, prompt)
    for cuts in ((0, 1, 300), (0, 64, 300), (0, 70, 71, 72, 299, 300)):
        read = scores(bloom, *[prompt[one:other] for one, other in pairwise(cuts)])
        torch.testing.assert_close(read, whole, rtol=0 if is_native else 1e-4, atol=0 if is_native else 1e-4)


def test_rows_of_one_step_do_not_see_each_other(bloom: Bloom, is_native: bool) -> None:
    prompts = [a_prompt(length) for length in (1, 40, 200)]
    memory = bloom.new_memory(8)
    blocks = [blocks_of(1), blocks_of(40, first=1), blocks_of(200, first=2)]
    rows = [Row(prompt, 0, own) for prompt, own in zip(prompts, blocks, strict=True)]
    together = bloom.forward(rows, memory)
    alone = torch.cat([scores(bloom, prompt) for prompt in prompts])
    assert together.shape == (3, VOCABULARY)
    torch.testing.assert_close(together, alone, rtol=0 if is_native else 1e-4, atol=0 if is_native else 1e-4)


def test_a_step_may_ask_for_no_scores(bloom: Bloom) -> None:
    assert bloom.forward([Row(a_prompt(70), 0, range(2), 0)], bloom.new_memory(2)).shape == (0, VOCABULARY)


@pytest.mark.parametrize("precision", [Precision.INT8, Precision.FP32])
def test_the_kernels_change_nothing_but_the_speed(precision: Precision, checkpoint: Path, is_native: bool) -> None:
    prompts = [a_prompt(length) for length in LENGTHS]
    one, other = (Bloom.load(checkpoint, precision=precision, is_native=way) for way in (is_native, False))
    for prompt in prompts:
        torch.testing.assert_close(scores(one, prompt), scores(other, prompt), rtol=0, atol=0.05)
    assert completions(one, prompts, max_new_tokens=16) == completions(other, prompts, max_new_tokens=16)


def test_int8_stays_close_to_fp32(checkpoint: Path, bloom: Bloom, is_native: bool) -> None:
    quantized = Bloom.load(checkpoint, precision=Precision.INT8, is_native=is_native)
    exact, rounded = (scores(model, a_prompt(200), num_scores=200) for model in (bloom, quantized))
    assert (exact - rounded).norm() < 0.06 * exact.norm()
    assert float((exact.argmax(1) == rounded.argmax(1)).float().mean()) > 0.85


@pytest.mark.parametrize(
    ("device", "precision"), [("cpu", Precision.BF16), ("cuda", Precision.INT8)], ids=["bf16 on cpu", "int8 on cuda"]
)
def test_a_precision_the_device_does_not_have_is_refused(device: str, precision: Precision, checkpoint: Path) -> None:
    with pytest.raises(UnusableCheckpoint, match=precision):
        Bloom.load(checkpoint, precision=precision, device=device)


@pytest.mark.gpu
@pytest.mark.parametrize(("precision", "tolerance"), [(Precision.FP32, 1e-3), (Precision.BF16, 0.2)])
def test_a_gpu_computes_what_the_cpu_computes(checkpoint: Path, precision: Precision, tolerance: float) -> None:
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    exact = Bloom.load(checkpoint)
    model = Bloom.load(checkpoint, precision=precision, device="cuda")
    found = scores(model, a_prompt(300)).cpu()
    expected = scores(exact, a_prompt(300))
    torch.testing.assert_close(found, expected, rtol=tolerance, atol=tolerance)
    if precision is Precision.FP32:
        prompts = [a_prompt(length) for length in LENGTHS]
        assert completions(model, prompts, max_new_tokens=16) == completions(exact, prompts, max_new_tokens=16)
