"""Who sent this? Standard Webhooks 1.0.0 signatures, checked on the raw body before anything is parsed."""

import base64
import binascii
import secrets as random
from collections.abc import Mapping, Sequence
from datetime import datetime

from standardwebhooks import Webhook, WebhookVerificationError

from summarizer.errors import SignatureExpired, SignatureMissing, SignatureRefused

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
MAX_ID_CHARACTERS = 255


def check(raw: bytes, headers: Mapping[str, str], *, secrets: Sequence[str]) -> str:
    """The delivery id, when one of the secrets signed this body within the last five minutes.

    Raises SignatureMissing, SignatureExpired or SignatureRefused.
    """
    present = {name: headers[name] for name in HEADERS if headers.get(name)}
    if len(present) < len(HEADERS) or len(present["webhook-id"]) > MAX_ID_CHARACTERS:
        raise SignatureMissing("the headers webhook-id, webhook-timestamp and webhook-signature are needed")
    if not any(_is_signed(raw, present, secret) for secret in secrets):
        raise SignatureRefused("the signature is not one of this source's")
    return present["webhook-id"]


def sign(message_id: str, raw: bytes, *, secrets: Sequence[str], at: datetime) -> dict[str, str]:
    """The headers that `check` looks at: one signature for each secret; `at` is in UTC."""
    made = [Webhook(secret).sign(message_id, at, raw.decode()) for secret in secrets]
    return dict(zip(HEADERS, (message_id, str(int(at.timestamp())), " ".join(made)), strict=True))


def new_secret() -> str:
    """A fresh signing secret of 32 bytes."""
    return "whsec_" + base64.b64encode(random.token_bytes(32)).decode()


def is_secret(text: str) -> bool:
    """Whether this can be a signing secret: `whsec_` and 24 to 64 bytes in base64."""
    try:
        return text.startswith("whsec_") and 24 <= len(base64.b64decode(text[6:], validate=True)) <= 64
    except (binascii.Error, ValueError):
        return False


def _is_signed(raw: bytes, headers: dict[str, str], secret: str) -> bool:
    try:
        Webhook(secret).verify(raw, headers, json_parse=False)
    except WebhookVerificationError as error:
        if "too" in str(error):  # the library has one class for all its refusals
            raise SignatureExpired("the timestamp is more than five minutes from now") from error
        return False
    except (ValueError, TypeError):  # not UTF-8, not base64, not a list of `version,signature`
        return False
    return True
