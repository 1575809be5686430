"""Any model that transformers loads writes behind the seam what it would write alone."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

from summarizer.backends import opened
from summarizer.backends.causal import load_causal
from summarizer.errors import DeadlineExceeded, ModelFailure, UnusableCheckpoint
from summarizer.generate import Opened, Prompt
from summarizer.prompt import instruct, render
from summarizer.repair import read
from summarizer.specs import CausalSpec, OwnSpec
from tests.builders import a_conversation
from tests.summarizer.backends.locals import (
    NUM_NEW,
    OF_CHAT,
    SETTINGS,
    TEMPLATE,
    a_dolly,
    a_gpt,
    a_llama,
    a_published_bloom,
)
from tests.summarizer.engine.builders import END, a_bloom, save

FAMILIES: dict[str, Callable[[Path], Path]] = {
    "gptj": a_gpt,
    "dolly": a_dolly,
    "llama": a_llama,
    "bloom": a_published_bloom,
}
TEXTS = [
    render(a_conversation((("customer", f"{'I wait. ' * index}My {thing} broke on Monday."),)))
    for index, thing in enumerate(("kettle", "bicycle", "phone", "car", "door"))
]
PROMPTS = [Prompt(text) for text in TEXTS]


@contextmanager
def running(directory: Path, *, deadline: timedelta | None = None, **changes: Any) -> Iterator[Opened]:
    spec = CausalSpec(model_dir=directory, **{"max_new_tokens": NUM_NEW, **changes})
    settings = SETTINGS.model_copy(update={"job_deadline": deadline} if deadline else {})
    generator = opened(spec, settings)
    try:
        yield generator
    finally:
        generator.close(drain=False)


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return FAMILIES[request.param](tmp_path_factory.mktemp("models") / request.param)


def by_dolly(text: str) -> str:
    """As https://github.com/databrickslabs/dolly publishes it."""
    asked = instruct(text)
    return (
        "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"
        f"### Instruction:\n{asked.system}\n\n{asked.user}\n\n### Response:\n"
    )


def alone(directory: Path, ids: list[int], *, ends: list[int]) -> list[int]:
    """What transformers' own generate writes."""
    model: Any = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32)
    prompt = torch.tensor([ids])
    written = model.generate(
        prompt,
        attention_mask=torch.ones_like(prompt),
        max_new_tokens=NUM_NEW,
        do_sample=False,
        eos_token_id=ends,
        pad_token_id=0,
    )
    return written[0, len(ids) :].tolist()


def test_each_family_writes_what_generate_writes_alone_and_in_batches(family: Path) -> None:
    tokenizer = Tokenizer.from_file(str(family / "tokenizer.json"))
    ends = [END] + [token for token in [tokenizer.token_to_id("### End")] if token is not None]
    with running(family, style="dolly", max_batch=1) as generator:
        one_by_one = [generator([prompt])[0] for prompt in PROMPTS]
    with running(family, style="dolly", max_batch=3) as generator:
        together = generator(PROMPTS)
    for text, completion, other in zip(TEXTS, one_by_one, together, strict=True):
        ids = tokenizer.encode(by_dolly(text)).ids
        written = alone(family, ids, ends=ends)
        assert completion.text == other.text == tokenizer.decode(written)
        assert (completion.prompt_tokens, completion.completion_tokens) == (len(ids), len(written))
        assert completion.device_seconds > 0
    assert len({one.text for one in together}) > 1


def test_a_batch_shares_its_seconds(tmp_path: Path) -> None:
    with running(a_gpt(tmp_path / "model"), max_batch=8) as generator:
        started = time.monotonic()
        completions = generator(PROMPTS)
        assert sum(one.device_seconds for one in completions) <= time.monotonic() - started


def test_the_models_own_chat_template_is_used_and_a_call_cannot_speak_in_it(tmp_path: Path) -> None:
    directory = a_llama(tmp_path / "model")
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    asked, (start, end) = instruct(TEXTS[0]), OF_CHAT
    said = [f"{start}system\n{asked.system}{end}\n{start}user\n", asked.user, f"{end}\n{start}assistant\n"]
    ids = [token for part in said for token in tokenizer.encode(part, add_special_tokens=False).ids]
    with running(directory) as generator:
        (completion,) = generator([PROMPTS[0]])
        assert completion.prompt_tokens == len(ids)
        assert completion.text == tokenizer.decode(alone(directory, ids, ends=[END, tokenizer.token_to_id(end)]))
        assert generator.count_tokens(f"{end}{start}system") > 4  # no control token, but its characters


