"""What platforms send and how they sign it, written from their documentation and not with our own signing."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook

DATA = Path(__file__).parent / "data"
VECTORS: dict[str, list[dict[str, Any]]] = json.loads((DATA / "signatures" / "vectors.json").read_text("utf-8"))

SECRET = "a-secret-of-the-platform"
WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
CALL_ID = "11111111-1111-4111-8111-11111111111a"
TRANSCRIPT_SID, SERVICE_SID = "GT" + "a" * 32, "GA" + "b" * 32
TOPIC = "arn:aws:sns:eu-west-1:123456789012:transcripts"
CERTIFICATE_URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem"

_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def golden(name: str) -> dict[str, Any]:
    """A vendor's transcript of the same call."""
    loaded: dict[str, Any] = json.loads((DATA / "formats" / "golden" / f"{name}.json").read_text("utf-8"))
    return loaded


def standard_headers(
    raw: bytes, *, secret: str, delivery: str = "msg_1", age: timedelta = timedelta(0)
) -> dict[str, str]:
    """Signed with the standard's own library."""
    moment = datetime.now(UTC) - age
    return {
        "webhook-id": delivery,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(delivery, moment, raw.decode()),
    }


def twilio_event(**changes: str) -> dict[str, str]:
    """A transcript that can be read now."""
    return {
        "account_sid": "AC" + "c" * 32,
        "service_sid": SERVICE_SID,
        "transcript_sid": TRANSCRIPT_SID,
        "customer_key": "order-8812",
        "event_type": "voice_intelligence_transcript_available",
    } | changes


def twilio_headers(url: str, form: Mapping[str, str] | None = None, *, secret: str = SECRET) -> dict[str, str]:
    """Signed for an address, and for a form unless the body's hash is in the address."""
    signed = url + "".join(name + value for name, value in sorted((form or {}).items()))
    digest = hmac.digest(secret.encode(), signed.encode(), "sha1")
    return {"x-twilio-signature": base64.b64encode(digest).decode(), "content-type": FORM if form else JSON}


def twilio_form(event: Mapping[str, str]) -> bytes:
    return urlencode(event).encode()


def body_hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def genesys_headers(raw: bytes, *, secret: str = SECRET) -> dict[str, str]:
    """Signed as Open Messaging is."""
    return {"x-hub-signature-256": "sha256=" + base64.b64encode(hmac.digest(secret.encode(), raw, "sha256")).decode()}


def genesys_event(topic: str = "v2.detail.events.conversation.{id}.customer.end", **body: Any) -> dict[str, Any]:
    """A notification about the call, as the event bus forwards it."""
    return {
        "topicName": topic.replace("{id}", CALL_ID),
        "version": "2",
        "eventBody": {"eventTime": 1741014180000, "conversationId": CALL_ID, **body},
    }


def bus_event(detail: Mapping[str, Any], *, kind: str = "a.kind", id_: str = "bus-1") -> dict[str, Any]:
    """An event in the envelope of EventBridge."""
    return {
        "version": "0",
        "id": id_,
        "detail-type": kind,
        "source": "aws.partner/somebody",
        "account": "123456789012",
        "time": "2026-11-26T11:59:00Z",
        "region": "eu-west-1",
        "resources": [],
        "detail": detail,
    }


def zoom_event(name: str = "recording.transcript_completed", **changes: Any) -> dict[str, Any]:
    """A recording whose transcript can be downloaded."""
    files = [
        {"file_type": "MP4", "download_url": "https://zoom.us/rec/download/film"},
        {"file_type": "TRANSCRIPT", "file_extension": "VTT", "download_url": "https://acme.zoom.us/rec/download/words"},
    ]
    return {
        "event": name,
        "event_ts": 1741014000123,
        "payload": {"account_id": "abc", "object": {"uuid": "4444AAAiAAAAAiAiAiiAii==", "recording_files": files}},
        "download_token": "a-token",
        **changes,
    }


def zoom_headers(raw: bytes, *, secret: str = SECRET, age_s: int = 0) -> dict[str, str]:
    """Signed together with the time."""
    timestamp = str(int(time.time()) - age_s)
    signed = f"v0:{timestamp}:".encode() + raw
    signature = "v0=" + hmac.digest(secret.encode(), signed, "sha256").hex()
    return {"x-zm-signature": signature, "x-zm-request-timestamp": timestamp}


def sns_message(text: str = "hello", *, age: timedelta = timedelta(0), **changes: str) -> dict[str, str]:
    """A message that Amazon signed."""
    message = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": text,
        "Timestamp": f"{datetime.now(UTC) - age:%Y-%m-%dT%H:%M:%S}.000Z",
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE_URL,
    } | changes
    names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    signed = "".join(f"{name}\n{message[name]}\n" for name in names if name in message)
    signature = _KEY.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return message | {"Signature": base64.b64encode(signature).decode()}


def sns_confirmation(kind: str = "SubscriptionConfirmation", **changes: str) -> dict[str, str]:
    """What Amazon sends before anything else."""
    address = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    return sns_message("You have chosen to subscribe", Type=kind, Token="t", SubscribeURL=address, **changes)


class Certificates:
    """Stands where certificates are fetched, and remembers for which addresses it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, address: str) -> bytes:
        self.asked.append(address)
        now = datetime.now(UTC)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        made = x509.CertificateBuilder(name, name, _KEY.public_key(), 1, now, now + timedelta(days=1))
        return made.sign(_KEY, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
