"""A conversation and its summary as a vCon 0.4.0 (draft-ietf-vcon-vcon-core-04): one text dialog for each turn.

The summary is an analysis of type `summary`; the evidence of its sentences names turns, which are the dialogs' indices.
What a person made of it is a second one. `vcon.read` gives back the same conversation.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from summarizer.conversation import Conversation, Participant, Role, Turn
from summarizer.formats import vcon_own

VERSION = "0.4.0"
MEDIA_TYPE = "application/vcon+json"


def write(
    conversation: Conversation,
    *,
    uuid: UUID,
    created_at: datetime,
    summary: Mapping[str, Any] | None,
    edited_text: str | None = None,
) -> dict[str, Any]:
    """The vCon as a JSON document; a turn whose time is not known starts with the conversation, or when it was stored.

    `summary` is the body of the analysis: text, claims with their evidence, sections.
    """
    begins = conversation.started_at or created_at
    places = {one.id: index for index, one in enumerate(conversation.participants)}
    num_dialogs = len(conversation.turns)
    return {
        "vcon": VERSION,
        "uuid": str(uuid),
        "created_at": created_at.isoformat(),
        "extensions": ["CC", vcon_own.EXTENSION],
        **({"subject": conversation.external_id} if conversation.external_id else {}),
        "parties": [_party(one) for one in conversation.participants],
        "dialog": [
            _dialog(turn, party=places[turn.participant], begins=begins, channel=conversation.channel)
            for turn in conversation.turns
        ],
        "analysis": [
            *([] if summary is None else [_analysis(summary, num_dialogs=num_dialogs)]),
            *([] if edited_text is None else [_edit(edited_text, num_dialogs=num_dialogs)]),
        ],
        vcon_own.EXTENSION: vcon_own.of_conversation(conversation),
    }


def _party(participant: Participant) -> dict[str, Any]:
    known = {} if participant.role is Role.UNKNOWN else {"role": participant.role.value}
    own = {vcon_own.EXTENSION: vcon_own.of_party(participant)}
    return {"name": participant.id if participant.name is None else participant.name, **known, **own}


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
        vcon_own.EXTENSION: vcon_own.of_dialog(turn),
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


def _edit(text: str, *, num_dialogs: int) -> dict[str, Any]:
    """A person's text in place of the machine's, which stays beside it."""
    return {
        "type": "summary",
        "dialog": list(range(num_dialogs)),
        "vendor": "wrapup",
        "product": "edit",
        "mediatype": "text/plain",
        "encoding": "none",
        "body": text,
    }
