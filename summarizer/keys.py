"""API keys: `wk_<tenant>_<key>_<secret>_<checksum>`, shown once, kept as a hash.

A key names its tenant, so that looking it up needs no way round row-level security; the secret proves it.
Secrets are 256 random bits, so a plain SHA-256 is enough and a slow hash would only slow the service.
The checksum, as in GitHub's tokens, proves nothing: it lets a mistyped key be refused, and a leaked one be told from
other text, without asking the database.
"""

import hashlib
import hmac
import secrets
import zlib
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
    def name(self) -> str:
        """How the key is spoken of; no secret."""
        return key_name(self.tenant_id, self.id)

    @property
    def text(self) -> str:
        """What the caller sends after `Bearer`."""
        rest = f"{self.name}_{self.secret}"
        return f"{rest}_{_checksum(rest)}"

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
    """The key in its parts, None if it is not written like one, or was mistyped."""
    rest, _, checksum = text.rpartition("_")
    if not text.isascii() or checksum != _checksum(rest):
        return None
    name, _, secret = rest.rpartition("_")
    try:
        return Key(*key_named(name), secret)
    except ValueError:
        return None


def key_name(tenant_id: UUID, key_id: UUID) -> str:
    """How a key is spoken of: all of it but the secret."""
    return f"{PREFIX}_{tenant_id.hex}_{key_id.hex}"


def key_named(name: str) -> tuple[UUID, UUID]:
    """Tenant and key; raises ValueError if it is not written like a key's name."""
    prefix, tenant, key = name.split("_")
    if prefix != PREFIX:
        raise ValueError("not a key's name")
    return UUID(hex=tenant), UUID(hex=key)


def _checksum(rest: str) -> str:
    return f"{zlib.crc32(rest.encode()):08x}"


def source_token(tenant_id: UUID, source_id: UUID) -> str:
    """What a platform puts into its webhook address; names the sender, proves nothing."""
    return f"src_{tenant_id.hex}_{source_id.hex}"


def source_of(token: str) -> tuple[UUID, UUID]:
    """Tenant and source; raises ValueError if it is not written like a source token."""
    prefix, tenant, source = token.split("_")
    if prefix != "src":
        raise ValueError("not a source token")
    return UUID(hex=tenant), UUID(hex=source)
