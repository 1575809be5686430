"""One contact between a customer and the contact center: who speaks, and every turn."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from summarizer.errors import EmptyConversation, InvalidTranscript, LimitExceeded
from summarizer.hidden import harmless

MAX_TURNS = 5_000
MAX_PARTICIPANTS = 50
MAX_TURN_CHARACTERS = 20_000
MAX_LEGS = 50
MAX_WAITS = 200


class Role(StrEnum):
    """Who a participant is to the contact center."""

    AGENT = "agent"  #: the contact center's employee
    CUSTOMER = "customer"
    BOT = "bot"  #: voice menu or chat bot
    SUPERVISOR = "supervisor"
    UNKNOWN = "unknown"  #: the transcript does not say


class Channel(StrEnum):
    """How the contact took place."""

    VOICE = "voice"
    CHAT = "chat"
    EMAIL = "email"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who speaks; `id` is unique within the conversation."""

    id: str
    role: Role = Role.UNKNOWN
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One participant's uninterrupted contribution; times are milliseconds from the conversation's start.

    The text loses what nobody sees and what a model could take for a sign of its own, whoever makes the turn.
    """

    participant: str
    text: str
    start_ms: int | None = None
    end_ms: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", harmless(self.text))


class WaitKind(StrEnum):
    """Why the customer has nobody to speak to."""

    HOLD = "hold"  #: an agent has left the line for a while
    QUEUE = "queue"  #: nobody has taken the call yet, or again


@dataclass(frozen=True, slots=True)
class Wait:
    """A time in which the customer waits, in milliseconds from the conversation's start."""

    kind: WaitKind
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Leg:
    """One agent's part of a transferred conversation: so many of its turns, from this one on."""

    id: str
    first_turn: int
    num_turns: int

    @property
    def turns(self) -> range:
        """Indices of its turns."""
        return range(self.first_turn, self.first_turn + self.num_turns)


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns in the order in which they were spoken, with everybody who speaks.

    Raises EmptyConversation, LimitExceeded or InvalidTranscript when created from something else.
    """

    turns: tuple[Turn, ...]
    participants: tuple[Participant, ...]
    channel: Channel = Channel.VOICE
    language: str | None = None  #: BCP 47, None if the transcript does not say
    started_at: datetime | None = None  #: with a time zone
    external_id: str | None = None  #: the platform's id
    queue: str | None = None
    as_of: datetime | None = None  #: with a time zone: when the sender had these words
    leg: str | None = None  #: the platform's id of the part that this is; None: it is the whole
    legs: tuple[Leg, ...] = ()  #: of a whole that was transferred, in their order
    waits: tuple[Wait, ...] = ()
    customer: str | None = None  #: the owner's name for the customer; it is never stored, only a hash of it is

    def __post_init__(self) -> None:
        _check_participants(self.participants)
        _check_turns(self.turns, known={participant.id for participant in self.participants})
        _check_legs(self.legs, num_turns=len(self.turns))
        _check_waits(self.waits)
        if self.leg is not None and self.legs:
            raise InvalidTranscript("a leg has no legs of its own", pointer="/legs")
        for name, moment in (("started_at", self.started_at), ("as_of", self.as_of)):
            if moment is not None and moment.tzinfo is None:
                raise InvalidTranscript("a moment needs a time zone", pointer=f"/{name}")

    def role_of(self, turn: Turn) -> Role:
        """The role of the one who speaks this turn."""
        return self.participant(turn.participant).role

    def participant(self, participant_id: str) -> Participant:
        """The participant with this id; every turn's is listed."""
        return next(one for one in self.participants if one.id == participant_id)

    @property
    def agents(self) -> tuple[str, ...]:
        """Ids of the agents who take part."""
        return tuple(one.id for one in self.participants if one.role is Role.AGENT)


def _check_participants(participants: tuple[Participant, ...]) -> None:
    if len(participants) > MAX_PARTICIPANTS:
        raise LimitExceeded(f"more than {MAX_PARTICIPANTS} participants", pointer="/participants")
    seen: set[str] = set()
    for index, participant in enumerate(participants):
        if participant.id in seen:
            raise InvalidTranscript("two participants have the same id", pointer=f"/participants/{index}/id")
        seen.add(participant.id)


def _check_legs(legs: tuple[Leg, ...], *, num_turns: int) -> None:
    if len(legs) > MAX_LEGS:
        raise LimitExceeded(f"more than {MAX_LEGS} legs", pointer="/legs")
    if len({leg.id for leg in legs}) < len(legs):
        raise InvalidTranscript("two legs have the same id", pointer="/legs")
    end = 0
    for index, leg in enumerate(legs):
        if leg.first_turn < end or leg.num_turns < 1 or leg.turns.stop > num_turns:
            raise InvalidTranscript("legs follow each other and hold turns", pointer=f"/legs/{index}")
        end = leg.turns.stop


def _check_waits(waits: tuple[Wait, ...]) -> None:
    if len(waits) > MAX_WAITS:
        raise LimitExceeded(f"more than {MAX_WAITS} waits", pointer="/waits")
    for index, wait in enumerate(waits):
        if not 0 <= wait.start_ms <= wait.end_ms:
            raise InvalidTranscript("a wait cannot end before it starts", pointer=f"/waits/{index}/end_ms")


def _check_turns(turns: tuple[Turn, ...], *, known: set[str]) -> None:
    if len(turns) > MAX_TURNS:
        raise LimitExceeded(f"more than {MAX_TURNS} turns", pointer="/turns")
    if not any(turn.text.strip() for turn in turns):
        raise EmptyConversation("nobody says anything", pointer="/turns")
    for index, turn in enumerate(turns):
        _check_turn(turn, pointer=f"/turns/{index}", known=known)


def _check_turn(turn: Turn, *, pointer: str, known: set[str]) -> None:
    if turn.participant not in known:
        raise InvalidTranscript("the participant is not listed", pointer=f"{pointer}/participant")
    if len(turn.text) > MAX_TURN_CHARACTERS:
        raise LimitExceeded(f"a turn of more than {MAX_TURN_CHARACTERS} characters", pointer=f"{pointer}/text")
    if turn.start_ms is not None and turn.start_ms < 0:
        raise InvalidTranscript("a turn cannot start before the conversation", pointer=f"{pointer}/start_ms")
    if turn.end_ms is not None and turn.end_ms < (turn.start_ms or 0):
        raise InvalidTranscript("a turn cannot end before it starts", pointer=f"{pointer}/end_ms")
