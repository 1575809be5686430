"""Invented calls with claims about them, true ones and false ones; of a false one which check must drop it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from summarizer.conversation import Conversation, Participant, Role, Turn
from summarizer.grounding import ground
from summarizer.summary import Aspect, Claim, Draft, Statement
from summarizer.window import whole

DATA = Path(__file__).parent.parent / "data"
PEOPLE = (Participant("a", Role.AGENT), Participant("c", Role.CUSTOMER), Participant("x", Role.UNKNOWN))


def a_call(*turns: str, language: str = "en") -> Conversation:
    """Turns as `a: I will check.`; a is the agent, c the customer, x somebody unknown."""
    return Conversation(tuple(Turn(one[0], one[3:]) for one in turns), PEOPLE, language=language)


def a_claim(text: str, call: Conversation) -> Claim:
    """One sentence, grounded in the call."""
    [claim] = ground(Draft((Statement(Aspect.SUMMARY, text),)), call, whole(call))
    return claim


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The lines of a labelled set."""
    with (DATA / name).open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def claims(check: str | None) -> Iterator[tuple[Claim, Conversation]]:
    """The claims that a check must drop; of None the true ones."""
    for row in rows("verify/claims.jsonl"):
        call = a_call(*row["call"], language=row["language"])
        yield from ((a_claim(one["text"], call), call) for one in row["claims"] if one["check"] == check)
