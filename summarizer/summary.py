"""What the model says of a conversation, before and after it was checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
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


class SectionName(StrEnum):
    """What a tenant can ask to read, in the order in which it is read unless they say another."""

    HEADLINE = "headline"  #: at most twelve words
    REASON = "reason"
    ACTIONS = "actions"
    RESOLUTION = "resolution"  #: a class and what is said of it
    FOLLOW_UPS = "follow_ups"  #: who still has to do what, by when
    CONCISE = "concise"  #: the narrative, short
    DETAILED = "detailed"  #: the narrative, long
    SATISFACTION = "satisfaction"  #: how the customer felt at the end
    DISPOSITION = "disposition"  #: a wrap-up code of the tenant's own list
    ENTITIES = "entities"  #: what the tenant wants to know of each contact, as it was said


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
    score: float = 1.0  #: how well its evidence holds it, 0 to 1; a quotation is held wholly


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a section that lists: a follow-up, a wrap-up code that may fit, a detail."""

    name: str  #: whose it is to do, the code, the detail's name
    text: str | None  #: what is to be done, the code's label, the detail as it was said; None if nobody says it
    due: date | None = None
    score: float | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a summary as a reader gets it, in the reader's language as far as the words are ours."""

    name: SectionName
    heading: str
    text: str  #: "not stated" where the conversation does not say
    is_stated: bool
    value: str | None = None  #: the class or the code
    score: float | None = None  #: how well the evidence holds the sentences; how likely a class or a code is right
    evidence: tuple[Evidence, ...] = ()
    items: tuple[Item, ...] = ()


def mean_score(claims: Sequence[Claim]) -> float:
    """How well the evidence holds them all, 0 to 1; 0 when there is none."""
    return sum(claim.score for claim in claims) / max(len(claims), 1)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a summary took."""

    seconds: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    num_windows: int = 0
    num_statements: int = 0  #: of the drafts, after a repair
    num_repaired: int = 0  #: of these, those kept that were written at the second attempt
    num_dropped: int = 0  #: of these, those that failed a check


@dataclass(frozen=True, slots=True)
class Summary:
    """Claims in reading order; without any, `reason` says why."""

    claims: tuple[Claim, ...]
    reason: NoSummary | None = None
    usage: Usage = Usage()
    sections: tuple[Section, ...] = ()
    language: str | None = None  #: of the words that are ours

    def __post_init__(self) -> None:
        if bool(self.claims) is (self.reason is not None):
            raise ValueError("a summary has either claims or a reason why it has none")

    @property
    def text(self) -> str:
        """All sentences in reading order."""
        return " ".join(claim.text for claim in self.claims)

    @property
    def score(self) -> float:
        """How well the evidence holds the sentences, 0 to 1."""
        return mean_score(self.claims)

    @property
    def kind(self) -> Kind | None:
        """Extractive when no sentence is the model's own; None when there is no sentence."""
        if not self.claims:
            return None
        return Kind.GENERATED if any(claim.kind is Kind.GENERATED for claim in self.claims) else Kind.EXTRACTIVE
