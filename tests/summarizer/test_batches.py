"""Backfill: what is taken, what is refused by its place, and what a second try goes on with."""

import gzip
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from summarizer import batches
from summarizer.batches import ingest
from summarizer.errors import Conflict, InvalidRequest
from summarizer.kinds import Kind
from summarizer.store import batches as stored
from summarizer.store import jobs
from summarizer.store.batches import Progress
from summarizer.store.database import Database
from summarizer.transcripts import Document, digest_of, documents_of, files_in, lines_of
from tests.builders import a_body
from tests.fakes import FakeBell
from tests.work import count, submitted

DIGEST = b"d" * 32


def a_line(number: int, **changes: object) -> bytes:
    """One small call as a line."""
    turns = [{"participant": "customer", "text": f"My card number {number} of the club is lost."}]
    return json.dumps(a_body(external_id=f"call-{number}", turns=turns, **changes)).encode() + b"\n"


def ingested(
    database: Database,
    tenant_id: UUID,
    documents: Iterator[Document],
    *,
    digest: bytes = DIGEST,
    bell: FakeBell | None = None,
) -> Progress:
    """The last progress of a whole ingest."""
    bell = bell or FakeBell()
    *_, last = ingest(database, bell, tenant_id, documents, name="calls", digest=digest, actor="test")
    return last


def counts(progress: Progress) -> tuple[int, int, int, int]:
    """Read, accepted, unchanged, refused."""
    return progress.num_read, progress.num_accepted, progress.num_unchanged, progress.num_refused


def test_of_a_thousand_lines_three_bad_ones_are_named_and_the_others_taken(database: Database, tenant_id: UUID) -> None:
    lines = [a_line(number) for number in range(1000)]
    lines[9], lines[499] = b'{"turns": [\n', b"Agent: Zanzibar\n"
    lines[999] = a_line(999, participants=[{"id": "Zanzibar", "role": "agent"}])
    bell = FakeBell()
    progress = ingested(database, tenant_id, lines_of(b"".join(lines)), bell=bell)
    assert counts(progress) == (1000, 997, 0, 3)
    assert progress.finished_at is not None
    assert [(one["line"], one["pointer"]) for one in progress.refusals] == [
        (10, ""),
        (500, ""),
        (1000, "/turns/0/participant"),
    ]
    assert "Zanzibar" not in json.dumps(progress.refusals)
    assert len(set(bell.rung)) == len(bell.rung) == count(database, tenant_id, "jobs") == 997
    assert {kind for kind, _, _ in bell.rung} == {Kind.BACKFILL}
    with database.begin(tenant_id) as session:
        assert stored.num_jobs(session, [progress.id]) == {progress.id: {"queued": 997}}
