"""`X-Hub-Signature-256` of Genesys Open Messaging: `sha256=` and the base64, not the hex, of HMAC-SHA256 over the body.

https://developer.genesys.cloud/commdigital/digital/openmessaging/validateWebhooks
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence

from summarizer.errors import SignatureMissing
from summarizer.signatures.matching import require_one_of

HEADER = "x-hub-signature-256"
PREFIX = "sha256="


def check(raw: bytes, headers: Mapping[str, str], *, secrets: Sequence[str]) -> str:
    """An id for this delivery, when one of the secrets signed it; a repeated event has the same bytes."""
    signature = headers.get(HEADER)
    if not signature:
        raise SignatureMissing(f"the header {HEADER} is needed")
    require_one_of(signature, (sign(raw, secret=secret) for secret in secrets))
    return hashlib.sha256(raw).hexdigest()


def sign(raw: bytes, *, secret: str) -> str:
    """What the header holds for this body."""
    return PREFIX + base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
