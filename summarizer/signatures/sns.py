"""Amazon SNS: an RSA signature over named fields, by a certificate that must come from Amazon's own host.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate

from summarizer.errors import SignatureExpired, SignatureMissing, SignatureRefused

WINDOW = timedelta(hours=1)  # Amazon tries again for an hour under the first time

_HOST = re.compile(r"sns\.[a-z0-9-]{2,30}\.amazonaws\.com(?:\.cn)?")
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_HASHES: dict[str, hashes.HashAlgorithm] = {"1": hashes.SHA1(), "2": hashes.SHA256()}


def check(
    message: Mapping[str, Any],
    *,
    topics: frozenset[str],
    fetch: Callable[[str], bytes],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> str:
    """The message's id, when Amazon signed it for one of these topics; `fetch` gets a certificate by its address."""
    texts = {name: value for name, value in message.items() if isinstance(value, str)}
    missing = {"Signature", "SignatureVersion", "SigningCertURL", "MessageId", "TopicArn", "Type"} - texts.keys()
    if missing:
        raise SignatureMissing(f"an SNS message has {', '.join(sorted(missing))}")
    if texts["TopicArn"] not in topics:
        raise SignatureRefused("the topic is not one of this source's")
    if not is_amazons(texts["SigningCertURL"]) or texts["SignatureVersion"] not in _HASHES:
        raise SignatureRefused("the certificate is not at a host of Amazon SNS")
    if not _is_signed(texts, certificate=fetch(texts["SigningCertURL"])):
        raise SignatureRefused("the signature is not the certificate's")
    if not _is_recent(texts.get("Timestamp", ""), now=clock()):
        raise SignatureExpired("the timestamp is more than an hour from now")
    return texts["MessageId"]


def is_amazons(address: str) -> bool:
    """Whether an address is one of SNS itself: its host, https, no other port, nobody's name in front."""
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" and _HOST.fullmatch(parts.netloc) is not None
    except ValueError:
        return False


def signed_text(texts: Mapping[str, str]) -> bytes:
    """What Amazon signs: names and values a line each, in the order of the names."""
    names = _NOTIFICATION if texts["Type"] == "Notification" else _CONFIRMATION
    return "".join(f"{name}\n{texts[name]}\n" for name in names if name in texts).encode()


def _is_signed(texts: Mapping[str, str], *, certificate: bytes) -> bool:
    try:
        key = load_pem_x509_certificate(certificate).public_key()
        signature = base64.b64decode(texts["Signature"], validate=True)
        if not isinstance(key, RSAPublicKey):
            return False
        key.verify(signature, signed_text(texts), PKCS1v15(), _HASHES[texts["SignatureVersion"]])
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _is_recent(text: str, *, now: datetime) -> bool:
    try:
        return abs(now - datetime.fromisoformat(text)) <= WINDOW
    except (ValueError, TypeError):
        return False
