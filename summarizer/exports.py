"""All current summaries of a tenant, one JSON object a line or a table, page by page so that memory stays flat."""

import csv
import json
from collections.abc import Iterator
from typing import Any, TextIO
from uuid import UUID

from summarizer.errors import NotFound
from summarizer.store import summaries, tenants
from summarizer.store.database import Database
from summarizer.store.summaries import Cursor, Filter, Found
from summarizer.summary import SectionName

PAGE = 200
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")  # a spreadsheet would run such a cell (OWASP, CSV injection)
COLUMNS = (
    "conversation_id external_id revision queue agents created_at kind language score text "
    "edit_text edit_author disposition outcome model_version"
).split()


def export(database: Database, tenant: str, out: TextIO, *, wanted: Filter, shape: str) -> int:
    """Write a tenant's summaries, newest first; how many. Raises NotFound for a tenant that is not there."""
    with database.begin(None) as session:
        tenant_id = tenants.named(session, tenant)
    if tenant_id is None:
        raise NotFound(f"there is no tenant {tenant}")
    table = csv.writer(out) if shape == "csv" else None
    if table is not None:
        table.writerow(header())
    num_written = 0
    for found in _all(database, tenant_id, wanted):
        told = as_document(found)
        if table is not None:
            table.writerow(row(told))
        else:
            out.write(json.dumps(told, ensure_ascii=False) + "\n")
        num_written += 1
    return num_written


def as_document(found: Found) -> dict[str, Any]:
    """A summary, what it is of, and beside it what a person made of it."""
    edit = found.edit
    return {
        "conversation_id": f"conv_{found.conversation_id.hex}",
        "external_id": found.external_id,
        "revision": found.revision,
        "queue": found.queue,
        "agents": found.agents,
        "created_at": found.machine.created_at.isoformat(),
        "summary": found.machine.document,
        "edit": None
        if edit is None
        else {
            "version": edit.version,
            "author": edit.author,
            "text": edit.text,
            "disposition": edit.disposition,
            "outcome": edit.outcome,
            "created_at": edit.created_at.isoformat(),
        },
    }


def header() -> list[str]:
    """The names of the columns: ours, then a section's text each."""
    return [*COLUMNS, *(f"section_{name}" for name in SectionName)]


def row(told: dict[str, Any]) -> list[str]:
    """A summary's cells, none of which a spreadsheet runs."""
    summary, edit = told["summary"], told["edit"] or {}
    values = {
        **{name: told[name] for name in ("conversation_id", "external_id", "revision", "queue", "created_at")},
        **{name: summary[name] for name in ("kind", "language", "score", "text", "model_version")},
        **{name: edit.get(name) for name in ("disposition", "outcome")},
        "agents": " ".join(told["agents"]),
        "edit_text": edit.get("text"),
        "edit_author": edit.get("author"),
    }
    said = {one["name"]: one["text"] for one in summary["sections"] if one["is_stated"]}
    return [_cell(values[name]) for name in COLUMNS] + [_cell(said.get(name)) for name in SectionName]


def _all(database: Database, tenant_id: UUID, wanted: Filter) -> Iterator[Found]:
    after: Cursor | None = None
    while True:
        with database.begin(tenant_id) as session:
            page = summaries.page(session, wanted, after=after, limit=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = Cursor(page[-1].machine.created_at, page[-1].machine.id)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text
