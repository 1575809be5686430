"""The decoder computes what transformers computes."""

from pathlib import Path

import pytest
import torch
from transformers import BloomForCausalLM
from transformers.models.bloom.modeling_bloom import build_alibi_tensor

from summarizer.engine.bloom import QUERIES, Alibi, Bloom, Row, attend, slopes
from summarizer.engine.engine import Capacity, Engine
from summarizer.engine.sampling import SamplingOptions
from tests.summarizer.engine.builders import END, VOCABULARY, a_bloom, a_prompt, save, written_by_transformers

LENGTHS = [1, 2, 17, QUERIES, QUERIES + 1, 300]


def completions(bloom: Bloom, prompts: list[list[int]], *, max_new_tokens: int) -> list[list[int]]:
    engine = Engine(bloom, capacity=Capacity(tokens_per_step=100))
    options = SamplingOptions(max_new_tokens=max_new_tokens, stop_tokens=frozenset({END}))
    futures = [engine.submit(prompt, options) for prompt in prompts]
    engine.close()
    return [future.result() for future in futures]


def scores(bloom: Bloom, *chunks: list[int]) -> torch.Tensor:
    """The scores after the last of a text's chunks."""
    memory = bloom.new_cache(1000).allocate(sum(map(len, chunks)))
    start = 0
    for chunk in chunks:
        last = bloom.forward([Row(chunk, start, memory)])
        start += len(chunk)
    return last[0]


@pytest.mark.parametrize(
    ("heads", "config"),
    [(4, {}), (6, {}), (3, {}), (4, {"apply_residual_connection_post_layernorm": True})],
    ids=["4 heads", "6 heads", "3 heads", "normed residual"],
)
def test_greedy_tokens_are_those_of_transformers(heads: int, config: dict[str, object], tmp_path: Path) -> None:
    reference = a_bloom(heads=heads, seed=heads, **config)
    prompts = [a_prompt(length, seed=heads) for length in LENGTHS]
    written = completions(Bloom.load(save(reference, tmp_path)), prompts, max_new_tokens=16)
    assert written == [written_by_transformers(reference, prompt, max_new_tokens=16) for prompt in prompts]
    assert len({token for completion in written for token in completion}) > 15, "the model repeats itself"


def test_scores_are_those_of_transformers(bloom: Bloom, reference: BloomForCausalLM) -> None:
    prompt = a_prompt(300)
    with torch.inference_mode():
        expected = reference(torch.tensor([prompt])).logits[0, -1]
    torch.testing.assert_close(scores(bloom, prompt), expected, rtol=1e-4, atol=1e-4)


def test_a_text_may_be_read_in_chunks(bloom: Bloom) -> None:
    prompt = a_prompt(300)
    whole = scores(bloom, prompt)
    for cut in (1, 64, 299):
        torch.testing.assert_close(scores(bloom, prompt[:cut], prompt[cut:]), whole, rtol=1e-4, atol=1e-4)


def test_rows_of_one_step_do_not_see_each_other(bloom: Bloom) -> None:
    prompts = [a_prompt(length) for length in (1, 40, 200)]
    cache = bloom.new_cache(1000)
    together = bloom.forward([Row(prompt, 0, cache.allocate(len(prompt))) for prompt in prompts])
    alone = torch.stack([scores(bloom, prompt) for prompt in prompts])
    assert together.shape == (3, VOCABULARY)
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("num_heads", [1, 2, 3, 4, 6, 8, 12, 14, 16, 112])
def test_slopes_are_those_of_transformers(num_heads: int) -> None:
    second_position = build_alibi_tensor(torch.ones(1, 2, dtype=torch.long), num_heads, torch.float32)[:, 0, 1]
    torch.testing.assert_close(torch.tensor(slopes(num_heads)), second_position)


def test_attention_far_into_a_text_is_as_exact_as_at_its_start() -> None:
    positions, heads, size = 6000, 4, 16
    generator = torch.Generator().manual_seed(0)
    queries = torch.randn(QUERIES + 3, heads, size, generator=generator)
    keys, values = (torch.randn(heads, positions, size, generator=generator) for _ in range(2))
    attended = torch.cat(attend(queries, keys, values=values, alibi=Alibi(heads, device=torch.device("cpu"))))

    own = torch.arange(positions - len(queries), positions)
    distance = (torch.arange(positions) - own[:, None]).double()
    bias = torch.tensor(slopes(heads)).double()[:, None, None] * distance
    exact = queries.double().transpose(0, 1) @ keys.double().transpose(1, 2) / size**0.5 + bias
    exact = exact.masked_fill(distance > 0, -torch.inf).softmax(-1) @ values.double()
    torch.testing.assert_close(attended, exact.transpose(0, 1).flatten(1).float(), rtol=0, atol=3e-6)
