"""Our own shape: the summary's document as it is stored, with the ids of what it is about."""

from typing import Any

from summarizer.shapes.told import Told


def write(told: Told) -> dict[str, Any]:
    """Everything but the conversation itself; `summary` is null where `reason` says why there is none."""
    return {
        "conversation_id": told.conversation_id,
        "external_id": told.external_id,
        "revision": told.revision,
        "leg": told.leg,
        "created_at": told.created_at.isoformat(),
        "summary": None if told.summary is None else dict(told.summary),
        "reason": told.reason,
        "edit": None if told.edit is None else dict(told.edit),
    }
