"""A vCon: the conversation, one text dialog for each turn, and the summary as an analysis that names its evidence."""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from summarizer.formats import vcon_own, vcon_writer
from summarizer.shapes.told import Told

MEDIA_TYPE = vcon_writer.MEDIA_TYPE


def write(told: Told) -> dict[str, Any]:
    """The vCon; what it has no member for stands in its `wrapup` members."""
    document = vcon_writer.write(
        told.conversation,
        uuid=_uuid(told.conversation_id),
        created_at=told.created_at,
        summary=told.summary,
        edited_text=told.edited_text,
    )
    known = {"conversation_id": told.conversation_id, "revision": told.revision, "reason": told.reason}
    more = {name: value for name, value in known.items() if value is not None}
    return {**document, vcon_own.EXTENSION: {**document[vcon_own.EXTENSION], **more}}


def _uuid(conversation_id: str) -> UUID:
    """The UUID in a public id; of another id always the same one."""
    try:
        return UUID(conversation_id.rpartition("_")[2])
    except ValueError:
        return uuid5(NAMESPACE_URL, f"urn:wrapup:{conversation_id}")
