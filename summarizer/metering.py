"""What a conversation's prompts and completions came to, whichever backend wrote them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta

from summarizer.generate import NO_PATIENCE, Around, Completion, Generator, Prompt


@dataclass(frozen=True, slots=True)
class Meter:
    """Sums over prompts; tokens are the backend's own, characters compare one model with another."""

    num_prompts: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    prompt_characters: int = 0
    completion_characters: int = 0
    device_seconds: float = 0.0

    def __add__(self, other: "Meter") -> "Meter":
        return Meter(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


@dataclass(slots=True)
class Metered(Around):
    """A generator whose completions are counted; what a failed call took is known to nobody."""

    generator: Generator
    meter: Meter = field(default_factory=Meter)

    def __call__(self, prompts: Sequence[Prompt], *, patience: timedelta = NO_PATIENCE) -> list[Completion]:
        """Completions, counted."""
        completions = self.generator(prompts, patience=patience)
        for prompt, completion in zip(prompts, completions, strict=True):
            self.meter += _of(prompt, completion)
        return completions


def _of(prompt: Prompt, completion: Completion) -> Meter:
    return Meter(
        num_prompts=1,
        prompt_tokens=completion.prompt_tokens,
        completion_tokens=completion.completion_tokens,
        cached_tokens=completion.cached_tokens,
        prompt_characters=len(prompt.text) + len(prompt.begun),
        completion_characters=len(completion.text),
        device_seconds=completion.device_seconds,
    )
