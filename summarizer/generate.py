"""The one seam through which prompts become completions; engines stand behind it, the domain before it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

#: May the text `written` go on with `more`? What ends a text counts as a line break.
Accepts = Callable[[str, str], bool]
NO_PATIENCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model reads, and what it may write."""

    text: str
    begun: str = ""  #: of the completion, as if the model had written it; it goes on after it
    accepts: Accepts | None = None  #: from all of the completion so far; None accepts everything


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model wrote for one prompt, without what was begun."""

    text: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = field(default=0, compare=False)  #: of the prompt, that nobody had to read again
    device_seconds: float = field(default=0.0, compare=False)  #: its share of our own device; 0: somebody else's


class Generator(Protocol):
    """A model that writes; safe to call from many threads at once."""

    @property
    def model_version(self) -> str:
        """SHA-256 that names weights, tokenizer and configuration together."""

    @property
    def max_prompt_tokens(self) -> int:
        """The longest prompt the model reads without loss."""

    def count_tokens(self, text: str) -> int:
        """How many tokens this model makes of a text."""

    def __call__(self, prompts: Sequence[Prompt], *, patience: timedelta = NO_PATIENCE) -> list[Completion]:
        """Completions in the order of their prompts; calls that come so much later go first. Raises ModelFailure."""


class Opened(Generator, Protocol):
    """A generator that a process keeps open for many attempts."""

    def for_one_attempt(self) -> Generator:
        """The same generator, but all calls together have the time that else each of them has."""

    def close(self, *, drain: bool = True) -> None:
        """Finish what has been asked for, or cancel it, and take nothing more."""


class Around:
    """Does as the generator that it stands around; who inherits writes completions in a way of its own."""

    __slots__ = ()
    generator: Generator

    @property
    def model_version(self) -> str:
        """The generator's."""
        return self.generator.model_version

    @property
    def max_prompt_tokens(self) -> int:
        """The generator's."""
        return self.generator.max_prompt_tokens

    def count_tokens(self, text: str) -> int:
        """The generator's."""
        return self.generator.count_tokens(text)


@dataclass(frozen=True, slots=True)
class Patient(Around):
    """A generator whose every call has this patience: a backfill, beside agents who wait."""

    generator: Generator
    patience: timedelta

    def __call__(self, prompts: Sequence[Prompt], *, patience: timedelta = NO_PATIENCE) -> list[Completion]:
        """Completions, once nobody who is in a hurry waits."""
        return self.generator(prompts, patience=max(patience, self.patience))
