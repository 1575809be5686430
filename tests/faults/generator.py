"""A model that writes at once, always the same for the same call, and breaks where a call tells it to."""

import os
import re
import signal
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from summarizer.engine.files import model_version
from summarizer.engine.linear import Precision
from summarizer.generate import NO_PATIENCE, Completion, Prompt
from summarizer.settings import ModelSettings
from summarizer.store.model_versions import Version

SECONDS = float(os.environ.get("PROMPT_SECONDS", "0.03"))  #: for one prompt
COMPUTES = "PROMPT_COMPUTES" in os.environ  #: in that time, on one core; else it waits, as for a device
CRASH, HANG, SLOW, LONG = "crash the process", "hang for ever", "take your time", "take a whole minute"
PAUSES = {SLOW: 3.0, LONG: 60.0}  #: seconds
_CUSTOMER = re.compile(r"^Customer: (.+)$", re.MULTILINE)


class Deterministic:
    """A Generator: the customer's first words are the reason."""

    precision = Precision.FP32
    is_native = False
    max_prompt_tokens = 2_000

    def __init__(self, version: str) -> None:
        self.model_version = version

    def count_tokens(self, text: str) -> int:
        """A token is a word."""
        return len(text.split())

    def __call__(
        self,
        prompts: Sequence[Prompt],
        *,
        patience: timedelta = NO_PATIENCE,  # noqa: ARG002  # nobody waits for this model
    ) -> list[Completion]:
        """Completions in the order of their prompts."""
        return [self._completion(one) for one in prompts]

    def for_one_attempt(self) -> "Deterministic":
        """Itself: it knows no deadline."""
        return self

    def close(self, *, drain: bool = True) -> None:
        """Nothing is open."""

    def _completion(self, prompt: Prompt) -> Completion:
        text = prompt.text
        if CRASH in text:
            os.kill(os.getpid(), signal.SIGSEGV)
        if HANG in text:
            time.sleep(3600)
        pause = next((seconds for words, seconds in PAUSES.items() if words in text), SECONDS)
        _compute(pause) if COMPUTES else time.sleep(pause)
        said = _CUSTOMER.search(text)
        written = f"Reason: {said[1]}" if said else ""
        return Completion(written, self.count_tokens(text), self.count_tokens(written))


def _compute(seconds: float) -> None:
    """So many seconds of one core, however many threads want it."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def load(settings: ModelSettings, version: Version | None = None) -> Deterministic:
    """The model for a checkpoint: its version is that of the files, which must be there."""
    directory = Path(version.directory) if version else settings.model_dir
    return Deterministic(model_version(directory))
