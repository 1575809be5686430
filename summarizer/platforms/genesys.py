"""Genesys Cloud: which conversation ended, said by its event bus or its notification socket through a forwarder.

Nothing that Genesys sends of a conversation's end holds the words, so a courier fetches the transcript.
https://developer.genesys.cloud/notificationsalerts/notifications/available-topics
"""

import re
from uuid import UUID

from summarizer.errors import InvalidTranscript
from summarizer.formats import genesys as transcript
from summarizer.formats.node import Node
from summarizer.platforms import bus
from summarizer.platforms.received import Posted, Received, Sender, delivery_id, event_type, when
from summarizer.platforms.transcripts import transcript_in
from summarizer.signatures import api_key, genesys

_SIGNATURE = dict.fromkeys(("signature_header", "signature_prefix", "signature_encoding"), str)
_API = dict.fromkeys(("region", "api_url", "login_url"), str)  # of whoever fetches
OPTIONS: dict[str, type] = {"forwarder": bool, **_SIGNATURE, **_API}
CREDENTIALS = frozenset({"client_id", "client_secret"})

_ENDED = re.compile(r"v2\.detail\.events\.conversation\.(?P<id>[^.]+)\.(?:customer\.end|user\.end|acw)")
_TRANSCRIPTION = re.compile(r"v2\.conversations\.(?P<id>[^.]+)\.transcription")
_SESSION_ENDED = "SESSION_ENDED"


def receive(posted: Posted, sender: Sender) -> Received:
    """What an event brings: a conversation to fetch when it says that one ended, or the transcript that it is."""
    _authenticate(posted, sender)
    document = Node.of(posted.raw, what="an event")
    if transcript.recognizes(posted.raw):
        return Received(delivery_id(None, posted.raw), "transcript", transcript_in(document))
    envelope = bus.opened(document) or bus.Envelope(None, None, None, document)
    topic, body = envelope.detail.text("topicName"), envelope.detail.node("eventBody")
    conversation_id = _ended(topic or "", body)
    return Received(
        delivery_id(envelope.id, posted.raw),
        event_type(_name(topic) or envelope.type),
        as_of=envelope.time or when(body, "eventTime"),
        resource=None if conversation_id is None else {"conversation_id": conversation_id},
    )


def _authenticate(posted: Posted, sender: Sender) -> None:
    options = sender.options
    if options.get("forwarder"):
        api_key.check(posted.headers, secrets=sender.secrets)
        return
    genesys.check(
        posted.raw,
        posted.headers,
        secrets=sender.secrets,
        header=options.get("signature_header", genesys.HEADER),
        prefix=options.get("signature_prefix", genesys.PREFIX),
        encoding=options.get("signature_encoding", "base64"),
    )


def _ended(topic: str, body: Node) -> str | None:
    """The id of the conversation that this says is over, None when it says something else."""
    found = _ENDED.fullmatch(topic)
    if found is None:
        found = _TRANSCRIPTION.fullmatch(topic)
        if found is None or body.node("status").text("status") != _SESSION_ENDED:
            return None
    try:
        return str(UUID(body.text("conversationId") or found["id"]))
    except ValueError:
        raise InvalidTranscript("must be the UUID of a conversation", pointer=body.at("conversationId")) from None


def _name(topic: str | None) -> str | None:
    """A topic without the conversation's id, as there are a few of them and not one for each call."""
    return topic and re.sub(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "{id}", topic)
