"""Amazon: SNS messages, signed by a certificate of theirs, or an EventBridge API destination with a secret of ours.

https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html
"""

from datetime import datetime

from summarizer.errors import SignatureMissing, SummarizerError
from summarizer.formats import strict_json
from summarizer.formats.node import Node
from summarizer.platforms import bus
from summarizer.platforms.received import Posted, Received, Sender, delivery_id, event_type, when
from summarizer.platforms.transcripts import transcript_in
from summarizer.signatures import api_key, sns

OPTIONS = {"topics": list, "confirm": bool}


def receive(posted: Posted, sender: Sender) -> Received:
    """What a message brings: the transcript in it, or nothing; an address to confirm is only followed if told so."""
    if posted.headers.get(api_key.HEADER):
        api_key.check(posted.headers, secrets=sender.secrets)
        return _event(Node.of(posted.raw, what="an event"), raw=posted.raw)
    message = _message(posted.raw)
    delivery = sns.check(message.fields, topics=frozenset(sender.options.get("topics", ())), fetch=sender.fetch)
    delivery, name = delivery_id(delivery, posted.raw), message.text("Type")
    as_of = when(message, "Timestamp")
    if name != "Notification":
        return Received(delivery, event_type(name), as_of=as_of, resource=_to_confirm(message, sender))
    inner = _inner(message)
    if inner is None:
        return Received(delivery, event_type(name), as_of=as_of)
    return _event(inner, raw=posted.raw, delivery=delivery, as_of=as_of)


def _event(document: Node, *, raw: bytes, delivery: str | None = None, as_of: datetime | None = None) -> Received:
    """An event of the bus, whose detail may be a transcript, or a transcript without an envelope."""
    envelope = bus.opened(document)
    if envelope is None:
        conversation = transcript_in(document)
        name = None if conversation is None else "transcript"
        return Received(delivery or delivery_id(None, raw), event_type(name), conversation, as_of)
    return Received(
        delivery or delivery_id(envelope.id, raw),
        event_type(envelope.type),
        transcript_in(envelope.detail),
        envelope.time or as_of,
    )


def _message(raw: bytes) -> Node:
    """The signed envelope, which must be read to be checked: what cannot be is not signed."""
    try:
        return Node.of(raw, what="an SNS message")
    except SummarizerError:
        raise SignatureMissing("send an SNS message, or the header x-api-key") from None


def _inner(message: Node) -> Node | None:
    """The JSON object that a notification's text is, None when it is another text."""
    try:
        document = strict_json.parse((message.text("Message") or "").encode())
    except SummarizerError:
        return None
    return Node(document, message.at("Message")) if isinstance(document, dict) else None


def _to_confirm(message: Node, sender: Sender) -> dict[str, str] | None:
    """Only a subscription: the address in the confirmation of an end would subscribe again."""
    address = message.text("SubscribeURL")
    is_wanted = message.text("Type") == "SubscriptionConfirmation" and sender.options.get("confirm")
    return {"subscribe_url": address} if is_wanted and address and sns.is_amazons(address) else None
