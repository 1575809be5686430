"""API keys: `wk_<tenant>_<key>_<secret>`, shown once, kept as a hash.

A key names its tenant, so that looking it up needs no way round row-level security; the secret proves it.
Secrets are 256 random bits, so a plain SHA-256 is enough and a slow hash would only slow the service.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid4

PREFIX = "wk"


class Scope(StrEnum):
    """What a key may be used for."""

    INGEST = "ingest"
    READ = "read"
    EDIT = "edit"
    CONFIGURE = "configure"  #: how summaries are made up
    ERASE = "erase"  #: all that is kept of a conversation or a customer, and its export


@dataclass(frozen=True, slots=True)
class Key:
    """A bearer key in its parts; never logged, never stored."""

    tenant_id: UUID
    id: UUID
    secret: str

    def __repr__(self) -> str:
        return f"Key(tenant_id={self.tenant_id}, id={self.id})"

    @property
    def text(self) -> str:
        """What the caller sends after `Bearer`."""
        return f"{PREFIX}_{self.tenant_id.hex}_{self.id.hex}_{self.secret}"

    @property
    def secret_hash(self) -> bytes:
        """What we store."""
        return hashlib.sha256(self.secret.encode()).digest()

    def is_proven_by(self, secret_hash: bytes) -> bool:
        """Whether the stored hash is this secret's, in constant time."""
        return hmac.compare_digest(self.secret_hash, secret_hash)


def new_key(tenant_id: UUID) -> Key:
    """A fresh key of a tenant."""
    return Key(tenant_id, uuid4(), secrets.token_hex(32))


def parse_key(text: str) -> Key | None:
    """The key in its parts, None if it is not written like one."""
    parts = text.split("_")
    if len(parts) != 4 or parts[0] != PREFIX or not parts[3].isascii():
        return None
    try:
        return Key(UUID(hex=parts[1]), UUID(hex=parts[2]), parts[3])
    except ValueError:
        return None


def source_token(tenant_id: UUID, source_id: UUID) -> str:
    """What a platform puts into its webhook address; names the sender, proves nothing."""
    return f"src_{tenant_id.hex}_{source_id.hex}"


def source_of(token: str) -> tuple[UUID, UUID]:
    """Tenant and source; raises ValueError if it is not written like a source token."""
    prefix, tenant, source = token.split("_")
    if prefix != "src":
        raise ValueError("not a source token")
    return UUID(hex=tenant), UUID(hex=source)
