"""What leaves as a file: everything that is current, and nothing that a spreadsheet would run."""

import csv
import io
import json
import os
from pathlib import Path
from typing import get_args
from uuid import UUID

import pytest

from summarizer import exports
from summarizer.cli.calls import ExportShape
from summarizer.edits import edit
from summarizer.errors import NotFound
from summarizer.jobs import run
from summarizer.settings import Settings
from summarizer.store.database import Database
from summarizer.store.summaries import Filter
from tests.fakes import FakeBell
from tests.summarizer.test_cli import _wrapup
from tests.work import a_worker, environment_of, submitted, summary_version

NUM_CALLS = 7


@pytest.fixture
def conversation_ids(database: Database, settings: Settings, tenant_id: UUID) -> list[UUID]:
    """Summarized conversations, the first one edited by a person."""
    made = [submitted(database, tenant_id, external_id=f"=call-{number}", queue="cards") for number in range(NUM_CALLS)]
    worker = a_worker(database, settings)
    for one in made:
        run(worker, tenant_id, one.job_id)
    found = [one.conversation_id for one in made]
    edit(
        database,
        FakeBell(),
        tenant_id,
        found[0],
        expected=summary_version(database, tenant_id, found[0]),
        actor="@maria",
        text='=HYPERLINK("https://evil.example")',
        disposition="-card",
        outcome="resolved",
    )
    return found


def _exported(database: Database, *, shape: str = "wrapup", **wanted: object) -> str:
    out = io.StringIO(newline="")
    exports.export(database, "acme", out, wanted=Filter(**wanted), shape=shape, page_size=3)  # type: ignore[arg-type]
    return out.getvalue()


def test_every_current_summary_leaves_once_with_its_sections_and_edit(
    database: Database, conversation_ids: list[UUID]
) -> None:
    lines = [json.loads(line) for line in _exported(database).splitlines()]
    assert [line["conversation_id"] for line in lines] == [f"conv_{one.hex}" for one in reversed(conversation_ids)]
    first = lines[-1]
    assert first["edit"]["text"] == '=HYPERLINK("https://evil.example")'
    assert lines[0]["edit"] is None
    assert {"kind", "text", "claims", "sections", "score"} <= set(first["summary"])
    assert all(claim["evidence"] for claim in first["summary"]["claims"])


def test_no_cell_of_the_table_is_a_formula(database: Database, conversation_ids: list[UUID]) -> None:
    rows = list(csv.DictReader(io.StringIO(_exported(database, shape="csv"), newline="")))
    assert len(rows) == len(conversation_ids)
    edited = rows[-1]
    assert edited["external_id"] == "'=call-0"
    assert edited["edited_summary"] == '\'=HYPERLINK("https://evil.example")'
    assert (edited["edited_author"], edited["edited_disposition"]) == ("'@maria", "'-card")
    assert not any(cell.startswith(tuple("=+-@\t\r")) for row in rows for cell in row.values())
    assert rows[0]["reason"]


@pytest.mark.usefixtures("conversation_ids")
@pytest.mark.parametrize("shape", ["genesys", "azure", "vcon"])
def test_every_shape_of_callbacks_can_be_exported(database: Database, shape: str) -> None:
    lines = [json.loads(line) for line in _exported(database, shape=shape).splitlines()]
    assert len(lines) == NUM_CALLS
    assert "evil.example" in json.dumps(lines[-1])


@pytest.mark.usefixtures("conversation_ids")
def test_an_export_is_narrowed_by_queue_and_tenant(database: Database) -> None:
    assert len(_exported(database, queue="cards").splitlines()) == NUM_CALLS
    assert _exported(database, queue="loans") == ""
    with pytest.raises(NotFound):
        exports.export(database, "nobody", io.StringIO(), wanted=Filter(), shape="wrapup")


@pytest.mark.usefixtures("conversation_ids")
def test_the_command_writes_a_file_that_only_its_user_reads(settings: Settings, tmp_path: Path) -> None:
    done = _wrapup("export", "--tenant", "acme", "--out", str(tmp_path / "all.ndjson"), **environment_of(settings))
    assert (done.returncode, done.stderr.strip()) == (0, b"7 summaries")
    assert len((tmp_path / "all.ndjson").read_text().splitlines()) == NUM_CALLS
    assert os.stat(tmp_path / "all.ndjson").st_mode & 0o777 == 0o600
    until = _wrapup(
        "export", "--tenant", "acme", "--until", "2020-01-01T00:00:00Z", "--shape", "csv", **environment_of(settings)
    )
    assert len(until.stdout.splitlines()) == 1


def test_the_command_knows_every_shape() -> None:
    assert get_args(ExportShape) == exports.EXPORTED
