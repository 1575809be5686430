"""Page cursors: the last row of a page, signed for its tenant."""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from api.problems import INVALID_CURSOR, RequestRefused
from summarizer.store.summaries import Cursor


def write(cursor: Cursor, *, tenant_id: UUID, key: str) -> str:
    """Opaque text for the next request."""
    said = f"{cursor.created_at.isoformat()}|{cursor.id.hex}".encode()
    return base64.urlsafe_b64encode(_mac(said, tenant_id, key) + said).decode().rstrip("=")


def read(text: str, *, tenant_id: UUID, key: str) -> Cursor:
    """What `write` was given; raises RequestRefused for anything else, another tenant's too."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"==")
    except (binascii.Error, ValueError):
        raise _refused() from None
    mac, said = raw[:16], raw[16:]
    if not hmac.compare_digest(mac, _mac(said, tenant_id, key)):
        raise _refused()
    created_at, _, row_id = said.decode().partition("|")
    return Cursor(datetime.fromisoformat(created_at), UUID(hex=row_id))


def _mac(said: bytes, tenant_id: UUID, key: str) -> bytes:
    return hmac.new(key.encode(), b"cursor" + tenant_id.bytes + said, hashlib.sha256).digest()[:16]


def _refused() -> RequestRefused:
    return RequestRefused(INVALID_CURSOR, "start again without a cursor")
