"""Signed JSON (JWS, RFC 7515) with one signature or several, checked against keys that were configured.

What the document itself brings along (`x5c`, `jwk`, an `x5u` to fetch) proves nothing and is not looked at: a key is
trusted because whoever runs the service put it, or a certificate that holds it, into the file of trusted keys.
"""

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

from summarizer.errors import InvalidTranscript
from summarizer.formats import strict_json

PublicKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey

MAX_SIGNATURES = 10
MIN_RSA_BITS = 2048  # RFC 7518, section 3.3
_COORDINATE_BYTES = 32  # of P-256
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_PEM = re.compile(rb"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)


def trusted_keys(pem: bytes) -> tuple[PublicKey, ...]:
    """The public keys in a PEM file of keys and certificates; raises ValueError for one that cannot check a signature.

    A certificate is taken for its key alone: who put it there vouches for it, also when it has expired.
    """
    keys = tuple(_usable(_loaded(match[1], match[0])) for match in _PEM.finditer(pem))
    if not keys:
        raise ValueError("the file of trusted keys holds no key and no certificate")
    return keys


def verified(document: dict[str, object], *, trusted: Sequence[PublicKey]) -> bytes:
    """The payload of a JWS in general or flattened JSON serialization, every signature of which is by a trusted key.

    Raises InvalidTranscript with the place of the first thing that is wrong.
    """
    payload = document.get("payload")
    content = _decoded(payload, pointer="/payload")
    for one in _signatures(document):
        _check(one, payload=str(payload), trusted=trusted)
    return content


@dataclass(frozen=True, slots=True)
class _Signature:
    """One entry of `signatures`, or the flattened document itself."""

    fields: dict[str, object]
    pointer: str


def _signatures(document: dict[str, object]) -> Iterator[_Signature]:
    if "signatures" not in document:
        yield _Signature(document, "")
        return
    if "signature" in document or "protected" in document:
        raise InvalidTranscript("a JWS is either general or flattened", pointer="/signatures")
    items = document["signatures"]
    if not isinstance(items, list) or not 0 < len(items) <= MAX_SIGNATURES:
        raise InvalidTranscript(f"must be a list of 1 to {MAX_SIGNATURES} signatures", pointer="/signatures")
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            raise InvalidTranscript("must be an object", pointer=f"/signatures/{index}")
        yield _Signature(item, f"/signatures/{index}")


def _check(one: _Signature, *, payload: str, trusted: Sequence[PublicKey]) -> None:
    algorithm = _algorithm(one)
    signature = _decoded(one.fields.get("signature"), pointer=f"{one.pointer}/signature")
    signed = f"{one.fields['protected']}.{payload}".encode()
    if not any(_is_by(key, signature, signed, algorithm=algorithm) for key in trusted):
        raise InvalidTranscript("not a signature by a trusted key", pointer=f"{one.pointer}/signature")


def _algorithm(one: _Signature) -> str:
    """The algorithm that the signature itself covers; what the unprotected header says must not contradict it."""
    place = f"{one.pointer}/protected"
    protected = _protected(one, pointer=place)
    algorithm = protected.get("alg")
    if not isinstance(algorithm, str) or algorithm not in _KINDS:
        raise InvalidTranscript(f"the algorithm must be one of {', '.join(_KINDS)}", pointer=place)
    header = one.fields.get("header", {})
    if not isinstance(header, dict):
        raise InvalidTranscript("must be an object", pointer=f"{one.pointer}/header")
    if "crit" in protected or "crit" in header:
        raise InvalidTranscript("it asks for an extension of JWS that is not known here", pointer=place)
    if any(header[name] != protected[name] for name in header.keys() & protected.keys()):
        raise InvalidTranscript("the header contradicts the protected one", pointer=f"{one.pointer}/header")
    return algorithm


def _protected(one: _Signature, *, pointer: str) -> dict[str, object]:
    try:
        header = strict_json.parse(_decoded(one.fields.get("protected"), pointer=pointer))
    except InvalidTranscript as error:
        raise InvalidTranscript(error.detail, pointer=pointer) from None
    if not isinstance(header, dict):
        raise InvalidTranscript("must hold a JSON object", pointer=pointer)
    return header


def _decoded(text: object, *, pointer: str) -> bytes:
    """Base64url without padding, as RFC 7515 has it."""
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise InvalidTranscript("must be base64url without padding", pointer=pointer)
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _is_by(key: PublicKey, signature: bytes, signed: bytes, *, algorithm: str) -> bool:
    """A key checks signatures of its own kind only, so that no key is ever taken for a secret or for another key."""
    if not isinstance(key, _KINDS[algorithm]):
        return False
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(signature, signed, PKCS1v15(), SHA256())
        elif isinstance(key, EllipticCurvePublicKey):
            key.verify(_der(signature), signed, ECDSA(SHA256()))
        else:
            key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _der(signature: bytes) -> bytes:
    """Two coordinates one after the other (RFC 7518, section 3.4), as the library wants them."""
    if len(signature) != 2 * _COORDINATE_BYTES:
        raise InvalidSignature
    halves = signature[:_COORDINATE_BYTES], signature[_COORDINATE_BYTES:]
    return encode_dss_signature(*(int.from_bytes(half, "big") for half in halves))


def _loaded(label: bytes, block: bytes) -> object:
    if label == b"CERTIFICATE":
        return load_pem_x509_certificate(block).public_key()
    if label.endswith(b"PUBLIC KEY"):
        return load_pem_public_key(block)
    raise ValueError("the file of trusted keys may hold public keys and certificates only")


def _usable(key: object) -> PublicKey:
    if isinstance(key, RSAPublicKey) and key.key_size >= MIN_RSA_BITS:
        return key
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key
    if isinstance(key, Ed25519PublicKey):
        return key
    raise ValueError(f"a trusted key must be RSA of {MIN_RSA_BITS} bits or more, P-256, or Ed25519")


_KINDS: dict[str, type[PublicKey]] = {
    "RS256": RSAPublicKey,
    "ES256": EllipticCurvePublicKey,
    "EdDSA": Ed25519PublicKey,
}
