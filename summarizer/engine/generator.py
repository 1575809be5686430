"""Text to text: the tokenizer before the engine and after it.

A transcript is somebody else's text. What looks like a control token in it (`</s>`) is read as the
characters it is made of, so that nobody ends a prompt from inside.
"""

import copy
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, CancelledError, Future, wait
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import torch
from tokenizers import Tokenizer

from summarizer.engine.bloom import Bloom
from summarizer.engine.capacity import Capacity
from summarizer.engine.checkpoint import BloomConfig, Limits, Weights, read_config, read_limits
from summarizer.engine.engine import Engine, Totals
from summarizer.engine.files import identities, model_version
from summarizer.engine.gate import choose
from summarizer.engine.linear import Precision
from summarizer.engine.restriction import Restriction
from summarizer.engine.sampling import SamplingOptions
from summarizer.engine.sequence import Meter
from summarizer.engine.tokenizer import literal, opened_tokenizer
from summarizer.engine.trouble import is_out_of_memory
from summarizer.engine.vitals import Vitals
from summarizer.errors import GeneratorStopped, ModelFailure, UnusableCheckpoint
from summarizer.generate import NO_PATIENCE, Completion, Prompt


@dataclass(frozen=True, slots=True)
class _Request:
    """One prompt in tokens."""

    prompt: list[int]
    begun: list[int]
    restriction: Restriction | None
    meter: Meter = field(default_factory=Meter)

    def options(self, options: SamplingOptions) -> SamplingOptions:
        """Those of all completions, with what is left of the length and what may be written in this one."""
        return replace(options, max_new_tokens=options.max_new_tokens - len(self.begun), accepts=self.restriction)


class BloomGenerator:
    """A Generator: prompts in, completions out, for any number of threads at once."""

    def __init__(
        self,
        engine: Engine,
        tokenizer: Tokenizer,
        *,
        limits: Limits,
        options: SamplingOptions,
        model_version: str,
        deadline: timedelta | None = None,
        precision: Precision = Precision.FP32,
        is_native: bool = False,
    ) -> None:
        self._engine = engine
        self._tokenizer = tokenizer
        self._limits = limits
        self._options = options
        self._model_version = model_version
        self._deadline = deadline
        self._until: float | None = None  #: by the monotonic clock, for all calls together
        self.precision = precision
        self.is_native = is_native

    @property
    def model_version(self) -> str:
        """SHA-256 that names weights, tokenizer and configuration together."""
        return self._model_version

    @property
    def max_prompt_tokens(self) -> int:
        """The longest prompt the model reads without loss."""
        return self._limits.max_prompt_tokens

    @property
    def totals(self) -> Totals:
        """What the engine has done so far."""
        return self._engine.totals

    @property
    def vitals(self) -> Vitals:
        """How the engine does now."""
        return self._engine.vitals(precision=self.precision.value)

    def count_tokens(self, text: str) -> int:
        """How many tokens this model makes of a text."""
        return len(self._encode(text))

    def __call__(self, prompts: Sequence[Prompt], *, patience: timedelta = NO_PATIENCE) -> list[Completion]:
        """Completions in the order of their prompts, all or none; raises ModelFailure, DeadlineExceeded, DeviceLost.

        With `patience` calls that come so much later go first: a waiting agent before a backfill.
        """
        requests = [self._request(prompt) for prompt in prompts]
        if max((len(one.prompt) for one in requests), default=0) > self.max_prompt_tokens:
            raise ModelFailure(f"A prompt is longer than {self.max_prompt_tokens} tokens.")
        deadline = self._from_now() if self._until is None else self._until
        futures = [self._submit(one, deadline=deadline, patience=patience) for one in requests]
        try:
            completions = _all_or_none(futures)
        finally:
            for future in futures:  # whoever is interrupted here leaves no work behind
                future.cancel()
        return [
            Completion(
                text=self._text(one, completion),
                prompt_tokens=len(one.prompt) + len(one.begun),
                completion_tokens=len(completion),
                cached_tokens=one.meter.known_tokens,
                device_seconds=one.meter.device_seconds,
            )
            for one, completion in zip(requests, completions, strict=True)
        ]

    def for_one_attempt(self) -> "BloomGenerator":
        """The same generator, but all calls together have the time that else each of them has."""
        one = copy.copy(self)
        one._until = self._from_now()
        return one

    def close(self, *, drain: bool = True) -> None:
        """Finish what has been asked for, or cancel it, and take nothing more."""
        self._engine.close(drain=drain)

    def _from_now(self) -> float | None:
        return time.monotonic() + self._deadline.total_seconds() if self._deadline else None

    def _request(self, prompt: Prompt) -> _Request:
        stop_tokens = self._options.stop_tokens
        restriction = prompt.accepts and Restriction(
            prompt.accepts, self._tokenizer, stop_tokens=stop_tokens, begun=prompt.begun
        )
        return _Request(self._encode(prompt.text), self._encode(prompt.begun), restriction)

    def _submit(self, request: _Request, *, deadline: float | None, patience: timedelta) -> Future[list[int]]:
        """The rest of the completion to come; nothing where as much has been begun as may be written."""
        if len(request.begun) >= self._options.max_new_tokens:
            nothing: Future[list[int]] = Future()
            nothing.set_result([])
            return nothing
        return self._engine.submit(
            [*request.prompt, *request.begun],
            request.options(self._options),
            deadline=deadline,
            patience=patience.total_seconds(),
            meter=request.meter,
        )

    def _text(self, request: _Request, completion: list[int]) -> str:
        if request.restriction is not None:
            return request.restriction.text(completion)
        return self._tokenizer.decode(completion, skip_special_tokens=True)

    def _encode(self, text: str) -> list[int]:
        return self._tokenizer.encode(text, add_special_tokens=False).ids


