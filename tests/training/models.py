"""Tiny things to train on: a tokenizer, a random BLOOM, a data folder."""

import gzip
import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import BloomConfig, BloomForCausalLM, GPTJConfig, GPTJForCausalLM

from training.checkpoint import publish
from training.dataset import read_records
from training.tokenizer import BOS, EOS, PAD, train

DATA = Path(__file__).parents[1] / "data" / "training"


def records() -> list[dict[str, Any]]:
    """A few real conversations."""
    return list(read_records(DATA / "records.jsonl"))


def priced(path: Path, *, per_hour: int) -> Path:
    """A price list with one device."""
    path.write_text(
        f'currency = "EUR"\n[[devices]]\nname = "cpu"\nsince = 2026-01-01\nper_hour = {per_hour}\nwatts = 65\n'
        "utilisation = 0.3\n"
    )
    return path


def a_tokenizer(*, size: int = 400) -> Tokenizer:
    """A tokenizer of a few merges."""
    return train([turn["text"] for record in records() for turn in record["turns"]], size=size)


def a_model(tokenizer: Tokenizer, *, seed: int = 0) -> BloomForCausalLM:
    """A random BLOOM of two layers."""
    torch.manual_seed(seed)
    config = BloomConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=16,
        n_layer=2,
        n_head=2,
        seq_length=512,
        bos_token_id=BOS,
        eos_token_id=EOS,
        pad_token_id=PAD,
    )
    return BloomForCausalLM(config)


def a_published_model(directory: Path) -> Path:
    """The same in the layout of published models."""
    tokenizer = a_tokenizer()
    return publish(a_model(tokenizer), tokenizer, directory, details={"script": "a test"})


def a_published_gpt(directory: Path) -> Path:
    """A random GPT-J of two layers, in the layout of published models."""
    tokenizer = a_tokenizer()
    torch.manual_seed(0)
    size = tokenizer.get_vocab_size()
    config = GPTJConfig(
        vocab_size=size,
        n_embd=16,
        n_layer=2,
        n_head=2,
        rotary_dim=4,
        n_positions=512,
        bos_token_id=BOS,
        eos_token_id=EOS,
    )
    return publish(GPTJForCausalLM(config), tokenizer, directory, details={"script": "a test"})


def a_data_folder(directory: Path, *, dataset: str) -> Path:
    """A data folder with the records of one set as its training split."""
    (directory / dataset).mkdir(parents=True)
    with gzip.open(directory / dataset / "train.jsonl.gz", "wt", encoding="utf-8") as lines:
        for record in records():
            if record["id"].startswith(dataset):
                lines.write(json.dumps(record) + "\n")
    return directory