def test_a_template_without_a_system_message_gets_all_from_the_user(tmp_path: Path) -> None:
    refusing = "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}" + TEMPLATE
    with running(a_llama(tmp_path / "model", template=refusing)) as generator:
        (completion,) = generator([PROMPTS[0]])
    assert completion.prompt_tokens > len(instruct("").system) / 8


def test_without_a_template_there_is_no_chat(tmp_path: Path) -> None:
    directory = a_llama(tmp_path / "model", template=None)
    with running(directory) as generator:  # asked as Dolly is
        assert generator([PROMPTS[0]])
    with pytest.raises(UnusableCheckpoint, match="chat template"):
        load_causal(CausalSpec(model_dir=directory, style="chat"), SETTINGS)


def test_our_own_models_write_the_same_here_under_the_same_restriction(tmp_path: Path) -> None:
    directory = save(a_bloom(), tmp_path / "model", max_prompt_tokens=600, max_new_tokens=NUM_NEW)
    prompts = [
        *PROMPTS,
        read(TEXTS[0]).prompt(),
        Prompt(TEXTS[1], begun="Reason: The bicycle broke.\n", accepts=lambda _, more: "a" not in more),
        Prompt(TEXTS[2], accepts=lambda written, more: not (written + more).strip()),
    ]
    ours = opened(OwnSpec(model_dir=directory), SETTINGS)
    try:
        expected = [(one.text, one.prompt_tokens, one.completion_tokens) for one in ours(prompts)]
    finally:
        ours.close()
    with running(directory, max_batch=len(prompts)) as generator:
        found = [(one.text.rstrip(), one.prompt_tokens, one.completion_tokens) for one in generator(prompts)]
    assert found == [(text.rstrip(), *counts) for text, *counts in expected]


def test_what_was_begun_counts_as_written(tmp_path: Path) -> None:
    with running(a_gpt(tmp_path / "model")) as generator:
        begun = "Reason: The kettle broke on Monday. " * 4
        (completion,) = generator([Prompt(TEXTS[0], begun=begun)])
        assert (completion.text, completion.completion_tokens) == ("", 0)


def test_who_has_no_time_left_is_told_so_while_it_writes(tmp_path: Path) -> None:
    with running(a_gpt(tmp_path / "model"), deadline=timedelta(milliseconds=100), max_new_tokens=1024) as generator:
        attempt = generator.for_one_attempt()
        with pytest.raises(DeadlineExceeded):
            attempt(PROMPTS)
        with pytest.raises(DeadlineExceeded):
            attempt(PROMPTS[:1])


def test_a_way_to_ask_is_part_of_the_version(tmp_path: Path) -> None:
    directory = a_llama(tmp_path / "model")
    versions = []
    for style in ("auto", "chat", "dolly", "plain"):
        with running(directory, style=style) as generator:
            versions.append(generator.model_version)
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3


def test_a_checkpoint_that_lacks_a_tensor_is_refused(tmp_path: Path) -> None:
    directory = a_gpt(tmp_path / "model")
    weights = load_file(directory / "model.safetensors")
    del weights["transformer.h.1.mlp.fc_in.weight"]
    save_file(weights, directory / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(UnusableCheckpoint, match="1 tensors are missing"):
        load_causal(CausalSpec(model_dir=directory), SETTINGS)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors", "tokenizer_config.json"])
def test_a_broken_file_is_refused(tmp_path: Path, name: str) -> None:
    directory = a_llama(tmp_path / "model")
    (directory / name).write_bytes((directory / name).read_bytes()[:-30])
    with pytest.raises(UnusableCheckpoint):
        load_causal(CausalSpec(model_dir=directory), SETTINGS)


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    directory = a_gpt(tmp_path / "model")
    (directory / "model.safetensors").rename(directory / "pytorch_model.bin")
    with pytest.raises(UnusableCheckpoint, match="pickle"):
        load_causal(CausalSpec(model_dir=directory), SETTINGS)


def test_a_model_that_reads_too_little_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableCheckpoint, match="are left"):
        load_causal(CausalSpec(model_dir=a_gpt(tmp_path / "model"), max_new_tokens=1900), SETTINGS)


def test_scores_that_are_no_numbers_are_a_failure_of_the_model(tmp_path: Path) -> None:
    directory = a_gpt(tmp_path / "model")
    weights = load_file(directory / "model.safetensors")
    weights["lm_head.bias"][5] = torch.nan
    save_file(weights, directory / "model.safetensors", metadata={"format": "pt"})
    with running(directory) as generator, pytest.raises(ModelFailure, match="not finite"):
        generator(PROMPTS)


def test_nothing_that_is_said_is_logged(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with running(a_dolly(tmp_path / "model")) as generator:
        generator(PROMPTS)
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")
