"""The event in which Genesys Cloud tells of a summary (`ConversationSummaryTopicConversationSummaryEvent`).

Found in the published SDK: the members of the event (257 to 262), `summarySourceType: EXTERNAL_SERVICE` among them, and
that a summary setting with `serviceType: External` needs an `integrationId` and has a `timeoutDuration` in seconds. Not
found anywhere: what Genesys then sends to the external service and what it takes for an answer. So this is the event's
shape, for whoever works with these events already, and no promise that Genesys accepts it as such an answer.

It has no place for evidence, nor for ids of ours: `userId`, `summaryId` and the names of the classes in
`resolutionValue` (a free string there) are null or ours. `queueId` and `wrapUpCodeId` are the tenant's names for them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from summarizer.conversation import Channel, Conversation, Role
from summarizer.shapes.told import Told
from summarizer.summary import NoSummary, Outcome, SectionName

_MEDIA = {Channel.VOICE: "CALL", Channel.EMAIL: "EMAIL", Channel.CHAT: "MESSAGE", Channel.MESSAGE: "MESSAGE"}
OUTCOMES = {
    Outcome.RESOLVED: "Resolved",
    Outcome.PARTIAL: "PartiallyResolved",
    Outcome.UNRESOLVED: "Unresolved",
    Outcome.NOT_APPLICABLE: "NotApplicable",
}
_ERRORS = {NoSummary.NOTHING_SAID: "CONVERSATION_TOO_SHORT", NoSummary.NOISE_ONLY: "CONVERSATION_TOO_SHORT"}


def write(told: Told) -> dict[str, Any]:
    """The event's body; what the conversation does not say is null or an empty list."""
    return {
        "conversationId": told.external_id or told.conversation_id,
        "queueId": told.conversation.queue,
        "participants": [
            {"userId": None, "purpose": "AGENT"} for one in told.conversation.participants if one.role is Role.AGENT
        ],
        "communicationIds": [] if told.leg is None else [told.leg],
        "createdDate": date(told.created_at),
        "messageType": "UNKNOWN",
        "mediaType": _MEDIA[told.conversation.channel],
        "summaryId": None,
        "language": told.conversation.language if told.summary is None else told.summary["language"],
        "summary": _summary(told),
        "headline": _part(told.stated(SectionName.HEADLINE)),
        "reason": _part(told.stated(SectionName.REASON)),
        "resolution": _resolution(told.stated(SectionName.RESOLUTION)),
        "followupActions": _follow_ups(told.stated(SectionName.FOLLOW_UPS)),
        "extractedEntities": _entities(told.stated(SectionName.ENTITIES)),
        "wrapUpCodes": _codes(told.stated(SectionName.DISPOSITION)),
        "triggerSource": None,
        "summarySourceType": "EXTERNAL_SERVICE",
        "lastEditedBy": None,
        "errorType": None if told.reason is None else _ERRORS.get(NoSummary(told.reason), "UNKNOWN"),
        "durationMs": _duration_ms(told.conversation),
    }


def _summary(told: Told) -> dict[str, Any] | None:
    """The score is that of the machine's sentences; a person's text has none."""
    if told.text is None:
        return None
    is_machines = told.edited_text is None and told.summary is not None
    return {"text": told.text, "score": told.summary["score"] if is_machines and told.summary else None}


def _part(section: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if section is None else {"text": section["text"], "description": "", "score": section["score"]}


def _resolution(section: Mapping[str, Any] | None) -> dict[str, Any] | None:
    part = _part(section)
    if part is None or section is None:
        return None
    value = section["value"]
    return {**part, "resolutionValue": None if value is None else OUTCOMES[Outcome(value)]}


def _follow_ups(section: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Who is to do it, and by when, stands in the description."""
    if section is None:
        return []
    if not section["items"]:
        return [{"text": section["text"], "description": "", "score": section["score"]}]
    return [
        {
            "text": item["text"],
            "description": ", ".join(part for part in (item["name"], item["due"]) if part),
            "score": item["score"],
        }
        for item in section["items"]
    ]


def _entities(section: Mapping[str, Any] | None) -> list[dict[str, str]]:
    items = [] if section is None else section["items"]
    return [{"label": one["name"], "value": one["text"]} for one in items if one["text"] is not None]


def _codes(section: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The code that was chosen; the likeliest others were not, and whoever reads a list may take all of it."""
    if section is None or section["value"] is None:
        return []
    code = {"wrapUpCodeId": section["value"], "name": section["text"], "description": "", "score": section["score"]}
    return [code]


def date(moment: datetime) -> str:
    """Milliseconds and a Z, as Genesys writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _duration_ms(conversation: Conversation) -> int | None:
    """Until the last moment that is known."""
    moments = [turn.end_ms if turn.end_ms is not None else turn.start_ms for turn in conversation.turns]
    return max((one for one in moments if one is not None), default=None)
