"""Anybody who signs as Standard Webhooks 1.0.0 says: `conversation.ended` and `.updated` hold a canonical conversation.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from summarizer.errors import InvalidTranscript
from summarizer.formats import canonical
from summarizer.formats.node import Node
from summarizer.platforms.received import MAX_NAME_CHARACTERS, Posted, Received, Sender
from summarizer.signatures import standard

CONVERSATION_EVENTS = ("conversation.ended", "conversation.updated")


def receive(posted: Posted, sender: Sender) -> Received:
    """What an event brings; one of another type brings nothing and is kept."""
    delivery = standard.check(posted.raw, posted.headers, secrets=sender.secrets)
    event = Node.of(posted.raw, what="an event")
    name = event.text("type")
    if not name or len(name) > MAX_NAME_CHARACTERS:
        raise InvalidTranscript(f"an event's type has 1 to {MAX_NAME_CHARACTERS} characters", pointer="/type")
    as_of, data = event.moment("timestamp"), event.node("data")
    if name not in CONVERSATION_EVENTS:
        return Received(delivery, name, as_of=as_of)
    return Received(delivery, name, canonical.from_document(data.fields, pointer=data.pointer), as_of)
