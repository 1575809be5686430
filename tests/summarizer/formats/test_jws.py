"""A signed vCon is read only if a trusted key signed exactly what it says."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from summarizer import formats
from summarizer.errors import InvalidTranscript
from summarizer.formats import jws

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
P256 = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEYS = {"RS256": RSA, "ES256": P256, "EdDSA": ED}

VCON = json.dumps(
    {
        "vcon": "0.4.0",
        "uuid": "u-1",
        "parties": [{"name": "Ann", "role": "agent"}],
        "dialog": [{"type": "text", "start": "2026-11-26T10:00:00Z", "parties": 0, "body": "How can I help you?"}],
    }
).encode()
Document = dict[str, Any]


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def header(**members: Any) -> str:
    return encoded(json.dumps(members).encode())


def signature(key: PrivateKey, signed: str) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(signed.encode(), padding.PKCS1v15(), SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return key.sign(signed.encode())


def entry(algorithm: str, *, key: PrivateKey | None = None, payload: str = encoded(VCON), **more: Any) -> Document:
    """One signature, with `more` in its protected header."""
    protected = header(alg=algorithm, **more)
    made = signature(key or KEYS[algorithm], f"{protected}.{payload}")
    return {"protected": protected, "signature": encoded(made)}


def signed(*algorithms: str) -> Document:
    return {"payload": encoded(VCON), "signatures": [entry(one) for one in algorithms]}


def public_pem(key: PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


TRUSTED = jws.trusted_keys(b"".join(public_pem(key) for key in KEYS.values()))


def read(document: Document, trusted: Any = TRUSTED) -> list[str]:
    return [turn.text for turn in formats.read(json.dumps(document).encode(), trusted=trusted).turns]


@pytest.mark.parametrize("algorithm", KEYS)
def test_what_a_trusted_key_signed_is_read(algorithm: str) -> None:
    assert read(signed(algorithm)) == ["How can I help you?"]
    assert read({"payload": encoded(VCON), **entry(algorithm)}) == ["How can I help you?"]


def test_several_trusted_keys_may_sign_the_same() -> None:
    assert read(signed(*KEYS)) == ["How can I help you?"]


def test_what_the_draft_s_own_signer_repeats_outside_the_protected_header_is_no_contradiction() -> None:
    document = signed("RS256")
    document["signatures"][0]["header"] = {"alg": "RS256", "uuid": "u-1", "x5c": ["AAAA"]}
    assert read(document) == ["How can I help you?"]


def test_without_trusted_keys_a_signed_vcon_is_refused_as_not_verified() -> None:
    with pytest.raises(InvalidTranscript, match="not verified here") as refused:
        read(signed("RS256"), trusted=())
    assert refused.value.pointer == "/payload"
    with pytest.raises(InvalidTranscript, match="not verified here"):
        read({"payload": encoded(VCON), **entry("RS256")}, trusted=())


def _other_payload(document: Document) -> None:
    document["payload"] = encoded(VCON.replace(b"help", b"harm"))


def _padded_payload(document: Document) -> None:
    document["payload"] += "="


def _payload_of_no_base64(document: Document) -> None:
    document["payload"] = "a b+c/"


def _no_payload(document: Document) -> None:
    document["payload"] = {"parties": []}


def _none(document: Document) -> None:
    document["signatures"] = [{"protected": header(alg="none"), "signature": ""}]


def _none_in_other_letters(document: Document) -> None:
    document["signatures"] = [{"protected": header(alg="nOnE"), "signature": ""}]


def _no_algorithm(document: Document) -> None:
    document["signatures"][0]["protected"] = header(typ="JWT")


def _algorithm_outside_the_protected_header(document: Document) -> None:
    made = entry("RS256")
    document["signatures"] = [{"protected": header(), "signature": made["signature"], "header": {"alg": "RS256"}}]


def _contradicting_header(document: Document) -> None:
    document["signatures"][0]["header"] = {"alg": "none"}


def _another_protected_header(document: Document) -> None:
    document["signatures"][0]["protected"] = header(alg="RS256", kid="other")


def _another_algorithm(document: Document) -> None:
    document["signatures"][0]["protected"] = header(alg="ES256")


def _public_key_as_secret(document: Document) -> None:
    protected = header(alg="HS256")
    made = hmac.new(public_pem(RSA), f"{protected}.{document['payload']}".encode(), hashlib.sha256).digest()
    document["signatures"] = [{"protected": protected, "signature": encoded(made)}]


def _stranger(document: Document) -> None:
    document["signatures"] = [entry("RS256", key=STRANGER)]


def _stranger_who_brings_the_key_along(document: Document) -> None:
    numbers = STRANGER.public_key().public_numbers()
    key = {"kty": "RSA", "n": encoded(numbers.n.to_bytes(256, "big")), "e": "AQAB"}
    document["signatures"] = [entry("RS256", key=STRANGER, jwk=key, x5c=[_certificate(STRANGER, Encoding.DER)])]


def _one_of_two_is_a_stranger_s(document: Document) -> None:
    document["signatures"].append(entry("RS256", key=STRANGER))


def _the_first_of_two_is_broken(document: Document) -> None:
    broken = entry("ES256")
    document["signatures"].insert(0, broken | {"signature": encoded(bytes(64))})


def _signature_in_der(document: Document) -> None:
    protected = header(alg="ES256")
    made = P256.sign(f"{protected}.{document['payload']}".encode(), ec.ECDSA(SHA256()))
    document["signatures"] = [{"protected": protected, "signature": encoded(made)}]


def _signature_cut(document: Document) -> None:
    document["signatures"][0]["signature"] = document["signatures"][0]["signature"][:-4]


def _empty_signature(document: Document) -> None:
    document["signatures"][0]["signature"] = ""


def _no_signature(document: Document) -> None:
    del document["signatures"][0]["signature"]


def _no_signatures(document: Document) -> None:
    document["signatures"] = []


def _too_many_signatures(document: Document) -> None:
    document["signatures"] *= 11


def _no_object(document: Document) -> None:
    document["signatures"] = ["x"]


def _protected_of_no_json(document: Document) -> None:
    document["signatures"][0]["protected"] = encoded(b"{")


def _protected_twice(document: Document) -> None:
    document["signatures"][0]["protected"] = encoded(b'{"alg": "none", "alg": "RS256"}')


def _critical_extension(document: Document) -> None:
    document["signatures"] = [entry("RS256", crit=["b64"], b64=False)]


def _both_kinds_at_once(document: Document) -> None:
    document |= entry("RS256", key=STRANGER)


def _header_of_no_object(document: Document) -> None:
    document["signatures"][0]["header"] = "alg"


TAMPERED: list[tuple[Callable[[Document], None], str, str]] = [
    (_other_payload, "/signatures/0/signature", "trusted key"),
    (_padded_payload, "/payload", "base64url"),
    (_payload_of_no_base64, "/payload", "base64url"),
    (_no_payload, "/payload", "base64url"),
    (_none, "/signatures/0/protected", "algorithm"),
    (_none_in_other_letters, "/signatures/0/protected", "algorithm"),
    (_no_algorithm, "/signatures/0/protected", "algorithm"),
    (_algorithm_outside_the_protected_header, "/signatures/0/protected", "algorithm"),
    (_contradicting_header, "/signatures/0/header", "contradicts"),
    (_another_protected_header, "/signatures/0/signature", "trusted key"),
    (_another_algorithm, "/signatures/0/signature", "trusted key"),
    (_public_key_as_secret, "/signatures/0/protected", "algorithm"),
    (_stranger, "/signatures/0/signature", "trusted key"),
    (_stranger_who_brings_the_key_along, "/signatures/0/signature", "trusted key"),
    (_one_of_two_is_a_stranger_s, "/signatures/1/signature", "trusted key"),
    (_the_first_of_two_is_broken, "/signatures/0/signature", "trusted key"),
    (_signature_in_der, "/signatures/0/signature", "trusted key"),
    (_signature_cut, "/signatures/0/signature", "trusted key"),
    (_empty_signature, "/signatures/0/signature", "trusted key"),
    (_no_signature, "/signatures/0/signature", "base64url"),
    (_no_signatures, "/signatures", "list"),
    (_too_many_signatures, "/signatures", "list"),
    (_no_object, "/signatures/0", "object"),
    (_protected_of_no_json, "/signatures/0/protected", "JSON"),
    (_protected_twice, "/signatures/0/protected", "twice"),
    (_critical_extension, "/signatures/0/protected", "extension"),
    (_both_kinds_at_once, "/signatures", "flattened"),
    (_header_of_no_object, "/signatures/0/header", "object"),
]


@pytest.mark.parametrize(("tamper", "pointer", "detail"), TAMPERED)
def test_a_tampered_vcon_is_refused_at_its_place(tamper: Callable[[Document], None], pointer: str, detail: str) -> None:
    document = signed("RS256")
    tamper(document)
    with pytest.raises(InvalidTranscript, match=detail) as refused:
        read(document)
    assert refused.value.pointer == pointer
    assert "help" not in str(refused.value)


def test_a_signed_vcon_in_a_signed_vcon_is_not_read() -> None:
    payload = encoded(json.dumps(signed("RS256")).encode())
    with pytest.raises(InvalidTranscript, match="not verified here"):
        read({"payload": payload, "signatures": [entry("RS256", payload=payload)]})


def test_what_is_wrong_in_a_payload_is_said_with_its_place_there() -> None:
    payload = encoded(VCON.replace(b'"parties": 0', b'"parties": 7'))
    with pytest.raises(InvalidTranscript) as refused:
        read({"payload": payload, "signatures": [entry("RS256", payload=payload)]})
    assert refused.value.pointer == "/dialog/0/parties"


def test_a_certificate_in_the_file_is_trusted_by_its_key_also_when_it_has_expired() -> None:
    trusted = jws.trusted_keys(b"The signer of our recorder\n" + _certificate(RSA, Encoding.PEM).encode())
    assert read(signed("RS256"), trusted=trusted) == ["How can I help you?"]
    with pytest.raises(InvalidTranscript):
        read(signed("ES256"), trusted=trusted)


def _small() -> bytes:
    return public_pem(rsa.generate_private_key(public_exponent=65537, key_size=1024))


def _other_curve() -> bytes:
    return public_pem(ec.generate_private_key(ec.SECP384R1()))


def _private() -> bytes:
    return ED.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize("pem", [lambda: b"", lambda: b"ssh-ed25519 AAAA", _small, _other_curve, _private])
def test_a_file_without_a_usable_key_is_refused(pem: Callable[[], bytes]) -> None:
    with pytest.raises(ValueError, match="trusted key"):
        jws.trusted_keys(pem())


def _certificate(key: rsa.RSAPrivateKey, encoding: Encoding) -> str:
    """Signed by itself and expired: PEM, or the base64 of DER as in `x5c`."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "recorder.example")])
    began = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=1))
        .sign(key, SHA256())
        .public_bytes(encoding)
    )
    return made.decode() if encoding is Encoding.PEM else base64.b64encode(made).decode()
