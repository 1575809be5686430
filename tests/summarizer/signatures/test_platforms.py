"""The vendors' own vectors pass; whatever is changed in them does not."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from summarizer.errors import SignatureExpired, SignatureMissing, SignatureRefused
from summarizer.signatures import genesys, sns, twilio, zoom

VECTORS = json.loads((Path(__file__).parents[2] / "data" / "signatures" / "vectors.json").read_text("utf-8"))
TWILIO = VECTORS["twilio_x_twilio_signature"]
GENESYS = VECTORS["genesys_open_messaging_x_hub_signature_256"]
ZOOM, ZOOM_CHALLENGE = VECTORS["zoom_x_zm_signature"]


def _twilio(vector: dict[str, Any], **changes: Any) -> str:
    form = [*map(tuple, vector.get("params_list", [])), *vector.get("params", {}).items()]
    raw = vector["json_body"].encode() if "json_body" in vector else urlencode(form).encode()
    given: dict[str, Any] = {
        "raw": raw,
        "headers": {twilio.HEADER: vector["X-Twilio-Signature"]},
        "url": vector["url"],
        "media_type": "application/json" if "json_body" in vector else twilio.FORM,
        "secrets": [vector["auth_token"]],
    }
    return twilio.check(**{**given, **changes})


@pytest.mark.parametrize("vector", TWILIO)
def test_what_twilio_signed_is_twilios(vector: dict[str, Any]) -> None:
    assert _twilio(vector) == _twilio(vector)
    assert _twilio(vector, secrets=["another", vector["auth_token"]])


@pytest.mark.parametrize("vector", TWILIO)
def test_what_was_changed_is_not_twilios(vector: dict[str, Any]) -> None:
    for changes in (
        {"raw": b"Digits=9999" if "json_body" not in vector else b'{"property": "other"}'},
        {"url": vector["url"].replace("foo=1", "foo=2")},
        {"secrets": ["54321"]},
        {"secrets": []},
        {"headers": {twilio.HEADER: "RSOYDt4T1cUTdK1PDd93/VVr8B9="}},
        {"headers": {twilio.HEADER: "é"}},
    ):
        with pytest.raises(SignatureRefused):
            _twilio(vector, **changes)
    with pytest.raises(SignatureMissing):
        _twilio(vector, headers={})


def test_twilio_may_sign_the_address_with_the_port_that_its_scheme_implies() -> None:
    form = [("CallSid", "CA1")]
    for signed, given in (
        ("https://example.com:443/hook?a=1", "https://example.com/hook?a=1"),
        ("https://example.com/hook", "https://example.com:8443/hook"),
    ):
        headers = {twilio.HEADER: twilio.sign(signed, form, secret="s")}
        assert twilio.check(b"CallSid=CA1", headers, url=given, media_type=twilio.FORM, secrets=["s"])


def test_a_json_body_whose_hash_is_not_in_the_address_is_refused() -> None:
    headers = {twilio.HEADER: twilio.sign("https://example.com/hook", [], secret="s")}
    with pytest.raises(SignatureRefused, match="hash"):
        twilio.check(b"{}", headers, url="https://example.com/hook", media_type="application/json", secrets=["s"])


@pytest.mark.parametrize("vector", GENESYS)
def test_genesys_signs_in_base64_and_nothing_else_passes(vector: dict[str, Any]) -> None:
    raw, headers = vector["raw_body"].encode(), {genesys.HEADER: vector["X-Hub-Signature-256"]}
    if vector["valid"]:
        assert genesys.check(raw, headers, secrets=["other", vector["secret"]]) == hashlib.sha256(raw).hexdigest()
        raw += b" "
    with pytest.raises(SignatureRefused):
        genesys.check(raw, headers, secrets=[vector["secret"]])
    with pytest.raises(SignatureMissing):
        genesys.check(raw, {}, secrets=[vector["secret"]])


def test_zoom_signs_body_and_time_together() -> None:
    raw, timestamp = ZOOM["raw_body"].encode(), ZOOM[zoom.TIMESTAMP]
    headers = {zoom.SIGNATURE: ZOOM[zoom.SIGNATURE], zoom.TIMESTAMP: timestamp}

    def check(raw: bytes, headers: dict[str, str], *, later_s: int = 0) -> str:
        return zoom.check(raw, headers, secrets=[ZOOM["secret"]], clock=lambda: int(timestamp) + later_s)

    assert check(raw, headers)
    assert check(raw, headers, later_s=299)
    with pytest.raises(SignatureExpired):
        check(raw, headers, later_s=301)
    for wrong in (raw + b" ", raw.replace(b"abc", b"abd")):
        with pytest.raises(SignatureRefused):
            check(wrong, headers)
    with pytest.raises(SignatureRefused):
        check(raw, headers | {zoom.TIMESTAMP: str(int(timestamp) + 1)})
    with pytest.raises(SignatureMissing):
        check(raw, {zoom.SIGNATURE: ZOOM[zoom.SIGNATURE]})


def test_zooms_challenge_is_answered_with_the_secret() -> None:
    token = ZOOM_CHALLENGE["url_validation"]["payload"]["plainToken"]
    answer = zoom.answer_to_challenge(token, secret=ZOOM_CHALLENGE["secret"])
    assert answer == {"plainToken": token, "encryptedToken": ZOOM_CHALLENGE["expected_encryptedToken"]}


NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:transcripts"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _certificate() -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = x509.CertificateBuilder(name, name, KEY.public_key(), 1, NOW, NOW + timedelta(days=1))
    return made.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _message(version: str = "2", **changes: str) -> dict[str, str]:
    message = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": '{"detail": 1}',
        "Timestamp": "2026-11-26T11:59:00.000Z",
        "SignatureVersion": version,
        "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
    }
    algorithm = {"1": hashes.SHA1(), "2": hashes.SHA256()}[version]
    signature = KEY.sign(sns.signed_text(message), padding.PKCS1v15(), algorithm)
    return message | {"Signature": base64.b64encode(signature).decode()} | changes


def _check(message: dict[str, str], **changes: Any) -> str:
    given: dict[str, Any] = {"topics": frozenset({TOPIC}), "fetch": lambda _: _certificate(), "clock": lambda: NOW}
    return sns.check(message, **{**given, **changes})


@pytest.mark.parametrize("version", ["1", "2"])
def test_what_amazon_signed_is_amazons(version: str) -> None:
    message = _message(version)
    assert _check(message) == message["MessageId"]


def test_the_text_that_amazon_signs_is_the_documented_one() -> None:
    confirmation = {
        "Type": "SubscriptionConfirmation",
        "Token": "t",
        "SubscribeURL": "u",
        "Message": "m",
        "Subject": "s",
    }
    assert sns.signed_text(confirmation) == b"Message\nm\nSubscribeURL\nu\nToken\nt\nType\nSubscriptionConfirmation\n"
    assert sns.signed_text({"Type": "Notification", "Subject": "s", "Message": "m"}) == (
        b"Message\nm\nSubject\ns\nType\nNotification\n"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"Message": "other"},
        {"TopicArn": "arn:aws:sns:eu-west-1:999999999999:transcripts"},
        {"SignatureVersion": "3"},
        {"Signature": "AAAA"},
        {"Signature": "not base64"},
        {"SigningCertURL": "http://sns.eu-west-1.amazonaws.com/a.pem"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem"},
        {"SigningCertURL": "https://evil.example/sns.eu-west-1.amazonaws.com/a.pem"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com:8443/a.pem"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com\\@evil.example/a.pem"},
        {"SigningCertURL": "https://bucket.s3.amazonaws.com/a.pem"},
    ],
)
def test_what_was_changed_is_not_amazons(changes: dict[str, str]) -> None:
    with pytest.raises(SignatureRefused):
        _check(_message(**changes))


def test_no_certificate_is_fetched_from_a_foreign_host() -> None:
    fetched: list[str] = []

    def fetch(url: str) -> bytes:
        fetched.append(url)
        return _certificate()

    with pytest.raises(SignatureRefused):
        _check(_message(SigningCertURL="https://evil.example/a.pem"), fetch=fetch)
    assert fetched == []


def test_an_old_message_and_one_without_a_signature_are_refused() -> None:
    with pytest.raises(SignatureExpired):
        _check(_message(), clock=lambda: NOW + timedelta(hours=2))
    bare = _message()
    del bare["Signature"]
    with pytest.raises(SignatureMissing, match="Signature"):
        _check(bare)
