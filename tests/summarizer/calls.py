"""The labelled calls of tests/data/outcome."""

import json
from pathlib import Path
from typing import Any

from summarizer.conversation import Conversation
from tests.builders import a_conversation

CALLS = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "data/outcome/calls.jsonl").read_text(encoding="utf-8").splitlines()
]


def as_conversation(call: dict[str, Any]) -> Conversation:
    """One labelled call."""
    return a_conversation(tuple((role, text) for role, text in call["turns"]), language=call["language"])
