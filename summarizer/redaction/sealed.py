"""Originals sealed to a tenant's public key, so that the tenant can put them back and this service never can.

HPKE in base mode (RFC 9180): X25519, HKDF-SHA256, ChaCha20-Poly1305. The private key stays with the tenant.
"""

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from itertools import groupby

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from summarizer.conversation import Conversation
from summarizer.errors import InvalidRequest
from summarizer.formats import canonical
from summarizer.redaction.masks import MASK, Original

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_PURPOSE = b"wrapup originals 1"  # a later form of the sealed bytes gets another number
_KEY_BYTES = 32


def new_private_key() -> bytes:
    """A fresh private key in PEM, as `openssl genpkey -algorithm x25519` makes one."""
    return X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_key_of(private_key: bytes) -> str:
    """The public key in base64 that belongs to a private key in PEM."""
    return base64.b64encode(_private(private_key).public_key().public_bytes_raw()).decode()


def public_key(text: str) -> bytes:
    """The 32 bytes of a public key in base64; raises InvalidRequest for anything else."""
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != _KEY_BYTES:
        raise InvalidRequest("a public key is 32 bytes in base64", field="public_key")
    return raw


def seal(originals: Iterable[Original], public_key: bytes) -> bytes:
    """What only the holder of the private key can open."""
    plain = json.dumps([asdict(one) for one in originals], ensure_ascii=False).encode()
    return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(public_key), info=_PURPOSE)


def unseal(blob: bytes, private_key: bytes) -> list[Original]:
    """What was sealed; raises InvalidRequest for another key or changed bytes."""
    key = _private(private_key)
    try:
        plain = _SUITE.decrypt(blob, key, info=_PURPOSE)
    except (InvalidTag, ValueError):
        raise InvalidRequest("this key does not open what was sealed", field="key") from None
    return [Original(**one) for one in json.loads(plain)]


def opened(document: object, private_key: bytes) -> Conversation:
    """The whole conversation in what `GET /v1/conversations/{id}` answers; as it is, if nothing was sealed."""
    view = document if isinstance(document, dict) else {}
    conversation = canonical.from_document(view.get("conversation"), pointer="/conversation")
    if view.get("sealed") is None:
        return conversation
    try:
        blob = base64.b64decode(str(view["sealed"]), validate=True)
    except binascii.Error:
        raise InvalidRequest("`sealed` is not base64", field="sealed") from None
    return restore(conversation, unseal(blob, private_key))


def restore(conversation: Conversation, originals: Iterable[Original]) -> Conversation:
    """The conversation with its originals where their masks stand, letter for letter.

    Raises InvalidRequest when a mask is not where it was, for then the originals are of another revision.
    """
    turns = list(conversation.turns)
    for index, of_turn in groupby(sorted(originals, key=lambda one: (one.turn, -one.start)), key=lambda one: one.turn):
        if not 0 <= index < len(turns):
            raise InvalidRequest("the originals belong to another conversation", field="sealed")
        text = turns[index].text
        for one in of_turn:
            text = _put_back(text, one)
        turns[index] = replace(turns[index], text=text)
    return replace(conversation, turns=tuple(turns))


def restore_text(text: str, originals: Iterable[Original]) -> str:
    """A summary with the first writing of each original in place of its mask."""
    first: dict[str, str] = {}
    for one in originals:
        first.setdefault(one.mask, one.text)
    return MASK.sub(lambda match: first.get(match[0], match[0]), text)


def _put_back(text: str, one: Original) -> str:
    end = one.start + len(one.mask)
    if text[one.start : end] != one.mask:
        raise InvalidRequest("the originals belong to another conversation", field="sealed")
    return text[: one.start] + one.text + text[end:]


def _private(pem: bytes) -> X25519PrivateKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        raise InvalidRequest("this is no private key in PEM", field="key") from None
    if not isinstance(key, X25519PrivateKey):
        raise InvalidRequest("this is no X25519 key", field="key")
    return key
