"""When somebody was on hold, by the `party_history` of a vCon's dialogs (draft-ietf-vcon-vcon-core, dialog object)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from summarizer.conversation import MAX_WAITS, Wait, WaitKind
from summarizer.formats import canonical

_BEGINS, _ENDS = "hold", ("unhold", "drop")


def holds(dialogs: Sequence[Mapping[str, object]], *, origin: datetime) -> tuple[Wait, ...]:
    """Each hold of a party, in milliseconds from the origin; what was not ended, or is no history, is passed over."""
    waits = (
        Wait(WaitKind.HOLD, _ms(began - origin), _ms(ended - origin))
        for dialog in dialogs
        for began, ended in _pairs(dialog.get("party_history"))
        if origin <= began <= ended
    )
    return tuple(sorted(set(waits), key=lambda wait: (wait.start_ms, wait.end_ms)))[:MAX_WAITS]


def _pairs(history: object) -> Iterator[tuple[datetime, datetime]]:
    since: dict[object, datetime] = {}
    for entry in history if isinstance(history, list) else []:
        if not isinstance(entry, dict) or not isinstance(entry.get("party"), int):
            continue
        at = moment(entry.get("time"))
        if at is None:
            continue
        if entry.get("event") == _BEGINS:
            since.setdefault(entry["party"], at)
        elif entry.get("event") in _ENDS and entry["party"] in since:
            yield since.pop(entry["party"]), at


def moment(text: object) -> datetime | None:
    """A time with its zone; None for anything else, for nothing depends on it but what is told beside the words."""
    try:
        return canonical.moment(text)
    except ValueError:
        return None


def _ms(length: timedelta) -> int:
    return round(length / timedelta(milliseconds=1))
