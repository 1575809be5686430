"""`x-zm-signature`: `v0=` and the hex of HMAC-SHA256 over `v0:{timestamp}:{body}`; and Zoom's check of an address.

https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events
"""

import hashlib
import hmac
import time
from collections.abc import Callable, Mapping, Sequence

from summarizer.errors import SignatureExpired, SignatureMissing
from summarizer.signatures.matching import require_one_of

SIGNATURE, TIMESTAMP = "x-zm-signature", "x-zm-request-timestamp"
WINDOW_S = 300


def check(
    raw: bytes, headers: Mapping[str, str], *, secrets: Sequence[str], clock: Callable[[], float] = time.time
) -> str:
    """An id for this delivery, when one of the secret tokens signed it within the last five minutes."""
    signature, timestamp = headers.get(SIGNATURE), headers.get(TIMESTAMP)
    if not signature or not timestamp:
        raise SignatureMissing(f"the headers {SIGNATURE} and {TIMESTAMP} are needed")
    require_one_of(signature, (sign(raw, timestamp=timestamp, secret=secret) for secret in secrets))
    if not timestamp.isascii() or not timestamp.isdigit() or abs(clock() - int(timestamp[:12])) > WINDOW_S:
        raise SignatureExpired("the timestamp is more than five minutes from now")
    return hashlib.sha256(raw).hexdigest()


def sign(raw: bytes, *, timestamp: str, secret: str) -> str:
    """What the header holds for this body at this time."""
    signed = b"v0:" + timestamp.encode() + b":" + raw
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def answer_to_challenge(plain_token: str, *, secret: str) -> dict[str, str]:
    """What proves to Zoom that an address is ours (`endpoint.url_validation`)."""
    encrypted = hmac.new(secret.encode(), plain_token.encode(), hashlib.sha256).hexdigest()
    return {"plainToken": plain_token, "encryptedToken": encrypted}
