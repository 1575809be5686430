"""`X-Hub-Signature-256` of Genesys Open Messaging: `sha256=` and the base64, not the hex, of HMAC-SHA256 over the body.

Pages about Genesys disagree on the header, so header, prefix and encoding can be others; these are the vendor's own.

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
ENCODINGS = ("base64", "hex")


def check(
    raw: bytes,
    headers: Mapping[str, str],
    *,
    secrets: Sequence[str],
    header: str = HEADER,
    prefix: str = PREFIX,
    encoding: str = "base64",
) -> str:
    """An id for this delivery, when one of the secrets signed it; a repeated event has the same bytes."""
    signature = headers.get(header.lower())
    if not signature:
        raise SignatureMissing(f"the header {header} is needed")
    wanted = (sign(raw, secret=secret, prefix=prefix, encoding=encoding) for secret in secrets)
    require_one_of(signature, wanted)
    return hashlib.sha256(raw).hexdigest()


def sign(raw: bytes, *, secret: str, prefix: str = PREFIX, encoding: str = "base64") -> str:
    """What the header holds for this body."""
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).digest()
    return prefix + (digest.hex() if encoding == "hex" else base64.b64encode(digest).decode())
