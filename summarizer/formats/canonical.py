"""Our own shape: what the API takes as JSON, what is stored, and what every other format must fit into.

{"external_id", "channel", "language", "started_at", "queue", "customer",
 "participants": [{"id", "role", "name"}], "turns": [{"participant", "text", "start_ms", "end_ms"}]}
"""

import json
import re
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import langcodes
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from summarizer.conversation import (
    MAX_LEGS,
    MAX_PARTICIPANTS,
    MAX_TURN_CHARACTERS,
    MAX_TURNS,
    MAX_WAITS,
    Channel,
    Conversation,
    Leg,
    Participant,
    Role,
    Turn,
    Wait,
    WaitKind,
)
from summarizer.errors import EmptyConversation, InvalidTranscript, LimitExceeded, Problem
from summarizer.formats import strict_json

MAX_TIME_MS = 365 * 24 * 3_600_000
MAX_LABEL_CHARACTERS = 255
MAX_PROBLEMS = 100  # listed; a body can be wrong in more places than anybody reads
MAX_MEMBERS = 32  # of one object, far more than are known
FIRST_YEAR, LAST_YEAR = 1970, 2100

# C0, C1 and what reorders the text around it (Trojan Source, CVE-2021-42574).
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
# RFC 5646 without extensions and private use: language, script, region, variants.
_LANGUAGE = re.compile(
    r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)


def _label(text: str) -> str:
    if _INVISIBLE.search(text):
        raise ValueError("control or bidirectional characters are not allowed here")
    return text


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text) or not langcodes.tag_is_valid(text):
        raise ValueError("not a BCP 47 tag of a registered language")
    return text


def moment(text: object) -> datetime:
    """A point in time from RFC 3339 text, always with a zone; raises ValueError."""
    if isinstance(text, datetime):
        text = text.isoformat()
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise ValueError("not a date and time with a time zone (RFC 3339)")
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("no such date or time") from None
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise ValueError(f"not a year from {FIRST_YEAR} to {LAST_YEAR}")
    return instant


Label = Annotated[str, Field(min_length=1, max_length=MAX_LABEL_CHARACTERS), AfterValidator(_label)]
Language = Annotated[str, Field(max_length=35), AfterValidator(_language)]
Moment = Annotated[datetime, BeforeValidator(moment)]
Milliseconds = Annotated[int, Field(ge=0, le=MAX_TIME_MS)]
AnyRole = Annotated[Role, Field(strict=False)]
AnyChannel = Annotated[Channel, Field(strict=False)]
AnyWaitKind = Annotated[WaitKind, Field(strict=False)]


class CanonicalParticipant(BaseModel):
    """Somebody who speaks."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: Label = Field(description="Unique within the conversation; turns name it", examples=["agent"])
    role: AnyRole = Field(Role.UNKNOWN, description="Who this is to the contact center", examples=["agent"])
    name: Label | None = Field(None, description="As shown to people, if known", examples=["Maria Lopez"])


class CanonicalTurn(BaseModel):
    """One participant's uninterrupted contribution."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    participant: Label = Field(description="The id of a listed participant", examples=["agent"])
    text: str = Field(
        max_length=MAX_TURN_CHARACTERS,
        description="Kept as sent, but for what nobody sees",
        examples=["How can I help you?"],
    )
    start_ms: Milliseconds | None = Field(None, description="From the conversation's start", examples=[6310])
    end_ms: Milliseconds | None = Field(None, description="Not before `start_ms`", examples=[10450])


class CanonicalLeg(BaseModel):
    """One agent's part of a transferred conversation."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: Label = Field(description="Unique within the conversation", examples=["leg-1"])
    first_turn: int = Field(ge=0, lt=MAX_TURNS, description="Index of its first turn", examples=[0])
    num_turns: int = Field(ge=1, le=MAX_TURNS, description="How many turns it has", examples=[12])


class CanonicalWait(BaseModel):
    """A time in which the customer waits."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    kind: AnyWaitKind = Field(description="On hold, or in a queue", examples=["hold"])
    start_ms: Milliseconds = Field(description="From the conversation's start", examples=[90000])
    end_ms: Milliseconds = Field(description="Not before `start_ms`", examples=[120000])


