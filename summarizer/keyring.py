"""Transcripts encrypted at rest: a data key for each tenant, itself sealed by the master key.

A stored transcript is `{"encrypted": "<key id>.<base64>"}`: nonce and AES-256-GCM of its packed JSON, bound to its
tenant, conversation and revision, so that no row can stand in for another. A transcript that is stored plain stays
readable beside it. Summaries and edits are searched, so they stay plain.
"""

import base64
import json
import os
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from summarizer.errors import Unavailable
from summarizer.vault import seal, unseal

ENCRYPTED = "encrypted"  #: no transcript has only a member of this name
NONCE_BYTES = 12
MAX_REMEMBERED = 1_000

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DataKey:
    """What encrypts the transcripts of one tenant; its id stands in front of what it encrypted."""

    id: str
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """The row that a transcript is bound to."""

    tenant_id: UUID
    conversation_id: UUID
    revision: int

    def __bytes__(self) -> bytes:
        return b"%b%b%d" % (self.tenant_id.bytes, self.conversation_id.bytes, self.revision)


class Keyring:
    """Opens tenants' sealed data keys and remembers the last ones; `encrypts` what is written from now on, or not."""

    def __init__(self, master_key: SecretStr, *, encrypts: bool) -> None:
        self.encrypts = encrypts
        self._master_key = master_key
        self._opened: dict[bytes, tuple[DataKey, ...]] = {}

    def opened(self, sealed: bytes | None) -> tuple[DataKey, ...]:
        """A tenant's keys, the newest first; raises Unavailable when the master key is another one."""
        if sealed is None:
            return ()
        known = self._opened.get(sealed)
        if known is None:
            written = [one.partition(".") for one in unseal(sealed, master_key=self._master_key)]
            known = tuple(DataKey(key_id, base64.b64decode(text)) for key_id, _, text in written)
            if len(self._opened) >= MAX_REMEMBERED:
                self._opened.clear()
            self._opened[sealed] = known
        return known

    def sealed(self, keys: Sequence[DataKey]) -> bytes | None:
        """A tenant's keys as they may be stored."""
        written = [f"{one.id}.{base64.b64encode(one.key).decode()}" for one in keys]
        return seal(written, master_key=self._master_key) if written else None


def new_data_key() -> DataKey:
    """A fresh random key."""
    return DataKey(secrets.token_hex(4), AESGCM.generate_key(bit_length=256))


def encrypt(document: Document, key: DataKey, place: Place) -> Document:
    """A transcript as it may be stored in its row."""
    packed = zlib.compress(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(), level=1)
    nonce = os.urandom(NONCE_BYTES)
    text = base64.b64encode(nonce + AESGCM(key.key).encrypt(nonce, packed, bytes(place))).decode()
    return {ENCRYPTED: f"{key.id}.{text}"}


def decrypt(stored: Document, key: DataKey, place: Place) -> Document:
    """What was encrypted; raises Unavailable when it was changed, or for another row."""
    raw = base64.b64decode(stored[ENCRYPTED].partition(".")[2])
    try:
        packed = AESGCM(key.key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bytes(place))
    except InvalidTag:
        raise Unavailable("a stored transcript does not open: it was changed, or moved from another row") from None
    document: Document = json.loads(zlib.decompress(packed))
    return document


def key_id(stored: Document) -> str | None:
    """The key that encrypted a stored transcript, None when it is plain."""
    if stored.keys() != {ENCRYPTED}:
        return None
    return str(stored[ENCRYPTED]).partition(".")[0]
