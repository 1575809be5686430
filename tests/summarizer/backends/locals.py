"""Tiny random models of other families, in the layout that they are published in."""

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer
from transformers import (
    BloomConfig,
    BloomForCausalLM,
    GPTJConfig,
    GPTJForCausalLM,
    GPTNeoXConfig,
    GPTNeoXForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
)

from summarizer.settings import ModelSettings
from summarizer.specs import CausalSpec, LightSpec
from tests.summarizer.engine.builders import END, a_tokenizer
from training.convert import convert

CONTEXT = 2048
NUM_NEW = 24
SETTINGS = ModelSettings(_env_file=None, num_threads=1)
TEMPLATE = (
    "{% for one in messages %}<|im_start|>{{ one.role }}\n{{ one.content | trim }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
OF_DOLLY = ("### End", "### Instruction:", "### Response:")
OF_CHAT = ("<|im_start|>", "<|im_end|>")


def a_dolly(directory: Path) -> Path:
    """A GPT-NeoX with Dolly's tokens."""
    tokenizer = _with(OF_DOLLY)
    config = GPTNeoXConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=CONTEXT,
        eos_token_id=END,
    )
    return save(GPTNeoXForCausalLM, config, tokenizer, directory)


def a_gpt(directory: Path) -> Path:
    """A GPT-J."""
    tokenizer = a_tokenizer()
    size = tokenizer.get_vocab_size()
    config = GPTJConfig(
        vocab_size=size, n_embd=32, n_layer=2, n_head=2, rotary_dim=8, n_positions=CONTEXT, eos_token_id=END
    )
    return save(GPTJForCausalLM, config, tokenizer, directory)


def a_llama(directory: Path, *, template: str | None = TEMPLATE) -> Path:
    """A LLaMA with a chat template."""
    tokenizer = _with(OF_CHAT)
    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=CONTEXT,
        bos_token_id=1,
        eos_token_id=END,
    )
    save(LlamaForCausalLM, config, tokenizer, directory)
    about = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|im_end|>", "chat_template": template}
    (directory / "tokenizer_config.json").write_text(json.dumps(about))
    return directory


def a_published_bloom(directory: Path) -> Path:
    """A BLOOM as others publish theirs, without our limits."""
    tokenizer = a_tokenizer()
    config = BloomConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=32, n_layer=2, n_head=2, seq_length=CONTEXT, eos_token_id=END
    )
    return save(BloomForCausalLM, config, tokenizer, directory)


def save(kind: Any, config: Any, tokenizer: Tokenizer, directory: Path) -> Path:
    """Random weights, so wide apart that a text does not go round in circles at once."""
    torch.manual_seed(1)
    model = kind(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(std=1.5 * parameter.shape[1] ** -0.5)
    model.save_pretrained(directory)
    tokenizer.save(str(directory / "tokenizer.json"))
    return directory


def a_causal_spec(directory: Path) -> CausalSpec:
    """Dolly, as the contract of all backends needs one."""
    return CausalSpec(model_dir=a_dolly(directory / "dolly"), max_new_tokens=NUM_NEW)


def a_light_spec(directory: Path) -> LightSpec:
    """A converted BLOOM."""
    converted = convert(a_published_bloom(directory / "bloom"), directory / "light", quantization="float32")
    return LightSpec(model_dir=converted, max_new_tokens=NUM_NEW)


def _with(special: tuple[str, ...]) -> Tokenizer:
    tokenizer = a_tokenizer()
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in special])
    return tokenizer
