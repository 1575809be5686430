from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from summarizer.edits import edit, rate
from summarizer.errors import EditConflict, NotFound
from summarizer.jobs import run
from summarizer.settings import Settings
from summarizer.store import summaries
from summarizer.store.database import Database
from summarizer.store.summaries import Filter, Found
from summarizer.summary import Outcome
from tests.fakes import FakeBell
from tests.work import a_worker, count, submitted, summary_version


@pytest.fixture
def conversation_id(database: Database, settings: Settings, tenant_id: UUID) -> UUID:
    made = submitted(database, tenant_id)
    run(a_worker(database, settings), tenant_id, made.job_id)
    return made.conversation_id


def _edit(database: Database, tenant_id: UUID, conversation_id: UUID, *, expected: str, text: str = "better") -> Found:
    return edit(
        database,
        FakeBell(),
        tenant_id,
        conversation_id,
        expected=expected,
        actor="ann",
        text=text,
        disposition="card",
        outcome=Outcome.RESOLVED,
    )


def test_an_edit_stands_beside_the_machines_text(database: Database, tenant_id: UUID, conversation_id: UUID) -> None:
    before = summary_version(database, tenant_id, conversation_id)
    found = _edit(database, tenant_id, conversation_id, expected=before)
    assert found.edit is not None
    assert (found.edit.text, found.edit.version, found.edit.disposition) == ("better", 1, "card")
    assert found.machine.text.startswith("The customer's card")
    assert found.version != before


def test_of_two_people_who_read_the_same_version_one_is_told(
    database: Database, tenant_id: UUID, conversation_id: UUID
) -> None:
    seen = summary_version(database, tenant_id, conversation_id)

    def try_edit(index: int) -> bool:
        try:
            _edit(database, tenant_id, conversation_id, expected=seen, text=f"by {index}")
        except EditConflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_edit, range(8))) == 1
    assert count(database, tenant_id, "edits") == 1


def test_an_edit_can_be_found_by_what_it_says(database: Database, tenant_id: UUID, conversation_id: UUID) -> None:
    _edit(database, tenant_id, conversation_id, expected=summary_version(database, tenant_id, conversation_id))
    with database.begin(tenant_id) as session:
        for wanted in (
            Filter(text="better"),
            Filter(text="water"),
            Filter(disposition="card"),
            Filter(outcome="resolved"),
        ):
            assert len(summaries.page(session, wanted, after=None, limit=10)) == 1
        for wanted in (Filter(text="pizza"), Filter(disposition="x"), Filter(queue="q"), Filter(agent="nobody")):
            assert summaries.page(session, wanted, after=None, limit=10) == []
        assert len(summaries.page(session, Filter(agent="agent"), after=None, limit=10)) == 1


def test_what_does_not_exist_cannot_be_edited_or_rated(database: Database, tenant_id: UUID) -> None:
    with pytest.raises(NotFound):
        _edit(database, tenant_id, uuid4(), expected="x")
    with pytest.raises(NotFound):
        rate(database, tenant_id, uuid4(), actor="ann", verdict="positive", reason=None)
