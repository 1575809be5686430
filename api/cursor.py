"""Page cursors: the last row of a page, signed for its tenant."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from api.problems import INVALID_CURSOR, RequestRefused
from summarizer.store.cursor import Cursor

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Paging:
    """How a list of one tenant is cut into pages; one row more than fits is asked for, to know whether there is one."""

    tenant_id: UUID
    key: str
    limit: int

    @property
    def num_asked(self) -> int:
        """So many rows are asked for."""
        return self.limit + 1

    def after(self, text: str | None) -> Cursor | None:
        """Where the page before ended; raises RequestRefused for what is no cursor of this tenant."""
        return None if text is None else read(text, tenant_id=self.tenant_id, key=self.key)

    def cut(self, found: list[Row], place: Callable[[Row], Cursor]) -> tuple[list[Row], str | None]:
        """The page, and the cursor of the next one if there is one."""
        if len(found) <= self.limit:
            return found, None
        page = found[: self.limit]
        return page, write(place(page[-1]), tenant_id=self.tenant_id, key=self.key)


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
