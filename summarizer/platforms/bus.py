"""Amazon EventBridge's envelope, in which Amazon's own events and those of partners arrive.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
"""

from dataclasses import dataclass
from datetime import datetime

from summarizer.formats.node import Node
from summarizer.platforms.received import when


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event of the bus; `id` is the same when it is delivered again."""

    id: str | None
    type: str | None
    time: datetime | None
    detail: Node


def opened(document: Node) -> Envelope | None:
    """The envelope that a document is, None when it is none."""
    if "detail-type" not in document.fields or not isinstance(document.fields.get("detail"), dict):
        return None
    return Envelope(document.text("id"), document.text("detail-type"), when(document, "time"), document.node("detail"))
