"""What the platforms hold in these tests."""

import json
from pathlib import Path
from typing import Any

from tests.standins import Genesys, Twilio

FORMATS = Path("tests/data/formats")
CONVERSATION_ID = "44444444-4444-4444-8444-44444444444a"
FIRST, SECOND, THIRD = "leg-1", "leg-2", "leg-3"
TWILIO = {"account_sid": "AC1", "auth_token": "token-1"}
CAPTIONS = b"WEBVTT\n\n1\n00:00:00.000 --> 00:00:02.000\nAda: My card fell into the water.\n"


def document(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((FORMATS / name).read_text())
    return read


def twilio(**changes: object) -> Twilio:
    """A completed transcript of two pages."""
    transcript = document("twilio/spec_transcript.json") | {
        "sid": "GT1",
        "status": "completed",
        "customer_key": "call-1",
    }
    pages = [
        {"sentences": document(f"twilio/sentences_page{number}.constructed.json")["sentences"]} for number in (1, 2)
    ]
    return Twilio(transcript | changes, pages)


def genesys(*with_transcript: str) -> Genesys:
    """A call of a customer and two agents, and which of its communications have a transcript."""
    legs = (FIRST, SECOND, THIRD)
    conversation = {"id": CONVERSATION_ID, "participants": [{"calls": [{"id": leg}], "chats": []} for leg in legs]}
    words = (FORMATS / "genesys/transfer_two_agents.constructed.json").read_bytes()
    return Genesys(conversation, dict.fromkeys(with_transcript, words))
