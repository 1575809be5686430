"""Amazon Connect Contact Lens (voice, chat, streamed segments) and Transcribe Call Analytics, which is nearly the same.

A turn names its participant, whose role stands in a list, or its role itself; a chat's turns have moments instead of
offsets. https://docs.aws.amazon.com/connect/latest/adminguide/contact-lens-example-output-files.html
"""

from collections.abc import Iterator
from datetime import datetime

from summarizer.conversation import Channel, Conversation, Role, Turn
from summarizer.errors import EmptyConversation
from summarizer.formats.node import Node, begins_as_object
from summarizer.formats.speakers import Cast, role_of

_SAID = ("text/plain", "text/markdown")


def read(raw: bytes) -> Conversation:
    """The conversation in an analysis file or in the segments of a stream; partial utterances are passed over."""
    document = Node.of(raw, what="a Contact Lens analysis")
    roles = {one.text("ParticipantId"): one.text("ParticipantRole") or "" for one in document.nodes("Participants")}
    said = [turn for turn in _said(document) if turn.text("Content")]
    if not said:
        raise EmptyConversation(_why_empty(document), pointer=document.at("Transcript"))
    moments = [moment for turn in said if (moment := turn.moment("AbsoluteTime")) is not None]
    origin = min(moments, default=None)
    cast = Cast()
    return Conversation(
        turns=tuple(_turn(turn, roles=roles, origin=origin, cast=cast) for turn in said),
        participants=cast.participants,
        channel=Channel.CHAT if (document.text("Channel") or "").upper() == "CHAT" else Channel.VOICE,
        language=document.text("LanguageCode"),
        started_at=origin,
        external_id=document.text("ContactId")
        or document.node("CustomerMetadata").text("ContactId")
        or document.text("JobName"),
    )


def recognizes(raw: bytes) -> bool:
    """Has it turns with a participant, or segments of a stream?"""
    has_turns = any(field in raw for field in (b'"Transcript"', b'"Segments"'))
    return begins_as_object(raw) and has_turns and (b'"Participant' in raw or b'"Segments"' in raw)


def _said(document: Node) -> Iterator[Node]:
    """Turns that are words: no event, no attachment, no card."""
    for segment in document.nodes("Segments"):
        if "Transcript" in segment.fields:
            yield segment.node("Transcript")
    for turn in document.nodes("Transcript"):
        is_message = (turn.text("Type") or "MESSAGE") == "MESSAGE"
        if is_message and (turn.text("ContentType") or _SAID[0]).split(";")[0] in _SAID:
            yield turn


def _turn(turn: Node, *, roles: dict[str | None, str], origin: datetime | None, cast: Cast) -> Turn:
    participant = turn.text("ParticipantId")
    word = turn.text("ParticipantRole") or roles.get(participant) or participant or ""
    role = Role.BOT if word.upper() == "SYSTEM" else role_of(word) or Role.UNKNOWN
    speaker = cast.member(participant or word, role=role, name=turn.text("DisplayName"))
    moment = turn.moment("AbsoluteTime")
    if moment is not None and origin is not None:
        return Turn(speaker, turn.text("Content") or "", round((moment - origin).total_seconds() * 1000))
    return Turn(
        speaker, turn.text("Content") or "", _offset(turn, "BeginOffsetMillis"), _offset(turn, "EndOffsetMillis")
    )


def _offset(turn: Node, name: str) -> int | None:
    number = turn.number(name)
    return None if number is None else round(number)


def _why_empty(document: Node) -> str:
    if any("Utterance" in segment.fields for segment in document.nodes("Segments")):
        return "there are partial utterances only; send the segments that hold transcripts"
    return "nobody says anything"
