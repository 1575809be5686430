"""A conversation and its summary as a vCon 0.4.0 (draft-ietf-vcon-vcon-core-04): one text dialog for each turn.

The summary is an analysis of type `summary`; the evidence of its sentences names turns, which are the dialogs' indices.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from summarizer.conversation import Conversation, Participant, Role, Turn

VERSION = "0.4.0"
MEDIA_TYPE = "application/vcon+json"


def write(
    conversation: Conversation, *, uuid: UUID, created_at: datetime, summary: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The vCon as a JSON document; a turn whose time is not known starts with the conversation, or when it was stored.

    `summary` is the body of the analysis: text, claims with their evidence, sections.
    """
    begins = conversation.started_at or created_at
    places = {one.id: index for index, one in enumerate(conversation.participants)}
    return {
        "vcon": VERSION,
        "uuid": str(uuid),
        "created_at": created_at.isoformat(),
        **({"subject": conversation.external_id} if conversation.external_id else {}),
        "parties": [_party(one) for one in conversation.participants],
        "dialog": [
            _dialog(turn, party=places[turn.participant], begins=begins, channel=conversation.channel)
            for turn in conversation.turns
        ],
        "analysis": [] if summary is None else [_analysis(summary, num_dialogs=len(conversation.turns))],
    }


def _party(participant: Participant) -> dict[str, Any]:
    known = {} if participant.role is Role.UNKNOWN else {"role": participant.role.value}
    return {"name": participant.name or participant.id, **known}


def _dialog(turn: Turn, *, party: int, begins: datetime, channel: str) -> dict[str, Any]:
    start_ms = turn.start_ms or 0
    known = {} if turn.end_ms is None else {"duration": (turn.end_ms - start_ms) / 1000}
    return {
        "type": "text",
        "start": (begins + timedelta(milliseconds=start_ms)).isoformat(),
        **known,
        "parties": [party],
        "originator": party,
        "interaction_type": channel,
        "mediatype": "text/plain",
        "body": turn.text,
        "encoding": "none",
    }


def _analysis(summary: Mapping[str, Any], *, num_dialogs: int) -> dict[str, Any]:
    return {
        "type": "summary",
        "dialog": list(range(num_dialogs)),
        "vendor": "wrapup",
        "product": "summary",
        "mediatype": "application/json",
        "encoding": "json",
        "body": dict(summary),
    }
