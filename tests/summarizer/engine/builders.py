"""Tiny random BLOOM checkpoints in the published layout, and their reference by transformers."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import BloomConfig, BloomForCausalLM, logging

from summarizer.engine.cache import blocks_for
from summarizer.generate import Prompt

logging.set_verbosity_error()
logging.disable_progress_bar()

VOCABULARY = 384
SPECIAL = ["<unk>", "<s>", "</s>", "<pad>"]  # ids 0 to 3, as in every published BLOOM
END = 2

TEXT = [
    "Agent: Thank you for calling, how can I help you today?",
    "Customer: My internet has been down since Monday and nobody called me back.",
    "Agent: I am sorry about that. I will send a technician on Thursday morning.",
]
PROMPTS = [Prompt(text) for text in TEXT]


def a_bloom(
    *,
    heads: int = 4,
    head_size: int = 16,
    layers: int = 2,
    seed: int = 0,
    vocabulary: int = VOCABULARY,
    **config: object,
) -> BloomForCausalLM:
    """A random model that does not repeat itself: random norms part the output layer from the tied embedding."""
    torch.manual_seed(seed)
    shape = BloomConfig(
        vocab_size=vocabulary, hidden_size=heads * head_size, n_layer=layers, n_head=heads, eos_token_id=END, **config
    )
    model = BloomForCausalLM(shape).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn_like(parameter)
            if parameter.dim() == 1:
                is_scale = "norm" in name and name.endswith("weight")
                parameter.copy_(1.0 + 0.3 * noise if is_scale else 0.1 * noise)
            else:
                parameter.copy_(noise / parameter.shape[1] ** 0.5)
            if name.endswith(("dense.weight", "dense_4h_to_h.weight")):
                parameter.mul_(4)
        model.transformer.ln_f.weight.normal_()
        model.transformer.ln_f.bias.zero_()
    return model


def blocks_of(num_tokens: int, *, first: int = 0) -> range:
    """Blocks for a text that begins at block `first`."""
    return range(first, first + blocks_for(num_tokens))


def a_tokenizer() -> Tokenizer:
    """A byte-level BPE tokenizer with the special tokens of BLOOM."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXT, trainer)
    return tokenizer


def save(model: BloomForCausalLM, directory: Path, *, max_shard_size: str = "50GB", **limits: int) -> Path:
    """Write weights, config, tokenizer and, if given, limits."""
    model.save_pretrained(directory, max_shard_size=max_shard_size)
    a_tokenizer().save(str(directory / "tokenizer.json"))
    if limits:
        (directory / "wrapup.json").write_text(json.dumps(limits))
    return directory


def a_prompt(length: int, *, seed: int = 0) -> list[int]:
    """Random token ids, none of them special."""
    generator = torch.Generator().manual_seed(1000 * seed + length)
    return torch.randint(len(SPECIAL), VOCABULARY, (length,), generator=generator).tolist()


def written_by_transformers(model: BloomForCausalLM, prompt: Sequence[int], *, max_new_tokens: int) -> list[int]:
    """The greedy completion as transformers' generate writes it, end token included."""
    ids = torch.tensor([prompt])
    written = model.generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=max_new_tokens, do_sample=False, pad_token_id=3
    )
    return written[0, len(prompt) :].tolist()
