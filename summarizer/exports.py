"""All current summaries of a tenant, one JSON object a line or a table, page by page so that memory stays flat."""

import json
from collections.abc import Iterator
from typing import TextIO
from uuid import UUID

from summarizer.access import OPERATOR, tenant_named
from summarizer.shapes import SHAPES, Told, table
from summarizer.store import audit, summaries
from summarizer.store.cursor import Cursor
from summarizer.store.database import Database
from summarizer.store.summaries import Filter, Found
from summarizer.telling import told

PAGE = 200
TABLE = "csv"
EXPORTED = (*SHAPES, TABLE)  #: as what summaries can leave


def export(
    database: Database,
    tenant: str,
    out: TextIO,
    *,
    wanted: Filter,
    shape: str,
    page_size: int = PAGE,
    actor: str = OPERATOR,
) -> int:
    """Write a tenant's summaries, newest first; how many. Raises NotFound for a tenant that is not there."""
    tenant_id = tenant_named(database, tenant)
    with database.begin(tenant_id) as session:
        audit.note(session, tenant_id, actor=actor, action="summary.export", subject=str(tenant_id))
    all_told = (_told(one) for one in _all(database, tenant_id, wanted, page_size=page_size))
    lines = table.lines(all_told) if shape == TABLE else (_line(one, shape) for one in all_told)
    num_lines = 0
    for line in lines:
        out.write(line)
        num_lines += 1
    return num_lines - (shape == TABLE)  # the header is no summary


def _told(found: Found) -> Told:
    return told(
        found.conversation_id,
        external_id=found.external_id,
        revision=found.revision,
        transcript=found.transcript,
        created_at=found.machine.created_at,
        summary=found.machine,
        edit=found.edit,
    )


def _line(one: Told, shape: str) -> str:
    return json.dumps(SHAPES[shape].write(one), ensure_ascii=False) + "\n"


def _all(database: Database, tenant_id: UUID, wanted: Filter, *, page_size: int) -> Iterator[Found]:
    after: Cursor | None = None
    while True:
        with database.begin(tenant_id) as session:
            page = summaries.page(session, wanted, after=after, limit=page_size)
        yield from page
        if len(page) < page_size:
            return
        after = Cursor(page[-1].machine.created_at, page[-1].machine.id)
