"""Two nets: a tenant's transaction sees its own rows, and without a tenant nobody's."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from summarizer.access import create_source
from summarizer.edits import edit, rate
from summarizer.jobs import run
from summarizer.platforms import Platform, Received
from summarizer.redaction.sealed import new_private_key, public_key, public_key_of
from summarizer.settings import Settings
from summarizer.store import choices, tenants
from summarizer.store.database import Database
from summarizer.store.tables import Base, Batch, Callback, Endpoint, Erasure, tenant_tables
from summarizer.submit import submit, submit_delivery
from summarizer.template import Template
from summarizer.templates import keep
from tests.builders import a_conversation
from tests.fakes import FakeBell
from tests.work import a_worker, submitted, summary_version


@pytest.fixture
def full(database: Database, settings: Settings, tenant_id: UUID) -> UUID:
    """A tenant with a row in every table."""
    from datetime import timedelta

    from summarizer.access import create_key
    from summarizer.keys import Scope

    create_key(database, "acme", name="k", scopes=[Scope.READ], expires_in=None)
    address, _ = create_source(database, settings, "acme", platform=Platform.STANDARD, secret=None)
    source_id = UUID(hex=address.rpartition("_")[2])
    bell = FakeBell()
    made = submit(
        database, bell, tenant_id, a_conversation(), actor="t", idempotency_key="once", window=timedelta(hours=1)
    )
    submit_delivery(
        database,
        bell,
        tenant_id,
        Received("d", "conversation.ended", a_conversation(external_id="call-2")),
        source_id=source_id,
        master_key=settings.master_key,
    )
    run(a_worker(database, settings), tenant_id, made.job_id)
    edit(
        database,
        FakeBell(),
        tenant_id,
        made.conversation_id,
        expected=summary_version(database, tenant_id, made.conversation_id),
        actor="ann",
        text="better",
        disposition=None,
        outcome=None,
    )
    keep(database, tenant_id, Template(), queue=None, actor="ann")
    rate(database, tenant_id, made.conversation_id, actor="ann", verdict="positive", reason=None)
    with database.begin(tenant_id) as session:
        endpoint = Endpoint(tenant_id=tenant_id, url="https://example.com", events=["summary.completed"], secrets=b"x")
        erasure = Erasure(tenant_id=tenant_id, conversation_id=uuid4(), reason="customer", models=[])
        session.add_all([endpoint, erasure, Batch(tenant_id=tenant_id, name="calls")])
        session.flush()
        choices.add(session, tenant_id, queue=None, author="ann", backends=["wrapup"])
        session.add(Callback(tenant_id=tenant_id, endpoint_id=endpoint.id, event="endpoint.test", subject="1"))
    return tenant_id


def _count(database: Database, tenant_id: UUID | None, table: str) -> int:
    with database.begin(tenant_id) as session:
        return session.scalar(text(f"SELECT count(*) FROM {table}")) or 0


@pytest.mark.parametrize("table", tenant_tables())
def test_a_tenant_sees_its_rows_and_nobody_else_does(database: Database, full: UUID, table: str) -> None:
    with database.begin(None) as session:
        other = tenants.ensure(session, "other")
    assert _count(database, full, table) > 0
    assert _count(database, other, table) == 0
    assert _count(database, None, table) == 0
    assert _count(database, uuid4(), table) == 0


def test_sealed_originals_are_seen_by_their_tenant_alone(database: Database, tenant_id: UUID) -> None:
    with database.begin(None) as session:
        other = tenants.ensure(session, "other")
        tenants.set_seal_key(session, tenant_id, public_key(public_key_of(new_private_key())))
    submitted(database, tenant_id, lines=(("customer", "My name is Ann Lee and I lost my card."),))
    sealed = text("SELECT count(*) FROM revisions WHERE sealed IS NOT NULL")
    for who, seen in ((tenant_id, 1), (other, 0), (None, 0)):
        with database.begin(who) as session:
            assert session.scalar(sealed) == seen


@pytest.mark.parametrize("table", tenant_tables())
def test_a_row_cannot_be_given_to_another_tenant(database: Database, full: UUID, table: str) -> None:
    with database.begin(None) as session:
        other = tenants.ensure(session, "other")
    refusal = pytest.raises(ProgrammingError, match=r"row-level security|permission denied")
    with refusal, database.begin(full) as session:
        session.execute(text(f"UPDATE {table} SET tenant_id = :other"), {"other": other})


def _fingerprint(database: Database, tenant_id: UUID, table: str) -> str | None:
    digest = f"SELECT md5(string_agg(to_jsonb(one)::text, ',' ORDER BY one::text)) FROM {table} AS one"
    with database.begin(tenant_id) as session:
        return session.scalar(text(digest))


def _writable(table: str) -> str:
    columns = Base.metadata.tables[table].columns
    return ", ".join(one.name for one in columns if one.computed is None and one.identity is None)


def test_nothing_that_one_tenant_writes_reaches_anothers_rows(database: Database, full: UUID) -> None:
    with database.begin(None) as session:
        other = tenants.ensure(session, "other")
    for table in tenant_tables():
        before = _fingerprint(database, full, table)
        with database.begin(full) as session:
            row = session.scalar(text(f"SELECT to_jsonb(one)::text FROM {table} AS one LIMIT 1"))
        for statement in (f"UPDATE {table} SET tenant_id = tenant_id", f"DELETE FROM {table}"):
            assert _num_reached(database, other, statement) == 0, statement
        columns = _writable(table)
        copy = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, :row)"
        for who in (other, None):
            with pytest.raises(ProgrammingError, match="row-level security"), database.begin(who) as session:
                session.execute(text(copy), {"row": row})
        assert _fingerprint(database, full, table) == before is not None, table


def _num_reached(database: Database, tenant_id: UUID, statement: str) -> int:
    """Rows that a statement changes; none of the audit, which nobody may change."""
    try:
        with database.begin(tenant_id) as session:
            return session.execute(text(statement)).rowcount  # type: ignore[attr-defined]
    except ProgrammingError as error:
        if "permission denied" not in str(error):
            raise
        return 0


def test_the_audit_can_be_added_to_and_not_changed(database: Database, full: UUID) -> None:
    for statement in ("UPDATE audit SET actor = 'nobody'", "DELETE FROM audit", "TRUNCATE audit"):
        with pytest.raises(ProgrammingError, match="permission denied"), database.begin(full) as session:
            session.execute(text(statement))
