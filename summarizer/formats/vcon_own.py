"""What vCon has no member for, written beside what it has and read back, so that our own vCons lose nothing.

It stands in members called `wrapup`, which the vCon names among its `extensions`: of the vCon, of each party, of each
dialog. A vCon in which one of them is missing, because somebody added to it or took away, is read as any other.
"""

from typing import Any

from summarizer.conversation import Conversation, Participant, Role, Turn
from summarizer.errors import InvalidTranscript
from summarizer.formats import canonical

EXTENSION = "wrapup"
_OF_CONVERSATION = ("external_id", "channel", "language", "started_at", "queue", "as_of", "leg", "legs", "waits")
_PLACES = {"turns": "dialog", "participants": "parties"}


def of_conversation(conversation: Conversation) -> dict[str, Any]:
    """What is known of the whole; what is absent was not known."""
    document = canonical.to_document(conversation)
    return {name: document[name] for name in _OF_CONVERSATION if name in document}


def of_party(participant: Participant) -> dict[str, Any]:
    """The id, and whether the party's name is one or the id in its place."""
    return {"id": participant.id, "is_named": participant.name is not None}


def of_dialog(turn: Turn) -> dict[str, Any]:
    """Milliseconds from the conversation's start, as far as they are known; a dialog must have a start."""
    times = {"start_ms": turn.start_ms, "end_ms": turn.end_ms}
    return {name: value for name, value in times.items() if value is not None}


def read(document: dict[str, object]) -> Conversation | None:
    """The conversation of which `document` was written; None when it is not, or no longer, wholly ours."""
    parties, dialogs, whole = document.get("parties"), document.get("dialog"), document.get(EXTENSION)
    if not isinstance(whole, dict) or not _are_ours(parties) or not _are_ours(dialogs):
        return None
    assert isinstance(parties, list)
    assert isinstance(dialogs, list)
    if any(not _is_turn(one, num_parties=len(parties)) for one in dialogs):
        return None
    if not any(one["body"].strip() for one in dialogs):
        return None  # whoever reads any vCon knows best why nothing is left
    people = [_participant(one) for one in parties]
    turns = [
        {"participant": people[one["originator"]]["id"], "text": one["body"], **_known(one, "start_ms", "end_ms")}
        for one in dialogs
    ]
    known = {name: whole[name] for name in _OF_CONVERSATION if whole.get(name) is not None}
    try:
        return canonical.from_document({**known, "participants": people, "turns": turns})
    except InvalidTranscript as error:
        raise type(error)(error.detail, pointer=_place(error.pointer)) from None


def _are_ours(items: object) -> bool:
    return isinstance(items, list) and all(isinstance(one, dict) and _is_marked(one) for one in items)


def _is_marked(item: dict[str, object]) -> bool:
    return isinstance(item.get(EXTENSION), dict)


def _is_turn(dialog: dict[str, Any], *, num_parties: int) -> bool:
    speaker = dialog.get("originator")
    is_party = isinstance(speaker, int) and not isinstance(speaker, bool) and 0 <= speaker < num_parties
    is_text = dialog.get("type") == "text" and dialog.get("encoding") == "none" and isinstance(dialog.get("body"), str)
    return is_text and is_party


def _participant(party: dict[str, Any]) -> dict[str, Any]:
    own = party[EXTENSION]
    name = party.get("name") if own.get("is_named") else None
    known = {} if name is None else {"name": name}
    return {"id": own.get("id"), "role": party.get("role", Role.UNKNOWN.value), **known}


def _known(dialog: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name in names if (value := dialog[EXTENSION].get(name)) is not None}


def _place(pointer: str) -> str:
    """Where in the vCon that stands which was found wrong in our own shape."""
    _, first, *rest = pointer.split("/")
    return "/".join(["", _PLACES[first], *rest]) if first in _PLACES else f"/{EXTENSION}{pointer}"
