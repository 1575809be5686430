"""One request on its way through the engine; all that is known of it is here."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from random import Random

from summarizer.engine.cache import Holding
from summarizer.engine.sampling import SamplingOptions
from summarizer.engine.speculation import Lookup


@dataclass(slots=True)
class Meter:
    """What one sequence took of the device; the engine fills it until the sequence's future is done."""

    device_seconds: float = 0.0  #: its share of each step, by the tokens that were run of it
    known_tokens: int = 0  #: of the prompt, found in memory when it was first admitted


@dataclass(slots=True, eq=False)
class Sequence:
    """A prompt, what has been written after it, and how much of both is in memory."""

    prompt: tuple[int, ...]
    options: SamplingOptions
    deadline: float | None = None  #: by the engine's clock, in seconds
    arrived: float = 0.0  #: by the same clock
    turn: float = 0.0  #: whose turn is earlier goes first, in seconds by the same clock
    future: Future[list[int]] = field(default_factory=Future)
    completion: list[int] = field(default_factory=list)
    num_cached: int = 0  #: tokens whose keys and values are in memory
    holding: Holding | None = None  #: while running
    meter: Meter = field(default_factory=Meter)
    random: Random = field(init=False)
    lookup: Lookup = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.options.seed)
        self.lookup = Lookup(self.prompt)

    @property
    def tokens(self) -> list[int]:
        """Prompt and completion."""
        return [*self.prompt, *self.completion]

    @property
    def max_tokens(self) -> int:
        """Prompt and completion at their longest."""
        return len(self.prompt) + self.options.max_new_tokens

    @property
    def num_pending(self) -> int:
        """Tokens to run before the next one can be chosen: the rest of the prompt, then one at a time."""
        return len(self.prompt) + len(self.completion) - self.num_cached

    @property
    def is_finished(self) -> bool:
        """Whether the completion is long enough or has come to a stop token."""
        is_stopped = bool(self.completion) and self.completion[-1] in self.options.stop_tokens
        return is_stopped or len(self.completion) >= self.options.max_new_tokens

    def pending(self, num_tokens: int) -> list[int]:
        """The next `num_tokens` to run."""
        start, end = self.num_cached, self.num_cached + num_tokens
        if end <= len(self.prompt):
            return list(self.prompt[start:end])
        return [*self.prompt[start:], *self.completion[max(start - len(self.prompt), 0) : end - len(self.prompt)]]

    def write(self, token: int) -> None:
        """The next token is chosen."""
        self.completion.append(token)
        self.lookup.append(token)

    def guess(self, num_tokens: int) -> list[int]:
        """At most so many tokens that may follow; the last token of a completion needs no guess."""
        return self.lookup.guess(min(num_tokens, self.options.max_new_tokens - len(self.completion) - 1))
