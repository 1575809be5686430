"""One contact between a customer and the contact center: who speaks, and every turn."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from summarizer.errors import EmptyConversation, InvalidTranscript, LimitExceeded
from summarizer.hidden import harmless

MAX_TURNS = 5_000
MAX_PARTICIPANTS = 50
MAX_TURN_CHARACTERS = 20_000


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

    def __post_init__(self) -> None:
        _check_participants(self.participants)
        _check_turns(self.turns, known={participant.id for participant in self.participants})
        if self.started_at is not None and self.started_at.tzinfo is None:
            raise InvalidTranscript("a start needs a time zone", pointer="/started_at")

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
