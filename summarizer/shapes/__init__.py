"""The shapes in which we tell others of a summary."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summarizer.conversation import Conversation


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to be told of one revision."""

    conversation: Conversation
    conversation_id: str
    external_id: str
    revision: int
    leg: str | None
    created_at: datetime
    summary: Mapping[str, Any] | None
    reason: str | None
    edited_text: str | None


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape."""

    name: str
    media_type: str
    write: Callable[[Told], dict[str, Any]]


def _wrapup(told: Told) -> dict[str, Any]:
    return {
        "conversation_id": told.conversation_id,
        "external_id": told.external_id,
        "revision": told.revision,
        "leg": told.leg,
        "created_at": told.created_at.isoformat(),
        "summary": None if told.summary is None else dict(told.summary),
        "reason": told.reason,
        "edited_text": told.edited_text,
    }


SHAPES = {name: Shape(name, "application/json", _wrapup) for name in ("wrapup", "genesys", "vcon", "azure")}
