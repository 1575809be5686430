"""Google CX Insights and Agent Assist: entries with a role, and times in microseconds since 1970.

https://cloud.google.com/contact-center/insights/docs/conversation-data-format
"""

from datetime import UTC, datetime

from summarizer.conversation import Conversation, Role, Turn
from summarizer.errors import InvalidTranscript
from summarizer.formats.node import Node, begins_as_object
from summarizer.formats.speakers import Cast, role_of

_SECOND_US = 1_000_000


def read(raw: bytes) -> Conversation:
    """The conversation in a file of entries; times count from the whole second of the first."""
    document = Node.of(raw, what="a Google conversation")
    entries = list(document.nodes("entries"))
    first_us = next((at for entry in entries if (at := entry.number("start_timestamp_usec")) is not None), None)
    origin_us = None if first_us is None else first_us // _SECOND_US * _SECOND_US
    cast = Cast()
    return Conversation(
        turns=tuple(_turn(entry, origin_us=origin_us, cast=cast) for entry in entries),
        participants=cast.participants,
        started_at=None if origin_us is None else datetime.fromtimestamp(origin_us / _SECOND_US, UTC),
    )


def recognizes(raw: bytes) -> bool:
    """Has it entries with texts?"""
    return begins_as_object(raw) and b'"entries"' in raw and b'"text"' in raw and b'"role"' in raw


def _turn(entry: Node, *, origin_us: float | None, cast: Cast) -> Turn:
    text = entry.text("text")
    if text is None:
        raise InvalidTranscript("an entry has a text", pointer=entry.at("text"))
    word = (entry.text("role") or "").casefold()
    key = entry.fields.get("user_id", entry.fields.get("uid"))
    speaker = cast.member((word, str(key)), role=role_of(word) or Role.UNKNOWN)
    at_us = entry.number("start_timestamp_usec")
    start_ms = None if at_us is None or origin_us is None else max(0, round((at_us - origin_us) / 1000))
    return Turn(speaker, text, start_ms)
