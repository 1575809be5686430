"""Zoom: its challenge to prove an address, and the file that holds a recording's transcript.

https://developers.zoom.us/docs/api/meetings/events/#tag/recording/POSTrecording.transcript_completed
"""

from urllib.parse import urlsplit

from summarizer.errors import InvalidTranscript
from summarizer.formats.node import Node
from summarizer.platforms.received import Posted, Received, Sender, event_type, when
from summarizer.signatures import zoom

CHALLENGE = "endpoint.url_validation"
TRANSCRIPT_COMPLETED = "recording.transcript_completed"
MAX_TOKEN_CHARACTERS = 255


def receive(posted: Posted, sender: Sender) -> Received:
    """What an event brings: the answer to a challenge, or where a transcript is downloaded."""
    delivery = zoom.check(posted.raw, posted.headers, secrets=sender.secrets)
    event = Node.of(posted.raw, what="an event")
    name, payload = event.text("event"), event.node("payload")
    as_of = when(event, "event_ts")
    if name == CHALLENGE:
        return Received(delivery, name, as_of=as_of, reply=_answer(payload, secret=_signing(posted, sender)))
    resource = _resource(event) if name == TRANSCRIPT_COMPLETED else None
    return Received(delivery, event_type(name), as_of=as_of, resource=resource)


def is_zooms(address: str) -> bool:
    """Whether an address is at a host of Zoom: https, no other port, nobody's name in front."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    host = parts.netloc.lower()
    is_host = host == "zoom.us" or host.endswith(".zoom.us")
    return parts.scheme == "https" and is_host and all(one.isalnum() or one in ".-" for one in host) and host.isascii()


def _answer(payload: Node, *, secret: str) -> dict[str, str]:
    token = payload.text("plainToken")
    if not token or len(token) > MAX_TOKEN_CHARACTERS:
        raise InvalidTranscript("a challenge has a plainToken", pointer=payload.at("plainToken"))
    return zoom.answer_to_challenge(token, secret=secret)


def _signing(posted: Posted, sender: Sender) -> str:
    """The secret that signed, as Zoom knows no other while one replaces another."""
    given, timestamp = posted.headers[zoom.SIGNATURE], posted.headers[zoom.TIMESTAMP]
    return next(one for one in sender.secrets if zoom.sign(posted.raw, timestamp=timestamp, secret=one) == given)


def _resource(event: Node) -> dict[str, str] | None:
    """The first transcript of the recording that is really at Zoom."""
    recording, token = event.node("payload").node("object"), event.text("download_token")
    for file in recording.nodes("recording_files"):
        address = file.text("download_url")
        if file.text("file_type") == "TRANSCRIPT" and address and is_zooms(address):
            found = {"download_url": address, "download_token": token, "meeting_uuid": recording.text("uuid")}
            return {name: value for name, value in found.items() if value is not None}
    return None
