"""One conversation a row, for a spreadsheet.

What was said can begin like a formula, and a spreadsheet would compute it; such a cell begins with an apostrophe
instead (OWASP, CSV Injection).
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from typing import Any

from summarizer.shapes.told import Told
from summarizer.summary import SectionName

MEDIA_TYPE = "text/csv"

# Full-width forms count as the plain ones where a spreadsheet's language writes them.
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def header() -> list[str]:
    """The names of the columns."""
    return list(_COLUMNS)


def row(told: Told) -> list[str]:
    """A conversation's cells in the order of the header; what is not stated is empty."""
    return [_cell(value(told)) for value in _COLUMNS.values()]


def lines(all_told: Iterable[Told]) -> Iterator[str]:
    """The header and then each row as RFC 4180 has it, one at a time, so that an export of any length can be sent."""
    yield _line(header())
    for told in all_told:
        yield _line(row(told))


def _line(cells: list[str]) -> str:
    written = StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text


def _document(name: str) -> Callable[[Told], Any]:
    return lambda told: None if told.summary is None else told.summary[name]


def _edit(name: str) -> Callable[[Told], Any]:
    return lambda told: None if told.edit is None else told.edit.get(name)


def _section(name: SectionName, member: str = "text") -> Callable[[Told], Any]:
    def value(told: Told) -> Any:
        section = told.stated(name)
        return None if section is None else section[member]

    return value


_COLUMNS: dict[str, Callable[[Told], Any]] = {
    "conversation_id": lambda told: told.conversation_id,
    "external_id": lambda told: told.external_id,
    "revision": lambda told: told.revision,
    "leg": lambda told: told.leg,
    "created_at": lambda told: told.created_at.isoformat(),
    "started_at": lambda told: told.conversation.started_at and told.conversation.started_at.isoformat(),
    "channel": lambda told: told.conversation.channel.value,
    "language": lambda told: told.conversation.language,
    "queue": lambda told: told.conversation.queue,
    "kind": _document("kind"),
    "score": _document("score"),
    "no_summary": lambda told: told.reason,
    "summary": _document("text"),
    "edited_summary": lambda told: told.edited_text,
    **{f"edited_{name}": _edit(name) for name in ("author", "outcome", "disposition")},
    **{
        name.value: _section(name)
        for name in SectionName
        if name not in (SectionName.CONCISE, SectionName.DETAILED, SectionName.DISPOSITION)
    },
    "outcome": _section(SectionName.RESOLUTION, "value"),
    "disposition": _section(SectionName.DISPOSITION, "value"),
    "disposition_score": _section(SectionName.DISPOSITION, "score"),
    "model_version": _document("model_version"),
}
