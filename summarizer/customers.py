"""A customer as the store knows them: a keyed hash of the owner's name for them, and nobody's without the key."""

import hashlib
import hmac
from uuid import UUID

from pydantic import SecretStr

from summarizer.vault import lasting

_PURPOSE = b"wrapup customers"


def customer_key(master_key: SecretStr) -> bytes:
    """The key of the hashes, from the oldest master key of a list, so that they outlive its rotation."""
    return hmac.digest(lasting(master_key).encode(), _PURPOSE, hashlib.sha256)


def pseudonym(tenant_id: UUID, customer: str, *, key: bytes) -> bytes:
    """HMAC-SHA256 of tenant and name: what one tenant calls its customer says nothing about another's."""
    return hmac.digest(key, f"{tenant_id}/{customer}".encode(), hashlib.sha256)
