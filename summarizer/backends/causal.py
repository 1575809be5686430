"""Any causal model of transformers from a local directory: GPT-J, Dolly (GPT-NeoX), LLaMA, BLOOM, and whatever comes.

Slower than our own engine, which has BLOOM alone: a batch is padded, and ends with its longest completion.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    GenerationConfig,
    LogitsProcessor,
    StoppingCriteria,
    logging,
)

from summarizer.backends.asking import DOLLY_END, Asked, Asking, around_of, room
from summarizer.backends.local import IsOver, Local
from summarizer.engine.files import LIMITS, checkpoint_files, identities, version_of
from summarizer.engine.sampling import SamplingOptions, best_of, next_token
from summarizer.engine.tokenizer import literal, opened_tokenizer
from summarizer.engine.trouble import is_device_lost, is_out_of_memory
from summarizer.errors import DeviceLost, ModelFailure, UnusableCheckpoint
from summarizer.prompt import Instruction
from summarizer.settings import ModelSettings
from summarizer.specs import CausalSpec

_log: Any = logging  # without types
_log.set_verbosity_error()  # what it says may hold what people said
_log.disable_progress_bar()

#: Beside those that our engine reads; they say how a model is asked, and what ends its text.
MORE_FILES = ("chat_template.jinja", "generation_config.json", "special_tokens_map.json", "tokenizer_config.json")
CONTEXTS = ("max_position_embeddings", "n_positions", "seq_length")  # of LLaMA and GPT-NeoX, of GPT-J, of our BLOOM
DEFAULT_CONTEXT = 2048  # of the published BLOOMs, whose configuration does not say


class Causal:
    """A Writer by `generate`, greedy."""

    num_places = 1

    def __init__(self, model: Any, *, end_tokens: frozenset[int], max_batch: int) -> None:
        self._model = model
        self._end_tokens = end_tokens
        self.max_batch = max_batch

    def write(self, batch: Sequence[Asked], is_over: IsOver) -> list[list[int] | ModelFailure]:
        """What is written for each; a batch for which memory is too small is written in halves."""
        try:
            return self._write(batch, is_over)
        except (RuntimeError, MemoryError) as error:
            if is_device_lost(error):
                raise DeviceLost("The device was lost while the model wrote.") from error
            if not is_out_of_memory(error):
                raise
        if len(batch) == 1:
            raise ModelFailure("There is not enough memory for one prompt.")
        half = len(batch) // 2
        return [*self.write(batch[:half], is_over), *self.write(batch[half:], lambda row: is_over(row + half))]

    def _write(self, batch: Sequence[Asked], is_over: IsOver) -> list[list[int] | ModelFailure]:
        width = max(len(one.ids) for one in batch)
        rows = [_Row(one, end_tokens=self._end_tokens) for one in batch]
        ids = [[0] * (width - len(one.ids)) + one.ids for one in batch]
        mask = [[0] * (width - len(one.ids)) + [1] * len(one.ids) for one in batch]
        with torch.inference_mode():
            self._model.generate(
                torch.tensor(ids, device=self._model.device),
                attention_mask=torch.tensor(mask, device=self._model.device),
                max_new_tokens=max(one.num_new for one in batch),
                logits_processor=[_Choose(rows)],
                stopping_criteria=[_Stop(rows, is_over)],
            )
        return [row.failure or row.written for row in rows]


class _Row:
    """One completion as it grows."""

    def __init__(self, asked: Asked, *, end_tokens: frozenset[int]) -> None:
        self.written: list[int] = []
        self.failure: ModelFailure | None = None
        self._num_new = asked.num_new
        self._end_tokens = end_tokens
        accepts = asked.restriction
        self._options = SamplingOptions(max_new_tokens=asked.num_new, stop_tokens=end_tokens, accepts=accepts)

    @property
    def is_done(self) -> bool:
        """Nothing more is written."""
        is_ended = bool(self.written) and self.written[-1] in self._end_tokens
        return is_ended or len(self.written) >= self._num_new or self.failure is not None

    def choose(self, scores: Tensor, best: Any) -> None:
        """The next token, as our own engine chooses it."""
        try:
            token = next_token(scores, self._options, best=best, completion=self.written, random=Random(0))
        except ModelFailure as error:
            self.failure = error
        else:
            self.written.append(token)


class _Choose(LogitsProcessor):
    """Leaves each row the one token that it may go on with."""

    def __init__(self, rows: Sequence[_Row]) -> None:
        self._rows = rows

    def __call__(self, _: Tensor, scores: Tensor) -> Tensor:
        chosen = torch.full_like(scores, -math.inf)
        for number, (row, best) in enumerate(zip(self._rows, best_of(scores), strict=True)):
            if not row.is_done:
                row.choose(scores[number], best)
            chosen[number, row.written[-1] if row.written else 0] = 0.0
        return chosen


class _Stop(StoppingCriteria):
    """Ends the rows that are written, or that nobody waits for."""

    def __init__(self, rows: Sequence[_Row], is_over: IsOver) -> None:
        self._rows = rows
        self._is_over = is_over

    def __call__(self, ids: Tensor, _: Tensor, **__: Any) -> Tensor:
        over = [row.is_done or self._is_over(number) for number, row in enumerate(self._rows)]
        return torch.tensor(over, device=ids.device)


def load_causal(spec: CausalSpec, settings: ModelSettings) -> Local:
    """The model in a directory, ready to write; raises UnusableCheckpoint. Nothing is fetched and no code of it run."""
    directory = spec.model_dir
    before = identities(directory)
    if settings.device == "cpu" and settings.num_threads:
        torch.set_num_threads(settings.num_threads)
    try:
        style = style_of(directory) if spec.style == "auto" else spec.style
        asking = read_asking(directory, style=style, max_new_tokens=spec.max_new_tokens)
        model = _load(directory, device=settings.device)
    except UnusableCheckpoint:
        raise
    except Exception as error:  # transformers raises whatever its parts do
        reason = "there is not enough memory" if is_out_of_memory(error) else type(error).__name__
        raise UnusableCheckpoint(f"The model cannot be loaded: {reason}.") from error
    more = [path for path in (directory / name for name in MORE_FILES) if path.exists()]
    version = version_of([*checkpoint_files(directory), *more], kind=f"transformers {style}\0")
    if identities(directory) != before:
        raise UnusableCheckpoint("The files were changed while they were read.")
    writer = Causal(model, end_tokens=asking.end_tokens, max_batch=spec.max_batch)
    return Local(writer, asking, model_version=version, deadline=settings.job_deadline)


def style_of(directory: Path) -> str:
    """Plain for what our training made, chat where there is a template, else dolly."""
    if (directory / LIMITS).exists():
        return "plain"
    return "chat" if _chat_tokenizer(directory).chat_template else "dolly"


def read_asking(directory: Path, *, style: str, max_new_tokens: int) -> Asking:
    """How this model is asked."""
    config = AutoConfig.from_pretrained(directory, local_files_only=True, trust_remote_code=False)
    tokenizer = opened_tokenizer(directory)
    end_tokens = _end_tokens(directory, config, tokenizer, style=style)
    around = around_of(
        style, tokenizer, end_tokens=end_tokens, chat=lambda asked: _by_template(_chat_tokenizer(directory), asked)
    )
    return Asking(
        literal(tokenizer, vocabulary_size=config.vocab_size, end_tokens=end_tokens),
        around,
        end_tokens,
        max_prompt_tokens=room(context_of(config), around, max_new_tokens=max_new_tokens),
        max_new_tokens=max_new_tokens,
    )


def context_of(config: Any) -> int:
    """How many tokens a model was made for."""
    found = (getattr(config, name, None) for name in CONTEXTS)
    return next((one for one in found if isinstance(one, int)), DEFAULT_CONTEXT)


def _load(directory: Path, *, device: str) -> Any:
    loader: Any = AutoModelForCausalLM
    model, found = loader.from_pretrained(
        directory,
        dtype=torch.bfloat16 if device == "cuda" else torch.float32,
        device_map={"": device} if device == "cuda" else None,
        use_safetensors=True,
        trust_remote_code=False,
        local_files_only=True,
        output_loading_info=True,
    )
    lacking = [*found["missing_keys"], *found["mismatched_keys"]]
    if lacking:
        raise UnusableCheckpoint(f"{len(lacking)} tensors are missing or have another shape.")
    configured: Any = GenerationConfig
    model.generation_config = configured(do_sample=False, eos_token_id=None, pad_token_id=0)  # not its authors'
    return model.eval()


def _end_tokens(directory: Path, config: Any, tokenizer: Tokenizer, *, style: str) -> frozenset[int]:
    """What ends a text, as any of the model's files has it."""
    found: list[Any] = []
    path = directory / "generation_config.json"
    asked = [GenerationConfig.from_pretrained(directory)] if path.exists() else []
    for one in (config, *asked):
        tokens = getattr(one, "eos_token_id", None)
        found += tokens if isinstance(tokens, list) else [tokens]
    if style == "chat":
        found.append(_chat_tokenizer(directory).eos_token_id)
    if style == "dolly":
        found.append(tokenizer.token_to_id(DOLLY_END))
    ends = frozenset(one for one in found if isinstance(one, int))
    if not ends:
        raise UnusableCheckpoint("No file says which token ends a text.")
    return ends


def _chat_tokenizer(directory: Path) -> Any:
    return AutoTokenizer.from_pretrained(directory, local_files_only=True, trust_remote_code=False)


def _by_template(tokenizer: Any, asked: Instruction) -> str:
    """With the task as the system's message; before the user's where a template has no place for one."""
    if not tokenizer.chat_template:
        raise UnusableCheckpoint("The tokenizer has no chat template.")
    user = {"role": "user", "content": f"{asked.system}\n\n{asked.user}"}
    apart = [{"role": "system", "content": asked.system}, {"role": "user", "content": asked.user}]
    for messages in (apart, [user]):
        try:
            text = str(
                tokenizer.apply_chat_template(
                    messages, tokenize=False, add_generation_prompt=True, enable_thinking=False
                )
            )
        except Exception as error:  # a template refuses by what it likes
            if messages is not apart:
                raise UnusableCheckpoint(f"The chat template cannot be used: {type(error).__name__}.") from error
        else:
            if asked.system in text:
                return text
    raise UnusableCheckpoint("The chat template leaves out what it is told.")
