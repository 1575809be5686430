"""The backend without a model: it drafts nothing, so every window is quoted."""

from collections.abc import Sequence
from datetime import timedelta

from summarizer.generate import NO_PATIENCE, Completion, Prompt

VERSION = "extractive-1"


class Extractive:
    """A Generator that writes nothing; what it reads is bounded so that a long call has quotations of every part."""

    model_version = VERSION
    max_prompt_tokens = 2_000

    def count_tokens(self, text: str) -> int:
        """A token is a word."""
        return len(text.split())

    def __call__(
        self,
        prompts: Sequence[Prompt],
        *,
        patience: timedelta = NO_PATIENCE,  # noqa: ARG002  # nobody waits for it
    ) -> list[Completion]:
        """An empty draft for each prompt."""
        return [Completion("", 0, 0) for _ in prompts]

    def for_one_attempt(self) -> "Extractive":
        """Itself: it takes no time."""
        return self

    def close(self, *, drain: bool = True) -> None:
        """Nothing is open."""
