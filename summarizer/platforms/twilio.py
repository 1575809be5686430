"""Twilio Conversational Intelligence: the event names a transcript, whose sentences must be fetched.

https://www.twilio.com/docs/conversational-intelligence/api/service-resource#webhook
"""

import re
from urllib.parse import parse_qsl

from summarizer.errors import InvalidTranscript
from summarizer.formats.node import Node
from summarizer.platforms.received import Posted, Received, Sender, event_type
from summarizer.signatures import twilio

TRANSCRIPT_AVAILABLE = "voice_intelligence_transcript_available"
OPTIONS: dict[str, type] = {"base_url": str}
CREDENTIALS = frozenset({"account_sid", "auth_token"})

_TRANSCRIPT = re.compile(r"GT[0-9a-f]{32}")
_SERVICE = re.compile(r"GA[0-9a-f]{32}")


def receive(posted: Posted, sender: Sender) -> Received:
    """What an event brings, sent as a form or as JSON; results of their own operators bring nothing."""
    delivery = twilio.check(
        posted.raw, posted.headers, url=posted.url, media_type=posted.media_type, secrets=sender.secrets
    )
    event = _event(posted)
    name = event.text("event_type") or ("operator_results" if "operatorResults" in event.fields else None)
    if name != TRANSCRIPT_AVAILABLE:
        return Received(delivery, event_type(name))
    resource = {"transcript_sid": _sid(event, "transcript_sid", shape=_TRANSCRIPT)}
    if event.text("service_sid"):
        resource["service_sid"] = _sid(event, "service_sid", shape=_SERVICE)
    # Sent as a form or as JSON, with more parameters or without: the same transcript is the same event.
    return Received(resource["transcript_sid"], name, resource=resource)


def _event(posted: Posted) -> Node:
    if posted.media_type != twilio.FORM:
        return Node.of(posted.raw, what="an event")
    fields = dict(parse_qsl(posted.raw.decode("utf-8", errors="replace"), keep_blank_values=True))
    if any("\x00" in value for value in fields.values()):
        raise InvalidTranscript("a NUL character in a field of the form")
    return Node(dict(fields))


def _sid(event: Node, name: str, *, shape: re.Pattern[str]) -> str:
    sid = event.text(name) or ""
    if not shape.fullmatch(sid):
        raise InvalidTranscript(f"must be {shape.pattern[:2]} and 32 hexadecimal digits", pointer=event.at(name))
    return sid
