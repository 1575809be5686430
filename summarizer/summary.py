"""What the model says of a conversation, before and after it was checked."""

from dataclasses import dataclass
from enum import StrEnum


class Aspect(StrEnum):
    """The named parts of a summary, in the order in which they are read."""

    SUMMARY = "summary"  #: narrative that belongs to no other part
    REASON = "reason"  #: why the customer made contact
    ACTIONS = "actions"  #: what the agent did
    RESOLUTION = "resolution"  #: how it ended
    FOLLOW_UPS = "follow_ups"  #: what somebody still has to do


class Outcome(StrEnum):
    """How the contact ended, as a class."""

    RESOLVED = "resolved"
    PARTIAL = "partial"
    UNRESOLVED = "unresolved"
    NOT_APPLICABLE = "not_applicable"


class Kind(StrEnum):
    """Who wrote the sentences."""

    GENERATED = "generated"  #: the model; every sentence was checked
    EXTRACTIVE = "extractive"  #: nobody; they are quotations from the conversation


class NoSummary(StrEnum):
    """Why an accepted conversation has no summary."""

    NOTHING_SAID = "nothing_said"  #: greetings and filler only
    NOISE_ONLY = "noise_only"  #: noise and hesitation, no words that say anything
    ONE_PARTY = "one_party"  #: a call of which only one side was transcribed
    IVR_ONLY = "ivr_only"  #: a voice menu, and a caller who does no more than choose
    VOICEMAIL = "voicemail"  #: a greeting that asks for a message, and the message
    MODEL_FAILURE = "model_failure"  #: the model failed at every attempt
    DEADLINE_EXCEEDED = "deadline_exceeded"  #: no attempt ended in the time a job may take
    WORKER_LOST = "worker_lost"  #: the worker died at every attempt


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of a draft; nobody has checked it yet."""

    aspect: Aspect
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A completion once parsed and not yet grounded."""

    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Characters `start` to `end` (exclusive) of the turn at index `turn`."""

    turn: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of a summary and the turns that support it."""

    aspect: Aspect
    text: str
    evidence: tuple[Evidence, ...]
    kind: Kind = Kind.GENERATED


@dataclass(frozen=True, slots=True)
class Usage:
    """What a summary took."""

    seconds: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    num_windows: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """Claims in reading order; without any, `reason` says why."""

    claims: tuple[Claim, ...]
    reason: NoSummary | None = None
    usage: Usage = Usage()

    def __post_init__(self) -> None:
        if bool(self.claims) is (self.reason is not None):
            raise ValueError("a summary has either claims or a reason why it has none")

    @property
    def text(self) -> str:
        """All sentences in reading order."""
        return " ".join(claim.text for claim in self.claims)

    @property
    def kind(self) -> Kind | None:
        """Extractive when no sentence is the model's own; None when there is no sentence."""
        if not self.claims:
            return None
        return Kind.GENERATED if any(claim.kind is Kind.GENERATED for claim in self.claims) else Kind.EXTRACTIVE
