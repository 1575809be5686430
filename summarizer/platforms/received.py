"""What was posted, by whom, and what it brings: the values that go into and come out of every platform."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from summarizer.conversation import Conversation
from summarizer.errors import InvalidTranscript, Unavailable
from summarizer.formats.node import Node

MAX_NAME_CHARACTERS = 255
UNNAMED = "unnamed"  #: the type of an event that does not say what it is


def _nothing(_: str) -> bytes:
    raise Unavailable("no certificate can be fetched here")


@dataclass(frozen=True, slots=True)
class Posted:
    """One request to us."""

    raw: bytes
    headers: Mapping[str, str]
    url: str  #: the address that the platform was given, which a proxy may have changed on the way
    media_type: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Who says to have sent it: the secrets, newest first, each of them good."""

    secrets: tuple[str, ...] = field(repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)
    fetch: Callable[[str], bytes] = _nothing  #: gets a certificate by its address


@dataclass(frozen=True, slots=True)
class Received:
    """What one event brings, once its signature was good."""

    delivery_id: str  #: the same for the same event, however often it is delivered
    event_type: str
    conversation: Conversation | None = None
    as_of: datetime | None = None  #: when the sender says that it happened
    resource: Mapping[str, str] | None = None  #: what a courier must fetch
    reply: Mapping[str, str] | None = None  #: what must be answered at once

    @property
    def is_known(self) -> bool:
        """Whether it brings anything at all."""
        return any(one is not None for one in (self.conversation, self.resource, self.reply))


def delivery_id(given: str | None, raw: bytes) -> str:
    """The sender's id of an event, or the hash of its bytes when there is none of a usable length."""
    return given if given and len(given) <= MAX_NAME_CHARACTERS else hashlib.sha256(raw).hexdigest()


def event_type(name: str | None) -> str:
    """An event's name as we keep it."""
    return (name or UNNAMED)[:MAX_NAME_CHARACTERS]


def when(node: Node, *names: str) -> datetime | None:
    """A moment in ISO 8601 or epoch milliseconds; None when no field holds one, for an event is kept without it."""
    for name in names:
        try:
            text = node.fields.get(name)
            if isinstance(text, str):
                return node.moment(name)
            milliseconds = node.number(name)
            if milliseconds is not None:
                return datetime.fromtimestamp(milliseconds / 1000, UTC)
        except (InvalidTranscript, ValueError, OverflowError, OSError):
            continue
    return None
