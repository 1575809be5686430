"""From stored rows to what is told of them, wherever it goes: callbacks, exports, lookups in another shape."""

from datetime import datetime
from uuid import UUID

from summarizer import ids
from summarizer.formats import canonical
from summarizer.shapes import Told
from summarizer.store.tables import Edit, Summary


def told(
    conversation_id: UUID,
    *,
    external_id: str,
    revision: int,
    transcript: dict[str, object],
    created_at: datetime,
    summary: Summary | None,
    edit: Edit | None = None,
    reason: str | None = None,
) -> Told:
    """One revision with what a machine and a person made of it; `reason` where no machine could."""
    return Told(
        conversation=canonical.from_document(transcript),
        conversation_id=ids.public(ids.CONVERSATION, conversation_id),
        external_id=external_id,
        revision=revision,
        created_at=created_at,
        summary=None if summary is None else summary.document,
        reason=reason,
        edit=None if edit is None else edit.document,
    )