def load_generator(
    directory: Path,
    *,
    device: str = "cpu",
    threads: int | None = None,
    deadline: timedelta | None = None,
    capacity: Capacity | None = None,
    precision: Precision | None = None,
    is_gated: bool = True,
    expected_version: str | None = None,
    no_repeat_ngram: int = 0,
) -> BloomGenerator:
    """The model in a checkpoint directory, ready to write; raises UnusableCheckpoint.

    `deadline` is the time one call may take. `threads` is torch's setting and holds for the whole process.
    Without a `precision` it is the fastest one that may be served; int8 may be where gate.py says so, and only a
    comparison goes past it. Files of another version than the expected are refused.
    `no_repeat_ngram` keeps a small model from going round in circles: no run of so many tokens is written twice.
    """
    if threads is not None:
        torch.set_num_threads(threads)
    before = identities(directory)
    version = model_version(directory)
    if expected_version not in (None, version):
        raise UnusableCheckpoint(f"The files are of version {version}, not {expected_version}.")
    if is_gated or precision is None:
        precision = choose(directory, version=version, device=device, asked=precision)
    try:
        model = Bloom.load(directory, device=device, precision=precision)
        tokenizer = read_tokenizer(directory, config=model.config)
        limits = read_limits(directory, config=model.config)
        engine = Engine(model, capacity=capacity)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise UnusableCheckpoint("There is not enough memory for this model beside what is loaded.") from error
    if identities(directory) != before:
        raise UnusableCheckpoint("The files were changed while they were read.")
    if limits.max_prompt_tokens + limits.max_new_tokens > engine.max_tokens:
        raise UnusableCheckpoint(f"The longest prompt and its completion need more than {engine.max_tokens} tokens.")
    options = SamplingOptions(
        max_new_tokens=limits.max_new_tokens,
        stop_tokens=model.config.end_tokens,
        no_repeat_ngram=no_repeat_ngram,
    )
    engine.start()
    return BloomGenerator(
        engine,
        tokenizer,
        limits=limits,
        options=options,
        model_version=version,
        deadline=deadline,
        precision=precision,
        is_native=model.is_native,
    )


def read_tokenizer(directory: Path, *, config: BloomConfig) -> Tokenizer:
    """The checkpoint's tokenizer, which cuts nothing off, adds nothing, and reads control tokens as plain text."""
    return literal(opened_tokenizer(directory), vocabulary_size=config.vocabulary_size, end_tokens=config.end_tokens)


def check(directory: Path) -> str:
    """The version of a checkpoint that may serve: all of it read once, as `load_generator` does, and nothing kept.

    Raises UnusableCheckpoint. A model of 560 million parameters takes as long as reading its files twice.
    """
    before = identities(directory)
    version = model_version(directory)
    config = read_config(directory)
    read_tokenizer(directory, config=config)
    read_limits(directory, config=config)
    weights = Weights(directory, config=config)
    for name in sorted(weights.names):
        weights.read(name)
    if identities(directory) != before:
        raise UnusableCheckpoint("The files were changed while they were read.")
    return version


def _all_or_none(futures: list[Future[list[int]]]) -> list[list[int]]:
    """Every result; at the first failure, that failure."""
    done, _ = wait(futures, return_when=FIRST_EXCEPTION)
    try:
        for future in done:
            future.result()
        return [future.result() for future in futures]
    except CancelledError as error:
        raise GeneratorStopped("The engine was closed before the text was written.") from error
