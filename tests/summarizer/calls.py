"""The labelled calls of tests/data/outcome."""

from typing import Any

from summarizer.conversation import Conversation
from tests.builders import a_conversation
from tests.summarizer.labelled import rows

CALLS = list(rows("outcome/calls.jsonl"))


def as_conversation(call: dict[str, Any]) -> Conversation:
    """One labelled call."""
    return a_conversation(tuple((role, text) for role, text in call["turns"]), language=call["language"])
