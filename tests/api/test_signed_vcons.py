"""A signed vCon is taken by REST if the service was given the signer's key."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.testclient import TestClient

from api import bodies
from api.app import build, create_app
from api.dependencies import Parts
from tests.api.conftest import Served

SIGNER = Ed25519PrivateKey.generate()
VCON = {
    "vcon": "0.4.0",
    "uuid": "u-1",
    "parties": [{"role": "agent"}, {"role": "customer"}],
    "dialog": [
        {"type": "text", "start": "2026-11-26T10:00:00Z", "parties": 0, "body": "How can I help you?"},
        {"type": "text", "start": "2026-11-26T10:00:02Z", "parties": 1, "body": "My card is lost."},
    ],
}


def _signed() -> dict[str, Any]:
    payload, protected = (_encoded(json.dumps(one).encode()) for one in (VCON, {"alg": "EdDSA"}))
    signature = _encoded(SIGNER.sign(f"{protected}.{payload}".encode()))
    return {"payload": payload, "signatures": [{"protected": protected, "signature": signature}]}


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A file with the signer's key."""
    path = tmp_path / "signers.pem"
    path.write_bytes(SIGNER.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


@pytest.mark.parametrize("media_type", ["application/vcon+json", "application/json"])
def test_a_vcon_signed_by_a_trusted_key_is_taken(served: Served, keys: Path, media_type: str) -> None:
    settings = served.settings.model_copy(update={"vcon_keys": keys})
    with TestClient(build(Parts(settings, served.database, served.bell))) as client:
        client.headers |= {"Authorization": served.client.headers["Authorization"], "Content-Type": media_type}
        made = client.post("/v1/conversations", content=json.dumps(_signed()))
        assert made.status_code == 202
        stored = client.get(made.json()["links"]["conversation"]).json()
        assert [turn["text"] for turn in stored["conversation"]["turns"]] == [one["body"] for one in VCON["dialog"]]
        tampered = {**_signed(), "payload": _encoded(json.dumps({**VCON, "uuid": "u-2"}).encode())}
        refused = client.post("/v1/conversations", content=json.dumps(tampered))
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == "/signatures/0/signature"


def test_without_keys_a_signed_vcon_is_refused_and_says_what_to_send(served: Served) -> None:
    refused = served.client.post(
        "/v1/conversations", content=json.dumps(_signed()), headers={"Content-Type": "application/vcon+json"}
    )
    assert refused.status_code == 422
    assert "send its payload" in refused.json()["detail"]


def test_a_file_of_keys_that_holds_none_stops_the_service_when_it_starts(served: Served, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    with pytest.raises(ValueError, match="no key"):
        create_app(served.settings.model_copy(update={"vcon_keys": empty}))
    with pytest.raises(FileNotFoundError):
        bodies.trusted(tmp_path / "none.pem")