class CanonicalConversation(BaseModel):
    """One contact between a customer and the contact center."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    external_id: Label | None = Field(None, description="The platform's id", examples=["call-2025-03-03-0001"])
    channel: AnyChannel = Field(Channel.VOICE, description="How the contact took place", examples=["voice"])
    language: Language | None = Field(None, description="BCP 47", examples=["en", "pt-BR", "zh-Hans-CN"])
    started_at: Moment | None = Field(
        None, description="RFC 3339, with a time zone", examples=["2025-03-03T15:00:00+00:00"]
    )
    queue: Label | None = Field(None, description="The queue or team it came to", examples=["cards"])
    customer: Label | None = Field(
        None,
        description="Your own name for the customer, such as a number in your CRM, by which all that is kept of them "
        "is exported and erased. Only a keyed hash of it is stored, so it is never read back",
        examples=["crm-48151"],
    )
    as_of: Moment | None = Field(
        None,
        description="When the sender had these words; of two transcripts that say so the later one counts, in whatever "
        "order they come",
        examples=["2025-03-03T15:09:00+00:00"],
    )
    leg: Label | None = Field(
        None,
        description="The platform's id of the part that this is, when a transferred contact comes in parts; parts of "
        "one `external_id` are put together. It does not begin with `#`",
        examples=["leg-1"],
    )
    legs: list[CanonicalLeg] | None = Field(
        None,
        max_length=MAX_LEGS,
        description="Of a transferred contact that comes as a whole; when not given they are told by who speaks",
        examples=[[{"id": "leg-1", "first_turn": 0, "num_turns": 12}]],
    )
    waits: list[CanonicalWait] | None = Field(
        None,
        max_length=MAX_WAITS,
        description="Times on hold or in a queue",
        examples=[[{"kind": "hold", "start_ms": 90000, "end_ms": 120000}]],
    )
    participants: list[CanonicalParticipant] = Field(
        max_length=MAX_PARTICIPANTS, description="Everybody who speaks", json_schema_extra={"minItems": 1}
    )
    turns: list[CanonicalTurn] = Field(
        max_length=MAX_TURNS, description="In the order in which they were spoken", json_schema_extra={"minItems": 1}
    )


def read(raw: bytes) -> Conversation:
    """The conversation in a canonical document; an InvalidTranscript lists everything that is wrong."""
    return from_document(strict_json.parse(raw))


def write(conversation: Conversation) -> bytes:
    """The inverse of read; what is unknown is left out."""
    return json.dumps(to_document(conversation), ensure_ascii=False).encode()


def recognizes(raw: bytes) -> bool:
    """Is it a JSON object with turns and participants? (Inside a JSON string a quote is escaped: these are tokens.)"""
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" and b'"turns"' in raw and b'"participants"' in raw


def from_document(document: object, *, pointer: str = "") -> Conversation:
    """The conversation in parsed JSON that stands at `pointer` of what was sent."""
    _check_limits(document, pointer=pointer)
    try:
        body = CanonicalConversation.model_validate(document)
    except ValidationError as error:
        raise _refusal(_problems(error, pointer=pointer)) from None
    contradictions = _contradictions(body, pointer=pointer)
    if contradictions:
        raise _refusal(contradictions)
    return _conversation(body, pointer=pointer)


def to_document(conversation: Conversation) -> dict[str, object]:
    """The conversation as JSON values; the inverse of from_document."""
    started_at = conversation.started_at
    return _known(
        external_id=conversation.external_id,
        channel=conversation.channel.value,
        language=conversation.language,
        started_at=started_at.isoformat() if started_at else None,
        queue=conversation.queue,
        customer=conversation.customer,
        as_of=conversation.as_of.isoformat() if conversation.as_of else None,
        leg=conversation.leg,
        legs=[asdict(leg) for leg in conversation.legs] or None,
        waits=[asdict(wait) for wait in conversation.waits] or None,
        participants=[_known(id=one.id, role=one.role.value, name=one.name) for one in conversation.participants],
        turns=[
            _known(participant=turn.participant, text=turn.text, start_ms=turn.start_ms, end_ms=turn.end_ms)
            for turn in conversation.turns
        ],
    )


def _known(**members: object) -> dict[str, object]:
    return {name: value for name, value in members.items() if value is not None}


def _conversation(body: CanonicalConversation, *, pointer: str) -> Conversation:
    try:
        return Conversation(
            turns=tuple(Turn(one.participant, one.text, one.start_ms, one.end_ms) for one in body.turns),
            participants=tuple(Participant(one.id, one.role, one.name) for one in body.participants),
            channel=body.channel,
            language=body.language,
            started_at=body.started_at,
            external_id=body.external_id,
            queue=body.queue,
            customer=body.customer,
            as_of=body.as_of,
            leg=body.leg,
            legs=tuple(Leg(one.id, one.first_turn, one.num_turns) for one in body.legs or ()),
            waits=tuple(Wait(one.kind, one.start_ms, one.end_ms) for one in body.waits or ()),
        )
    except InvalidTranscript as error:
        raise type(error)(error.detail, pointer=pointer + error.pointer) from None


def _check_limits(document: object, *, pointer: str) -> None:
    """Before validation, so that a body too large is refused as such and not as thousands of problems."""
    if not isinstance(document, dict):
        return
    for name, most in (("turns", MAX_TURNS), ("participants", MAX_PARTICIPANTS)):
        items = document.get(name)
        if isinstance(items, list) and len(items) > most:
            raise LimitExceeded(f"more than {most} {name}", pointer=f"{pointer}/{name}")
    _check_members(document, pointer=pointer)
    turns = document.get("turns")
    if turns == []:
        raise EmptyConversation("there are no turns", pointer=f"{pointer}/turns")
    for index, turn in enumerate(turns if isinstance(turns, list) else []):
        _check_members(turn, pointer=f"{pointer}/turns/{index}")
        text = turn.get("text") if isinstance(turn, dict) else None
        if isinstance(text, str) and len(text) > MAX_TURN_CHARACTERS:
            detail = f"a turn of more than {MAX_TURN_CHARACTERS} characters"
            raise LimitExceeded(detail, pointer=f"{pointer}/turns/{index}/text")


def _check_members(value: object, *, pointer: str) -> None:
    if isinstance(value, dict) and len(value) > MAX_MEMBERS:
        raise InvalidTranscript(f"an object with more than {MAX_MEMBERS} members", pointer=pointer)


def _problems(error: ValidationError, *, pointer: str) -> list[Problem]:
    found = []
    for one in error.errors(include_url=False, include_input=False, include_context=False):
        place = pointer
        for key in one["loc"]:
            place = strict_json.step(place, key)
        found.append(Problem(place, one["msg"].removeprefix("Value error, ")))
    return found


def _contradictions(body: CanonicalConversation, *, pointer: str) -> list[Problem]:
    """What each part may say and both together may not."""
    found = []
    known: set[str] = set()
    for index, participant in enumerate(body.participants):
        if participant.id in known:
            found.append(Problem(f"{pointer}/participants/{index}/id", "two participants have the same id"))
        known.add(participant.id)
    for index, turn in enumerate(body.turns):
        place = f"{pointer}/turns/{index}"
        if turn.participant not in known:
            found.append(Problem(f"{place}/participant", "the participant is not listed"))
        if turn.end_ms is not None and turn.end_ms < (turn.start_ms or 0):
            found.append(Problem(f"{place}/end_ms", "a turn cannot end before it starts"))
    return found


def _refusal(problems: list[Problem]) -> InvalidTranscript:
    first, more = problems[0], len(problems) - 1
    detail = f"{first.detail}, and {more} more" if more else first.detail
    return InvalidTranscript(detail, pointer=first.pointer, problems=tuple(problems[:MAX_PROBLEMS]))
