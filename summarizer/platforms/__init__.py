"""Who may send us events, and what their posts bring: signed first, read after, known by nobody else.

    bytes ─ signature ─▶ bytes ─ receive ─▶ Received: a conversation, or what a courier must fetch, or neither

    standard   anybody who signs as Standard Webhooks 1.0.0 says; the event holds the conversation
    twilio     Conversational Intelligence: the event names a transcript
    genesys    Open Messaging's signature, or a forwarder of the event bus with a secret of ours
    zoom       its challenge is answered; the event names a file to download
    amazon     SNS, or an EventBridge API destination with a secret of ours; the event may hold the transcript

Adding a platform is one file with `receive`, one member of `Platform` and one row of the table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from summarizer.platforms import amazon, genesys, standard, twilio, zoom
from summarizer.platforms.received import Posted, Received, Sender
from summarizer.platforms.secrets import is_printable
from summarizer.signatures.standard import is_secret

__all__ = ["PLATFORMS", "Door", "Platform", "Posted", "Received", "Sender"]


class Platform(StrEnum):
    """Who can send webhooks."""

    STANDARD = "standard"  #: anybody who signs as Standard Webhooks 1.0.0 says
    TWILIO = "twilio"
    GENESYS = "genesys"
    ZOOM = "zoom"
    AMAZON = "amazon"


@dataclass(frozen=True, slots=True)
class Door:
    """How one platform's posts are received, and what may be set for a sender of it."""

    receive: Callable[[Posted, Sender], Received]
    secret: str  #: what its secret looks like, for a person
    can_be_secret: Callable[[str], bool] = is_printable
    options: Mapping[str, type] = field(default_factory=dict)  #: no secrets; a list is given by repeating
    credentials: frozenset[str] = frozenset()  #: with which the platform's API is read


_WHSEC = "a secret is `whsec_` and 24 to 64 bytes in base64"
_GIVEN = "a secret has 16 to 255 printable characters"

PLATFORMS: dict[Platform, Door] = {
    Platform.STANDARD: Door(standard.receive, _WHSEC, is_secret),
    Platform.TWILIO: Door(twilio.receive, _GIVEN, options=twilio.OPTIONS, credentials=twilio.CREDENTIALS),
    Platform.GENESYS: Door(genesys.receive, _GIVEN, options=genesys.OPTIONS, credentials=genesys.CREDENTIALS),
    Platform.ZOOM: Door(zoom.receive, _GIVEN),
    Platform.AMAZON: Door(amazon.receive, _GIVEN, options=amazon.OPTIONS),
}
