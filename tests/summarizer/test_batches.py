"""Backfill: what is taken, what is refused by its place, and what a second try goes on with."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, create_engine, text

from summarizer import batches
from summarizer.batches import ingest
from summarizer.errors import Conflict, InvalidRequest
from summarizer.jobs import sweep
from summarizer.kinds import Kind
from summarizer.settings import Settings
from summarizer.store import batches as stored
from summarizer.store import jobs
from summarizer.store.batches import Progress
from summarizer.store.database import Database, driver_url
from summarizer.transcripts import Document, digest_of, documents_of, files_in, lines_of
from tests.builders import a_body
from tests.fakes import FakeBell
from tests.interrupting import interruptible
from tests.summarizer.test_cli import _wrapup
from tests.work import count, environment_of, make_older, submitted

DIGEST = b"d" * 32


@pytest.fixture
def admin_of(database_url: str) -> Iterator[Engine]:
    """The owner of the test's database."""
    engine = create_engine(driver_url(database_url))
    yield engine
    engine.dispose()


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


def test_a_reading_killed_in_the_middle_goes_on_with_nothing_lost_and_nothing_double(
    database: Database, tenant_id: UUID
) -> None:
    raw = b"".join(a_line(number) for number in range(180))
    bell = FakeBell()
    steps = ingest(database, bell, tenant_id, lines_of(raw), name="calls", digest=DIGEST, actor="test")
    assert [next(steps).num_read for _ in range(3)] == [0, 50, 100]
    steps.close()
    again = ingest(database, bell, tenant_id, lines_of(raw), name="calls", digest=DIGEST, actor="test")
    assert next(again).num_read == 100
    *_, last = again
    assert counts(last) == (180, 180, 0, 0)
    assert count(database, tenant_id, "conversations") == count(database, tenant_id, "jobs") == 180
    assert len(set(bell.rung)) == len(bell.rung) == 180
    assert ingested(database, tenant_id, lines_of(raw), bell=bell) == last
    assert len(bell.rung) == 180


def test_two_that_read_one_batch_at_once_do_not_read_anything_twice(database: Database, tenant_id: UUID) -> None:
    raw = b"".join(a_line(number) for number in range(120))
    first = ingest(database, FakeBell(), tenant_id, lines_of(raw), name="calls", digest=DIGEST, actor="test")
    next(first)
    assert counts(ingested(database, tenant_id, lines_of(raw))) == (120, 120, 0, 0)
    with pytest.raises(Conflict):
        next(first)
    assert count(database, tenant_id, "jobs") == 120


def test_what_was_there_already_is_unchanged_and_keeps_its_live_job(database: Database, tenant_id: UUID) -> None:
    submitted(database, tenant_id)
    bell = FakeBell()
    progress = ingested(database, tenant_id, lines_of(json.dumps(a_body()).encode() + b"\n" + a_line(2)), bell=bell)
    assert counts(progress) == (2, 1, 1, 0)
    assert len(bell.rung) == 1
    assert count(database, tenant_id, "jobs") == 2


def test_one_that_breaks_in_the_database_is_refused_and_the_rest_of_its_chunk_is_stored(
    database: Database, tenant_id: UUID, admin_of: Engine
) -> None:
    with admin_of.begin() as connection:
        connection.execute(text("ALTER TABLE conversations ADD CONSTRAINT odd CHECK (external_id <> 'call-7')"))
    progress = ingested(database, tenant_id, lines_of(b"".join(a_line(number) for number in range(20))))
    assert counts(progress) == (20, 19, 0, 1)
    assert progress.refusals == [{"line": 8, "pointer": "", "detail": "the database does not take it"}]


def test_a_bell_that_nobody_hears_is_rung_once(database: Database, tenant_id: UUID) -> None:
    bell = FakeBell(is_working=False)
    ingested(database, tenant_id, lines_of(b"".join(a_line(number) for number in range(60))), bell=bell)
    assert (len(bell.rung), count(database, tenant_id, "jobs")) == (1, 60)


def test_a_transcript_without_an_id_is_found_again_by_its_place_and_words(database: Database, tenant_id: UUID) -> None:
    line = json.dumps({**a_body(), "external_id": None}).encode() + b"\n"
    assert counts(ingested(database, tenant_id, lines_of(line * 2), digest=b"1")) == (2, 2, 0, 0)
    assert counts(ingested(database, tenant_id, lines_of(line * 3), digest=b"2")) == (3, 1, 2, 0)


def test_processes_that_mask_give_the_same_batch_in_the_same_order(database: Database, tenant_id: UUID) -> None:
    lines = [a_line(number) for number in range(130)]
    lines[77] = b"{}"
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        *_, last = ingest(
            database,
            FakeBell(),
            tenant_id,
            lines_of(b"".join(line.rstrip() + b"\n" for line in lines)),
            name="calls",
            digest=None,
            actor="test",
            pool=pool,
        )
    assert counts(last) == (130, 129, 0, 1)
    assert [one["line"] for one in last.refusals] == [78]


