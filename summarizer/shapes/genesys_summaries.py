"""The resource with which Genesys Cloud answers `GET /api/v2/conversations/{id}/summaries`.

Members as in the published SDK (`ConversationSummary`, `ConversationSessionSummary`). A summary of one agent's part is
a session's there; the ids of participants are those of the transcript. What has no place in it: evidence, headline and
details; `genesys` has the last two.
"""

from collections.abc import Mapping
from typing import Any

from summarizer.conversation import Channel
from summarizer.shapes import genesys
from summarizer.shapes.told import Told
from summarizer.summary import Outcome, SectionName

_MEDIA = {Channel.VOICE: "Call", Channel.EMAIL: "Email", Channel.CHAT: "Chat", Channel.MESSAGE: "Message"}


def write(told: Told) -> dict[str, Any]:
    """The whole answer; what the conversation does not say is null or an empty list."""
    name = told.external_id or told.conversation_id
    summary = _summary(told)
    return {
        "conversation": {"id": name, "selfUri": f"/api/v2/conversations/{name}"},
        "summary": summary if told.leg is None else None,
        "sessionSummaries": [] if told.leg is None else [{**summary, "communication": {"id": told.leg}}],
    }


def _summary(told: Told) -> dict[str, Any]:
    machine = told.summary or {}
    return {
        "id": None,
        "text": machine.get("text"),
        "confidence": machine.get("score"),
        "status": "Error" if told.summary is None else "Completed",
        "mediaType": _MEDIA[told.conversation.channel],
        "language": machine.get("language") or told.conversation.language,
        "predictedWrapupCodes": _codes(told.stated(SectionName.DISPOSITION)),
        "editedSummary": None if told.edited_text is None else {"text": told.edited_text},
        "reason": _part(told.stated(SectionName.REASON)),
        "followup": _part(told.stated(SectionName.FOLLOW_UPS)),
        "resolution": _resolution(told.stated(SectionName.RESOLUTION)),
        "dateCreated": genesys.date(told.created_at),
        "participants": [{"id": one} for one in told.conversation.agents],
    }


def _part(section: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if section is None else {"text": section["text"], "description": "", "confidence": section["score"]}


def _resolution(section: Mapping[str, Any] | None) -> dict[str, Any] | None:
    part = _part(section)
    if part is None or section is None:
        return None
    value = section["value"]
    return {**part, "outcome": None if value is None else genesys.OUTCOMES[Outcome(value)]}


def _codes(section: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The code that was chosen, and none that was not."""
    if section is None or section["value"] is None:
        return []
    return [{"id": section["value"], "name": section["text"], "description": "", "confidence": section["score"]}]
