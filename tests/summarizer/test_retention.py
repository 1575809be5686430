"""Only what is due goes, in batches, and one line says how much."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from summarizer import retention
from summarizer.platforms.received import Received
from summarizer.settings import Settings
from summarizer.store import tenants, webhooks
from summarizer.store.database import Database
from summarizer.submit import submit_delivery
from tests.builders import LOST_CARD, a_conversation
from tests.fakes import FakeBell
from tests.work import count, submitted


@pytest.fixture
def kept(settings: Settings, tmp_path: Path) -> Settings:
    """Conversations are kept for thirty days."""
    return settings.model_copy(update={"retention_days": 30, "nightly_dir": tmp_path})


def execute(database: Database, tenant_id: UUID, statement: str) -> None:
    with database.begin(tenant_id) as session:
        session.execute(text(statement))


def let_pass(database: Database, tenant_id: UUID, interval: str) -> None:
    """The time of everything that is there lies further back."""
    for table, column in (("conversations", "created_at"), ("revisions", "created_at"), ("jobs", "finished_at")):
        execute(database, tenant_id, f"UPDATE {table} SET {column} = {column} - interval '{interval}'")
    for table, column in (("idempotency_keys", "created_at"), ("webhook_deliveries", "received_at")):
        execute(database, tenant_id, f"UPDATE {table} SET {column} = {column} - interval '{interval}'")
    execute(database, tenant_id, f"UPDATE callbacks SET created_at = created_at - interval '{interval}'")


def ids(database: Database, tenant_id: UUID) -> set[str]:
    with database.begin(tenant_id) as session:
        return set(session.scalars(text("SELECT external_id FROM conversations")))


def test_what_is_just_due_goes_and_what_is_not_quite_stays(database: Database, kept: Settings, tenant_id: UUID) -> None:
    submitted(database, tenant_id, external_id="due")
    let_pass(database, tenant_id, "2 minutes")
    submitted(database, tenant_id, external_id="almost")
    let_pass(database, tenant_id, "29 days 23 hours 59 minutes")
    assert retention.run(database, kept).num_conversations == 1
    assert ids(database, tenant_id) == {"almost"}
    with database.begin(tenant_id) as session:
        noted = session.execute(text("SELECT actor, action, subject FROM audit ORDER BY number DESC LIMIT 1")).one()
        assert session.scalar(text("SELECT reason FROM erasures")) == "retention"
    assert tuple(noted) == ("beat", "conversation.outdated", "1 conversations")


def test_nothing_is_erased_where_nobody_says_how_long(database: Database, settings: Settings, tenant_id: UUID) -> None:
    submitted(database, tenant_id)
    let_pass(database, tenant_id, "20 years")
    assert retention.run(database, settings).num_conversations == 0


def test_a_tenants_own_time_goes_before_the_services(database: Database, kept: Settings, tenant_id: UUID) -> None:
    with database.begin(None) as session:
        short = tenants.ensure(session, "short")
        tenants.set_retention(session, short, 7)
        tenants.set_retention(session, tenant_id, 365)
    for one in (tenant_id, short):
        submitted(database, one)
        let_pass(database, one, "31 days")
    retention.run(database, kept)
    assert [count(database, one, "conversations") for one in (tenant_id, short)] == [1, 0]


@pytest.mark.parametrize("leg", [None, "two"])
def test_a_conversation_counts_from_the_last_that_arrived_of_it(
    database: Database, kept: Settings, tenant_id: UUID, leg: str | None
) -> None:
    submitted(database, tenant_id, leg=None if leg is None else "one")
    let_pass(database, tenant_id, "31 days")
    submitted(database, tenant_id, lines=LOST_CARD[:3], leg=leg)
    assert retention.run(database, kept).num_conversations == 0
    let_pass(database, tenant_id, "31 days")
    retention.run(database, kept)
    assert count(database, tenant_id, "conversations") == 0


def test_a_run_takes_a_batch_and_the_next_goes_on(database: Database, kept: Settings, tenant_id: UUID) -> None:
    for index in range(5):
        submitted(database, tenant_id, external_id=f"call-{index}")
    let_pass(database, tenant_id, "31 days")
    done = [retention.run(database, kept, batch=2) for _ in range(3)]
    assert [(one.num_conversations, one.is_more) for one in done] == [(2, True), (2, True), (1, False)]


def test_events_callbacks_and_answers_are_known_for_so_long_and_unfinished_ones_longer(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    with database.begin(tenant_id) as session:
        source_id = webhooks.add_source(session, tenant_id, platform="standard", secrets=b"s")
    for name, resource in (("over", None), ("fetched", {"id": "1"}), ("waits", {"id": "1"})):
        received = Received(name, "ended", None if resource else a_conversation(external_id=name), resource=resource)
        submit_delivery(database, FakeBell(), tenant_id, received, source_id=source_id, master_key=settings.master_key)
    execute(
        database, tenant_id, "UPDATE jobs SET state = 'succeeded', finished_at = now() WHERE delivery_id = 'fetched'"
    )
    let_pass(database, tenant_id, "89 days")
    assert retention.run(database, settings).num_records == 0
    let_pass(database, tenant_id, "2 days")
    assert retention.run(database, settings).num_records == 2
    with database.begin(tenant_id) as session:
        assert list(session.scalars(text("SELECT delivery_id FROM webhook_deliveries"))) == ["waits"]
        assert session.scalar(text("SELECT count(*) FROM jobs WHERE kind = 'fetch'")) == 1
    assert count(database, tenant_id, "conversations") == 1, "what an event brought stays"


def test_callbacks_go_when_they_were_told_long_ago(database: Database, settings: Settings, tenant_id: UUID) -> None:
    made = submitted(database, tenant_id)
    execute(
        database,
        tenant_id,
        "INSERT INTO endpoints (id, tenant_id, url, events, secrets) "
        f"VALUES (gen_random_uuid(), '{tenant_id}', 'https://crm.example.com', '{{}}', 's')",
    )
    for subject, finished in (("told", "now()"), ("waits", "NULL")):
        execute(
            database,
            tenant_id,
            "WITH told AS (INSERT INTO callbacks (id, tenant_id, endpoint_id, event, subject, conversation_id) SELECT "
            f"gen_random_uuid(), '{tenant_id}', id, 'summary.completed', '{subject}', '{made.conversation_id}' "
            "FROM endpoints RETURNING id) INSERT INTO jobs (id, tenant_id, kind, callback_id, state, finished_at) "
            f"SELECT gen_random_uuid(), '{tenant_id}', 'deliver', id, 'queued', {finished} FROM told",
        )
    let_pass(database, tenant_id, "89 days")
    assert retention.run(database, settings).num_records == 0
    let_pass(database, tenant_id, "2 days")
    assert retention.run(database, settings).num_records == 1
    with database.begin(tenant_id) as session:
        assert list(session.scalars(text("SELECT subject FROM callbacks"))) == ["waits"]


def test_an_idempotency_key_goes_with_its_window(database: Database, settings: Settings, tenant_id: UUID) -> None:
    made = submitted(database, tenant_id)
    execute(
        database,
        tenant_id,
        f"INSERT INTO idempotency_keys VALUES ('{tenant_id}', 'key', 'f', '{made.conversation_id}', '{made.job_id}')",
    )
    let_pass(database, tenant_id, "23 hours 59 minutes")
    assert retention.run(database, settings).num_records == 0
    let_pass(database, tenant_id, "2 minutes")
    assert retention.run(database, settings).num_records == 1