def test_the_sweeper_rings_for_live_calls_before_those_of_a_batch(database: Database, tenant_id: UUID) -> None:
    num_old = jobs.SWEEP_BATCH
    ingested(database, tenant_id, lines_of(a_line(1)))
    with database.begin(tenant_id) as session:
        session.execute(
            text(
                "INSERT INTO jobs (id, tenant_id, kind, conversation_id, revision, due_at, sent_at) "
                "SELECT gen_random_uuid(), tenant_id, kind, conversation_id, revision, now() - interval '1 day', NULL "
                f"FROM jobs, generate_series(1, {num_old})"
            )
        )
    live = submitted(database, tenant_id, external_id="live")
    make_older(database, tenant_id, "sent_at", by="1 hour")
    bell = FakeBell()
    sweep(database, bell, stale_after=timedelta(seconds=10), max_attempts=dict.fromkeys(Kind, 3))
    assert len(bell.rung) == jobs.SWEEP_BATCH
    assert bell.taken(Kind.SUMMARIZE) == [(tenant_id, live.job_id)]


def test_files_folders_lines_and_compressed_ones_are_all_read(tmp_path: Path) -> None:
    record = json.dumps({"id": "1", "turns": [{"speaker": "customer", "text": "Hello."}]}).encode()
    (tmp_path / "inner").mkdir()
    (tmp_path / ".hidden").write_bytes(record)
    (tmp_path / "a.jsonl").write_bytes(b"oops\n\n" + record)
    (tmp_path / "b.ndjson.gz").write_bytes(gzip.compress(record + b"\n" + record))
    (tmp_path / "c.json").write_bytes(json.dumps(a_body(), indent=1).encode())
    (tmp_path / "d.txt").write_bytes(b"Agent: Hello.\nCustomer: My card is lost.\n")
    (tmp_path / "inner" / "e.vtt.gz").write_bytes(
        gzip.compress(b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Agent>Hello.\n")
    )
    (tmp_path / "inner" / "f.gz").write_bytes(gzip.compress(record * 1000)[:-20])
    files = files_in(str(tmp_path))
    documents = list(documents_of((file, file.name) for file in files))
    assert [(one.file, one.line) for one in documents if one.failure is None] == [
        ("a.jsonl", 1),
        ("a.jsonl", 3),
        ("b.ndjson.gz", 1),
        ("b.ndjson.gz", 2),
        ("c.json", None),
        ("d.txt", None),
        ("e.vtt.gz", None),
    ]
    assert [(one.file, one.failure) for one in documents if one.failure] == [
        ("f.gz", "the file cannot be read: EOFError")
    ]
    read = batches.read(documents, None)
    assert [isinstance(one, batches.Refusal) for one in read] == [True, *[False] * 6, True]
    assert digest_of(files) != digest_of(files[:-1])


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(InvalidRequest):
        files_in("/no/such/file")


def test_the_command_says_what_it_took_and_what_it_refused(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_bytes(a_line(1) + b"{}\n" + a_line(3))
    done = _wrapup("ingest", str(file), "--tenant", "acme", **environment_of(settings))
    assert done.returncode == 1
    assert done.stdout.strip().endswith(b": 3 read, 2 accepted, 0 unchanged, 1 refused")
    assert b"refused: file calls.jsonl, line 2: /participants" in done.stderr
    again = _wrapup("ingest", "-", "--tenant", "acme", stdin=file.read_bytes(), **environment_of(settings))
    assert again.stdout == done.stdout
    assert b"read to its end before" in again.stderr


@contextmanager
def _somebody_elses(database: Database, tenant_id: UUID, external_id: str) -> Iterator[None]:
    """Whoever wants to store a conversation of this id waits, until it turns out that there is none."""
    with database.begin(tenant_id) as session:
        named = {"id": uuid4(), "tenant": tenant_id, "name": external_id}
        added = "INSERT INTO conversations (id, tenant_id, external_id, revision) VALUES (:id, :tenant, :name, 1)"
        session.execute(text(added), named)
        yield
        session.execute(text("DELETE FROM conversations WHERE id = :id"), named)


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)])
def test_a_command_ended_in_the_middle_goes_on_where_it_was(
    settings: Settings, database: Database, tenant_id: UUID, tmp_path: Path, sent: signal.Signals, status: int
) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_bytes(b"".join(a_line(number) for number in range(600)))
    command = [sys.executable, "-m", "summarizer.cli", "ingest", str(file), "--tenant", "acme"]
    with _somebody_elses(database, tenant_id, "call-400"):  # so far it comes, and waits
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment_of(settings)},
            stderr=subprocess.DEVNULL,
            preexec_fn=interruptible,
        )
        while count(database, tenant_id, "jobs") < 100:
            time.sleep(0.02)
        process.send_signal(sent)
        assert process.wait(timeout=30) == status
    num_before = count(database, tenant_id, "jobs")
    assert num_before < 600
    done = _wrapup("ingest", str(file), "--tenant", "acme", **environment_of(settings))
    assert done.returncode == 0
    assert f"goes on behind {num_before}".encode() in done.stderr
    assert count(database, tenant_id, "jobs") == count(database, tenant_id, "conversations") == 600
