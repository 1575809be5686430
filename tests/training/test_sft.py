"""Fine-tuning works on any BLOOM in the published layout, whole or through small matrices."""

import gzip
import json
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, GPTJForCausalLM

from summarizer.engine.generator import load_generator
from tests.training.models import DATA, a_data_folder, a_published_gpt, a_published_model, priced
from tests.training.private_data import a_private_file, a_public_folder
from training import sft
from training.dataset import DATASETS, HeldOutFile
from training.mix import MixRefused
from training.origin import origin_of, read_ledger, saw
from training.private import read_private

#: peft 0.21 still asks transformers 5 under an old name.
pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")


@pytest.mark.parametrize("arguments", [(), ("--lora", "2")], ids=["all weights", "lora"])
def test_a_published_model_is_trained_and_published_again(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = a_published_model(tmp_path / "before")
    after = fine_tune(before, arguments, tmp_path=tmp_path, monkeypatch=monkeypatch)
    old, new = load_file(before / "model.safetensors"), load_file(after / "model.safetensors")
    assert old.keys() == new.keys()
    assert any(not torch.equal(old[name], new[name]) for name in old)
    load_generator(after, threads=1).close()


def test_lora_leaves_the_embedding_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = a_published_model(tmp_path / "before")
    after = fine_tune(before, ("--lora", "2"), tmp_path=tmp_path, monkeypatch=monkeypatch)
    name = "transformer.word_embeddings.weight"
    assert torch.equal(load_file(before / "model.safetensors")[name], load_file(after / "model.safetensors")[name])


def test_what_a_model_was_made_from_is_written_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    after = fine_tune(a_published_model(tmp_path / "before"), (), tmp_path=tmp_path, monkeypatch=monkeypatch)
    details = json.loads((after / "training.json").read_text())
    assert details["inherited"]["script"] == "a test"
    assert details["args"]["steps"] == "2"
    assert details["hygiene"] == {"exact": 0, "near": 0, "leaked": 0}
    assert (after / "loss.png").exists()


def test_a_file_of_held_out_corrections_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = a_private_file(tmp_path / "private.test.jsonl", num=40)
    with pytest.raises(HeldOutFile):
        fine_tune(
            a_published_model(tmp_path / "before"),
            ("--private", str(private)),
            tmp_path=tmp_path,
            monkeypatch=monkeypatch,
        )
    assert not (tmp_path / "out").exists()


def fine_tune(
    model: Path,
    arguments: tuple[str, ...],
    *,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    data: Path | None = None,
) -> Path:
    data = data or a_data_folder(tmp_path / "data", dataset="sgd")
    fixed = ["--data", str(data), "--model", str(model), "--out", str(tmp_path / "out"), "--datasets", "sgd"]
    monkeypatch.setattr(sys, "argv", ["sft", *fixed, "--steps", "2", "--threads", "1", *arguments])
    sft.main()
    return tmp_path / "out" / "model"


def test_the_owners_examples_come_in_the_share_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = a_private_file(tmp_path / "private.jsonl", num=40)
    after = fine_tune(
        a_published_model(tmp_path / "before"),
        ("--private", str(private), "--agent-cap", "1"),
        tmp_path=tmp_path,
        monkeypatch=monkeypatch,
        data=a_public_folder(tmp_path / "public"),
    )
    details = json.loads((after / "training.json").read_text())
    card = details["mix"]
    assert details["private_hygiene"]["leaked"] == 0
    assert card["share_of_examples"] == pytest.approx(0.2, abs=0.02)
    assert card["share_of_tokens"] == pytest.approx(0.2, abs=0.02)
    assert card["num_private"] > 10


def test_instructions_join_the_conversations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = a_data_folder(tmp_path / "data", dataset="sgd")
    (data / "instructions").mkdir()
    (data / "instructions" / "seed.jsonl.gz").write_bytes(gzip.compress((DATA / "instructions.jsonl").read_bytes()))
    before = a_published_model(tmp_path / "before")
    arguments = ("--datasets", "sgd", "instructions")
    after = fine_tune(before, arguments, tmp_path=tmp_path, monkeypatch=monkeypatch, data=data)
    sources = [one.source for one in read_ledger(after)]
    assert sources.count("yizhongw/self-instruct") == 3
    assert DATASETS["sgd"].source in sources


def test_an_owner_can_ask_whether_a_model_saw_an_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = a_private_file(tmp_path / "private.jsonl", num=40)
    model = a_published_model(tmp_path / "before")
    data = a_public_folder(tmp_path / "public")
    arguments = ("--private", str(private), "--agent-cap", "1")
    after = fine_tune(model, arguments, tmp_path=tmp_path, monkeypatch=monkeypatch, data=data)
    for one in read_private(private):
        if one.is_held_out:
            assert not saw(after, origin_of(one.conversation, one.draft, None).sha256)
    hashes = {origin_of(one.conversation, one.draft, None).sha256 for one in read_private(private)}
    seen = [one for one in read_ledger(after) if one.is_private]
    assert len(seen) == json.loads((after / "training.json").read_text())["mix"]["num_private"]
    assert {one.sha256 for one in seen} < hashes
    assert {one.source for one in read_ledger(after) if not one.is_private} == {DATASETS["sgd"].source}


def test_a_share_that_cannot_be_had_trains_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = a_private_file(tmp_path / "private.jsonl", num=20)
    model = a_published_model(tmp_path / "before")
    with pytest.raises(MixRefused):
        fine_tune(model, ("--private", str(private), "--agent-cap", "0"), tmp_path=tmp_path, monkeypatch=monkeypatch)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("arguments", [(), ("--lora", "2")], ids=["all weights", "lora"])
def test_another_causal_model_is_trained_by_the_same_command(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = a_published_gpt(tmp_path / "before")
    after = fine_tune(before, arguments, tmp_path=tmp_path, monkeypatch=monkeypatch)
    old, new = load_file(before / "model.safetensors"), load_file(after / "model.safetensors")
    assert old.keys() == new.keys()
    assert any(not torch.equal(old[name], new[name]) for name in old)
    assert isinstance(AutoModelForCausalLM.from_pretrained(after), GPTJForCausalLM)


def test_two_epochs_are_as_many_steps_as_they_take_and_have_a_price(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prices = priced(tmp_path / "prices.toml", per_hour=3600)
    arguments = ("--epochs", "2", "--batch-tokens", "1024", "--save-every", "1", "--prices", str(prices))
    after = fine_tune(a_published_model(tmp_path / "before"), arguments, tmp_path=tmp_path, monkeypatch=monkeypatch)
    details = json.loads((after / "training.json").read_text())
    assert [path.name for path in (tmp_path / "out").glob("step-*")] == ["step-00000004"]  # two batches, twice
    assert float(details["cost"]["money"]) == pytest.approx(3600 * details["hours"])
    assert f"hours of cpu: {details['cost']['money']} EUR" in capsys.readouterr().out
