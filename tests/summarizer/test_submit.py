from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from summarizer.errors import IdempotencyKeyReused, RequestInProgress
from summarizer.jobs import run
from summarizer.kinds import Kind
from summarizer.redaction.sealed import new_private_key, public_key, public_key_of, unseal
from summarizer.settings import Settings
from summarizer.store import conversations, idempotency, summaries, tenants
from summarizer.store.database import Database
from summarizer.store.tables import tenant_tables
from summarizer.submit import Submission, submit
from tests.builders import LOST_CARD, a_conversation
from tests.fakes import FakeBell
from tests.work import a_worker, count, status, submitted

FULLER = (*LOST_CARD, ("agent", "You are welcome, goodbye."))
DAY = timedelta(days=1)


def _submit(database: Database, tenant_id: UUID, *, key: str | None = None, window: timedelta = DAY) -> Submission:
    return submit(database, FakeBell(), tenant_id, a_conversation(), actor="test", idempotency_key=key, window=window)


def test_conversation_and_job_are_there_before_the_bell_rings(database: Database, tenant_id: UUID) -> None:
    class Looking(FakeBell):
        def ring(self, kind: Kind, tenant: UUID, job_id: UUID, *, level: int) -> bool:
            with database.begin(tenant) as session:
                assert session.scalar(text("SELECT state FROM jobs WHERE id = :id"), {"id": job_id}) == "queued"
            return super().ring(kind, tenant, job_id, level=level)

    bell = Looking()
    submit(database, bell, tenant_id, a_conversation(), actor="test", idempotency_key=None, window=DAY)
    assert len(bell.rung) == 1


def test_a_queue_that_is_away_does_not_lose_the_conversation(database: Database, tenant_id: UUID) -> None:
    bell = FakeBell(is_working=False)
    made = submit(database, bell, tenant_id, a_conversation(), actor="test", idempotency_key=None, window=DAY)
    assert status(database, tenant_id, made).state == "queued"


def test_the_same_words_again_are_the_same_job(database: Database, tenant_id: UUID) -> None:
    assert submitted(database, tenant_id) == submitted(database, tenant_id)
    assert count(database, tenant_id, "jobs") == 1


def test_twenty_posts_of_one_call_at_once_are_one_conversation(database: Database, tenant_id: UUID) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: submitted(database, tenant_id), range(20)))
    assert len(made) == 1
    assert count(database, tenant_id, "revisions") == 1


def test_a_fuller_transcript_is_the_next_revision_with_its_own_summary(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    work = a_worker(database, settings)
    first = submitted(database, tenant_id)
    run(work, tenant_id, first.job_id)
    second = submitted(database, tenant_id, lines=FULLER)
    assert second.conversation_id == first.conversation_id
    with database.begin(tenant_id) as session:
        assert summaries.current(session, first.conversation_id) is None
        stored = conversations.current(session, first.conversation_id)
        assert stored is not None
        assert (stored.revision, len(stored.transcript["turns"])) == (2, 5)  # type: ignore[arg-type]
    run(work, tenant_id, second.job_id)
    with database.begin(tenant_id) as session:
        found = summaries.current(session, first.conversation_id)
    assert found is not None
    assert found.revision == 2
    assert count(database, tenant_id, "summaries") == 2


def test_a_failed_conversation_sent_again_gets_another_job(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    noise = (("agent", "Hello?"), ("customer", "Mm-hm."))
    first = submitted(database, tenant_id, lines=noise)
    run(a_worker(database, settings), tenant_id, first.job_id)
    assert submitted(database, tenant_id, lines=noise).job_id != first.job_id


def test_without_an_external_id_each_call_is_its_own(database: Database, tenant_id: UUID) -> None:
    assert (
        submitted(database, tenant_id, external_id=None).conversation_id
        != submitted(database, tenant_id, external_id=None).conversation_id
    )


def test_a_repeated_idempotency_key_answers_as_the_first(database: Database, tenant_id: UUID) -> None:
    first, second = _submit(database, tenant_id, key="k"), _submit(database, tenant_id, key="k")
    assert (second.conversation_id, second.job_id) == (first.conversation_id, first.job_id)
    assert (first.is_replay, second.is_replay) == (False, True)


def test_a_key_with_another_body_is_refused(database: Database, tenant_id: UUID) -> None:
    _submit(database, tenant_id, key="k")
    with pytest.raises(IdempotencyKeyReused):
        submit(database, FakeBell(), tenant_id, a_conversation(FULLER), actor="t", idempotency_key="k", window=DAY)


def test_a_key_under_way_is_refused(database: Database, tenant_id: UUID) -> None:
    with database.begin(tenant_id) as session:
        assert idempotency.is_free(session, tenant_id, "k")
        with pytest.raises(RequestInProgress):
            _submit(database, tenant_id, key="k")


def test_an_old_key_is_forgotten(database: Database, tenant_id: UUID) -> None:
    _submit(database, tenant_id, key="k")
    assert not _submit(database, tenant_id, key="k", window=timedelta(0)).is_replay


def test_originals_are_sealed_for_the_tenant_who_asked_and_stand_in_no_column_in_clear(
    database: Database, tenant_id: UUID
) -> None:
    private_key = new_private_key()
    with database.begin(None) as session:
        tenants.set_seal_key(session, tenant_id, public_key(public_key_of(private_key)))
    said = "My name is Ann Lee, call 206-555-0142, my card is 4111 1111 1111 1111."
    made = submitted(database, tenant_id, lines=(("customer", said),))
    with database.begin(tenant_id) as session:
        stored = conversations.current(session, made.conversation_id)
        clear = [
            session.scalar(text(f"SELECT string_agg({table}::text, '') FROM {table}")) for table in tenant_tables()
        ]
    assert stored is not None
    assert stored.sealed is not None
    assert [one.text for one in unseal(stored.sealed, private_key)] == ["Ann Lee", "206-555-0142"]
    for original in ("Ann", "206-555-0142", "4111 1111", "41111111"):
        assert original not in "".join(map(str, clear))
        assert original.encode() not in stored.sealed
        assert original.encode().hex() not in "".join(map(str, clear))


def test_without_a_key_and_after_it_was_taken_away_nothing_is_sealed(database: Database, tenant_id: UUID) -> None:
    with database.begin(None) as session:
        tenants.set_seal_key(session, tenant_id, public_key(public_key_of(new_private_key())))
        tenants.set_seal_key(session, tenant_id, None)
    made = submitted(database, tenant_id, lines=(("customer", "My name is Ann Lee and I lost my card."),))
    with database.begin(tenant_id) as session:
        stored = conversations.current(session, made.conversation_id)
    assert stored is not None
    assert stored.sealed is None


def test_no_card_number_is_stored(database: Database, tenant_id: UUID) -> None:
    submitted(database, tenant_id, lines=(("customer", "My card is 4111 1111 1111 1111 and I lost it."),))
    with database.begin(tenant_id) as session:
        stored = session.scalar(text("SELECT transcript::text FROM revisions"))
    assert "4111" not in str(stored)
    assert "[CARD]" in str(stored)
