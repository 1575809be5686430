"""Genesys Cloud: the transcript behind a `transcripturl`, and the words of a live transcription notice.

A phrase is only `internal` or `external`; which agent or whether the voice menu spoke follows from who was on the line
then. `decoratedText` has the punctuation and is preferred.
https://developer.genesys.cloud/analyticsdatamanagement/speechtextanalytics/transcript-url
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from summarizer.conversation import Channel, Conversation, Role, Turn, Wait, WaitKind
from summarizer.errors import EmptyConversation, InvalidTranscript
from summarizer.formats.node import Node, begins_as_object
from summarizer.formats.speakers import Cast

_CHANNELS = {"call": Channel.VOICE, "chat": Channel.CHAT, "email": Channel.EMAIL}
_INTERNAL = {"agent": Role.AGENT, "user": Role.AGENT, "supervisor": Role.SUPERVISOR} | dict.fromkeys(
    ("ivr", "acd", "workflow", "voicemail", "botflow", "bot", "dialer"), Role.BOT
)


@dataclass(frozen=True, slots=True)
class _Present:
    """Somebody on our side of the line, from when to when, in epoch milliseconds."""

    role: Role
    id: str
    start: float
    end: float
    queue: str | None


def read(raw: bytes) -> Conversation:
    """The conversation in a transcript file; times count from the transcript's start."""
    document = Node.of(raw, what="a Genesys transcript")
    transcripts = list(document.nodes("transcripts"))
    phrases = sorted(
        (phrase for transcript in transcripts for phrase in transcript.nodes("phrases") if _words(phrase)),
        key=lambda phrase: phrase.number("startTimeMs") or 0,
    )
    if not phrases:
        raise EmptyConversation("there are no phrases", pointer=document.at("transcripts"))
    origin = document.epoch_ms("startTime") or document.epoch_ms("conversationStartTime")
    present = [one for each in document.nodes("participants") if (one := _present(each)) is not None]
    cast = Cast()
    return Conversation(
        turns=tuple(_turn(phrase, present=present, origin=origin, cast=cast) for phrase in phrases),
        participants=cast.participants,
        channel=_CHANNELS.get((document.text("mediaType") or "call").casefold(), Channel.MESSAGE),
        language=next((tag for each in transcripts if (tag := each.text("language"))), None),
        started_at=None if origin is None else datetime.fromtimestamp(origin / 1000, UTC),
        external_id=document.text("conversationId"),
        queue=next((one.queue for one in present if one.role is Role.AGENT and one.queue), None),
        waits=() if origin is None else tuple(_waits(document, origin=origin)),
    )


def recognizes(raw: bytes) -> bool:
    """Has it phrases in transcripts?"""
    return begins_as_object(raw) and b'"transcripts"' in raw and b'"phrases"' in raw


def _turn(phrase: Node, *, present: Sequence[_Present], origin: float | None, cast: Cast) -> Turn:
    start = phrase.number("startTimeMs")
    speaker = _speaker(phrase, at=start, present=present, cast=cast)
    text = _words(phrase) or ""
    if start is None or origin is None or start < origin:
        return Turn(speaker, text)
    length = phrase.node("duration").number("milliseconds")
    start_ms = round(start - origin)
    return Turn(speaker, text, start_ms, None if length is None else start_ms + round(length))


def _speaker(phrase: Node, *, at: float | None, present: Sequence[_Present], cast: Cast) -> str:
    purpose = (phrase.text("participantPurpose") or "").casefold()
    if purpose in ("external", "customer"):
        return cast.member("customer", role=Role.CUSTOMER)
    if purpose != "internal" and purpose not in _INTERNAL:
        return cast.member("unknown")
    there = [one for one in present if at is not None and one.start <= at < one.end]
    # While an agent is on the line, a voice menu that was not ended in the record is not speaking.
    there.sort(key=lambda one: (one.role is Role.BOT, -one.start))
    if there:
        return cast.member(there[0].id, role=there[0].role)
    return cast.member("internal", role=_INTERNAL.get(purpose, Role.AGENT))


def _present(participant: Node) -> _Present | None:
    purpose = (participant.text("participantPurpose") or "").casefold()
    if purpose not in _INTERNAL:
        return None
    return _Present(
        _INTERNAL[purpose],
        participant.text("userId") or purpose,
        participant.number("startTimeMs") or 0,
        participant.number("endTimeMs") or float("inf"),
        participant.text("queueId"),
    )


def _waits(document: Node, *, origin: float) -> Iterator[Wait]:
    """Times in a queue after the transcript has begun: between two agents."""
    for participant in document.nodes("participants"):
        start, end = participant.number("startTimeMs"), participant.number("endTimeMs")
        is_queue = (participant.text("participantPurpose") or "").casefold() == "acd"
        if is_queue and start is not None and end is not None and origin < start <= end:
            yield Wait(WaitKind.QUEUE, round(start - origin), round(end - origin))


def _words(phrase: Node) -> str | None:
    text = phrase.text("decoratedText") or phrase.text("text")
    if text is None:
        raise InvalidTranscript("a phrase has a text", pointer=phrase.at("text"))
    return text.strip() or None
