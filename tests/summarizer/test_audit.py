"""Whatever the database's owner does to an audit is found, and many at once chain without waiting for ever."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from summarizer.access import (
    allow_training,
    create_key,
    create_source,
    fetch_again,
    retire_source,
    rotate_source,
    set_seal_key,
)
from summarizer.audit import Expected, Fault, Verified, digest, judge, read_expected, verify, verify_end
from summarizer.edits import rate
from summarizer.errors import DeadlineExceeded, InvalidRequest, NotFound
from summarizer.exports import export
from summarizer.jobs import run
from summarizer.keys import Scope
from summarizer.platforms import Platform
from summarizer.settings import Settings
from summarizer.store import audit
from summarizer.store.database import Database, driver_url
from summarizer.store.summaries import Filter
from tests.fakes import FakeGenerator
from tests.work import a_worker, submitted

NUM_ENTRIES = 12

# What the owner of the tables can do to a chain of twelve, and where that is found.
TAMPERING = {
    "change an actor": ("UPDATE audit SET actor = 'nobody' WHERE number = 5", Fault.CHANGED, 5),
    "change a time": ("UPDATE audit SET at = at + interval '1 microsecond' WHERE number = 5", Fault.CHANGED, 5),
    "change a hash": ("UPDATE audit SET hash = sha256('x') WHERE number = 5", Fault.CHANGED, 5),
    "change the last": ("UPDATE audit SET action = 'none' WHERE number = 12", Fault.CHANGED, 12),
    "delete one": ("DELETE FROM audit WHERE number = 5", Fault.MISSING, 5),
    "delete one and number anew": (
        "DELETE FROM audit WHERE number = 5; UPDATE audit SET number = -number; "
        "UPDATE audit SET number = CASE WHEN number < -5 THEN -number - 1 ELSE -number END",
        Fault.MISSING,
        5,
    ),
    "delete the first ones": ("DELETE FROM audit WHERE number < 4", Fault.NO_START, 1),
    "delete the first one and number anew": (
        "DELETE FROM audit WHERE number = 1; UPDATE audit SET number = -number; UPDATE audit SET number = -number - 1",
        Fault.NO_START,
        1,
    ),
    "slip one in and number anew": (
        "UPDATE audit SET number = -number; "
        "UPDATE audit SET number = CASE WHEN number <= -5 THEN -number + 1 ELSE -number END; "
        "INSERT INTO audit (tenant_id, actor, action, subject, number, hash) "
        "SELECT tenant_id, actor, 'key.create', subject, 5, sha256('x') FROM audit WHERE number = 4",
        Fault.SLIPPED_IN,
        5,
    ),
    "slip one in before the first": (
        "INSERT INTO audit (tenant_id, actor, action, subject, number, hash) "
        "SELECT tenant_id, actor, 'key.create', subject, 0, sha256('x') FROM audit WHERE number = 4",
        Fault.SLIPPED_IN,
        0,
    ),
    "swap two": (
        "UPDATE audit SET number = -number WHERE number IN (5, 6); "
        "UPDATE audit SET number = 11 + number WHERE number < 0",
        Fault.SWAPPED,
        5,
    ),
    "cut off the end": ("DELETE FROM audit WHERE number > 10", Fault.CUT_OFF, 11),
}


@pytest.fixture
def chained(database: Database, tenant_id: UUID) -> Expected:
    """The newest hash of a chain of twelve entries."""
    for number in range(NUM_ENTRIES):
        _note(database, tenant_id, f"subject-{number}")
    newest = verify(database, tenant_id).newest
    assert newest is not None
    return newest


@pytest.fixture
def owner(settings: Settings) -> Iterator[Engine]:
    """A connection that no policy, no grant and no trigger holds back."""
    engine = create_engine(
        driver_url(settings.database_url.get_secret_value()),
        connect_args={"options": "-c session_replication_role=replica"},
    )
    yield engine
    engine.dispose()


def _note(database: Database, tenant_id: UUID, subject: str) -> None:
    with database.begin(tenant_id) as session:
        audit.note(session, tenant_id, actor="test", action="test.note", subject=subject)


def _actions(database: Database, tenant_id: UUID) -> list[tuple[str, str]]:
    with database.begin(tenant_id) as session:
        return [(one.actor, one.action) for one in audit.page(session, limit=100)]


def test_a_chain_that_nobody_touched_verifies(database: Database, tenant_id: UUID, chained: Expected) -> None:
    assert verify(database, tenant_id) == Verified(NUM_ENTRIES, chained)
    assert verify(database, tenant_id, expected=chained) == Verified(NUM_ENTRIES, chained)
    _note(database, tenant_id, "later")
    assert verify(database, tenant_id, expected=chained).fault is None
    assert verify_end(database, tenant_id, num_entries=5).fault is None
    assert verify_end(database, tenant_id, num_entries=500).num_entries == NUM_ENTRIES + 1


def test_what_the_owner_does_to_it_is_found(chained: Expected, owner: Engine) -> None:
    for deed, (statements, fault, number) in TAMPERING.items():
        with owner.connect() as connection, Session(connection) as session:
            for statement in statements.split("; "):
                session.execute(text(statement))
            found = judge(audit.every(session, page_size=5), expected=chained)
            assert (found.fault, found.number) == (fault, number), deed
            session.rollback()


def test_a_chain_written_anew_is_not_the_one_that_was_kept(
    database: Database, tenant_id: UUID, chained: Expected
) -> None:
    with database.begin(tenant_id) as session:
        entries = audit.page(session, limit=100)
    anew, before = [], b""
    for one in entries:
        changed = replace(one, actor="nobody")
        before = digest(changed, before=before)
        anew.append(replace(changed, hash=before))
    assert judge(anew).fault is None
    assert judge(anew, expected=chained).fault == Fault.REWRITTEN


@pytest.mark.usefixtures("chained")
def test_an_end_is_looked_at_without_its_beginning(database: Database, tenant_id: UUID, owner: Engine) -> None:
    with owner.begin() as connection:
        connection.execute(text("UPDATE audit SET actor = 'nobody' WHERE number = 10"))
    assert verify_end(database, tenant_id, num_entries=2).fault is None
    assert verify_end(database, tenant_id, num_entries=5).number == 10


def test_twenty_transactions_at_once_make_one_chain(database: Database, tenant_id: UUID) -> None:
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda number: _note(database, tenant_id, str(number)), range(60)))
    found = verify(database, tenant_id)
    assert (found.num_entries, found.fault) == (60, None)


def test_a_transaction_that_fails_leaves_no_entry(database: Database, tenant_id: UUID) -> None:
    def fail() -> None:
        with database.begin(tenant_id) as session:
            audit.note(session, tenant_id, actor="test", action="test.note", subject="s")
            raise NotFound("no")

    with pytest.raises(NotFound):
        fail()
    assert verify(database, tenant_id).num_entries == 0


@pytest.mark.parametrize("kept", ["", "5", f"{'0' * 64}/0", f"{'0' * 63}/1", f"{'g' * 64}/1", "/1"])
def test_what_is_no_kept_hash_is_refused(kept: str) -> None:
    with pytest.raises(InvalidRequest):
        read_expected(kept)


def test_a_kept_hash_is_read_as_it_was_printed() -> None:
    kept = Expected(bytes(range(32)), 7)
    assert read_expected(str(kept)) == kept


def test_what_an_owner_changes_has_an_entry(database: Database, settings: Settings, tenant_id: UUID) -> None:
    create_key(database, "acme", name="k", scopes=[Scope.READ], expires_in=timedelta(1), actor="ann")
    allow_training(database, "acme", is_allowed=True)
    set_seal_key(database, "acme", None)
    address, _ = create_source(database, settings, "acme", platform=Platform.STANDARD, secret=None)
    token = address.partition("source=")[2]
    rotate_source(database, settings, token, secret=None)
    retire_source(database, settings, token)
    fetch_again(database, token, actor="ann")
    export(database, "acme", io.StringIO(), wanted=Filter(), shape="csv")
    assert _actions(database, tenant_id) == [
        ("ann", "key.create"),
        ("operator", "training.allow"),
        ("operator", "seal.off"),
        ("operator", "source.create"),
        ("operator", "source.rotate"),
        ("operator", "source.retire"),
        ("ann", "source.fetch"),
        ("operator", "summary.export"),
    ]


def test_how_a_job_ended_has_an_entry(database: Database, settings: Settings, tenant_id: UUID) -> None:
    def too_late(_: str) -> str:
        raise DeadlineExceeded

    once = Settings(**{**settings.model_dump(), "max_attempts": 1}, _env_file=None)
    made, other = submitted(database, tenant_id), submitted(database, tenant_id, external_id="other")
    run(a_worker(database, once), tenant_id, made.job_id)
    run(a_worker(database, once, generate=FakeGenerator(too_late)), tenant_id, other.job_id)
    rate(database, tenant_id, made.conversation_id, actor="ann", verdict="positive", reason=None)
    assert _actions(database, tenant_id) == [
        ("test", "conversation.accept"),
        ("test", "conversation.accept"),
        ("worker", "summary.complete"),
        ("worker", "summary.fail"),
        ("ann", "summary.rate"),
    ]
