"""Stand-ins behind our own seams: a model that answers as told, a bell that remembers."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from summarizer.generate import NO_PATIENCE, Completion, Prompt
from summarizer.kinds import Kind

GROUNDED = (
    "Reason: The customer's card fell into the water at the terminal.\nActions: The agent ordered the replacement card."
)


class FakeGenerator:
    """Answers each prompt with what the function says; a token is a word."""

    model_version = "0" * 64

    def __init__(self, answer: Callable[[str], str] = lambda _: GROUNDED, *, max_prompt_tokens: int = 400) -> None:
        self.answer = answer
        self.max_prompt_tokens = max_prompt_tokens
        self.prompts: list[str] = []
        self.patience = NO_PATIENCE

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def __call__(self, prompts: Sequence[Prompt], *, patience: timedelta = NO_PATIENCE) -> list[Completion]:
        self.patience = patience
        self.prompts += [one.text + one.begun for one in prompts]
        return [Completion(self.answer(one.text + one.begun), len(one.text.split()), 10) for one in prompts]


class FakeBell:
    """Remembers which jobs it was rung for."""

    def __init__(self, *, is_working: bool = True, is_empty: bool = False) -> None:
        self.is_working = is_working
        self.is_empty = is_empty  #: as after it has lost all messages
        self.rung: list[tuple[Kind, UUID, UUID]] = []
        self.levels: list[int] = []

    def ring(self, kind: Kind, tenant_id: UUID, job_id: UUID, *, level: int) -> bool:
        self.rung.append((kind, tenant_id, job_id))
        self.levels.append(level)
        return self.is_working

    def silent(self) -> frozenset[Kind]:
        return frozenset(Kind) if self.is_empty else frozenset()

    def taken(self, *kinds: Kind) -> list[tuple[UUID, UUID]]:
        """Tenant and job of each ring of these kinds, which are forgotten."""
        taken = [(tenant_id, job_id) for kind, tenant_id, job_id in self.rung if kind in kinds]
        self.rung = [one for one in self.rung if one[0] not in kinds]
        return taken


class FakeNight:
    """A night's process, which runs until it is told that it is over."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.is_terminated = False

    def poll(self) -> int | None:
        return self.status

    def terminate(self) -> None:
        self.is_terminated = True
