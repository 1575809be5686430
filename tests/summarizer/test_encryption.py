"""Transcripts at rest: unreadable in the database, readable through the store, whatever keys are changed meanwhile."""

import io
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from summarizer.access import allow_training, create_source
from summarizer.audit import verify
from summarizer.corrections import export
from summarizer.edits import rate
from summarizer.encryption import reencrypt, rotate_data_key, rotate_master_key
from summarizer.endpoints import create, opened
from summarizer.errors import Unavailable
from summarizer.exports import export as export_summaries
from summarizer.jobs import run
from summarizer.platforms import Platform, Received
from summarizer.settings import Settings
from summarizer.store import audit, conversations, sealed
from summarizer.store.database import Database, app_engine
from summarizer.store.summaries import Filter
from summarizer.submit import submit_delivery
from summarizer.vault import lasting, new_master_key, unseal
from tests.fakes import FakeBell
from tests.work import a_worker, submitted

WORD = "Zanzibarword"


def _with(settings: Settings, **changes: object) -> Settings:
    return Settings(**{**settings.model_dump(), **changes}, _env_file=None)


@pytest.fixture
def encrypting(settings: Settings) -> Iterator[Database]:
    """The store of an installation that encrypts."""
    with closing(Database(app_engine(_with(settings, encrypt_transcripts=True)))) as opened:
        yield opened


def _said(database: Database, tenant_id: UUID, number: int = 0) -> UUID:
    lines = (("customer", f"My {WORD} fell into the water at the terminal, number {number}."),)
    return submitted(database, tenant_id, lines=lines, external_id=f"call-{number}").conversation_id


def _read(database: Database, tenant_id: UUID, conversation_id: UUID) -> str:
    with database.begin(tenant_id) as session:
        found = conversations.current(session, conversation_id)
    assert found is not None
    return json.dumps(found.transcript)


def _stored(database: Database, tenant_id: UUID) -> list[str]:
    with database.begin(tenant_id) as session:
        return list(session.scalars(text("SELECT transcript::text FROM revisions ORDER BY created_at")))


def _keys(database: Database, tenant_id: UUID) -> set[str]:
    """Ids of the keys that the rows are encrypted with; empty for plain ones."""
    found = [json.loads(one).get("encrypted", "") for one in _stored(database, tenant_id)]
    return {one.partition(".")[0] for one in found}


def test_the_database_holds_no_word_and_every_reader_reads(
    encrypting: Database, settings: Settings, tenant_id: UUID, tmp_path: Path
) -> None:
    allow_training(encrypting, "acme", is_allowed=True)
    made = submitted(encrypting, tenant_id)
    run(a_worker(encrypting, settings), tenant_id, made.job_id)
    rate(encrypting, tenant_id, made.conversation_id, actor="ann", verdict="positive", reason=None)
    assert not any("terminal" in one for one in _stored(encrypting, tenant_id))
    assert "terminal" in _read(encrypting, tenant_id, made.conversation_id)
    assert export(encrypting, tmp_path / "private.jsonl", secret="s").total() == 1
    out = io.StringIO()
    assert export_summaries(encrypting, "acme", out, wanted=Filter(), shape="vcon") == 1
    assert "terminal" in out.getvalue()


def test_plain_and_encrypted_rows_stand_side_by_side(database: Database, encrypting: Database, tenant_id: UUID) -> None:
    plain, hidden = _said(database, tenant_id, 1), _said(encrypting, tenant_id, 2)
    for store in (database, encrypting):
        for conversation_id in (plain, hidden):
            assert WORD in _read(store, tenant_id, conversation_id)


def test_a_later_time_of_the_same_words_is_noted_in_an_encrypted_row(encrypting: Database, tenant_id: UUID) -> None:
    for hour in (1, 2):
        at = datetime(2026, 11, 1, hour, tzinfo=UTC)
        made = submitted(encrypting, tenant_id, as_of=at)
    assert at.isoformat() in _read(encrypting, tenant_id, made.conversation_id)
    assert all("encrypted" in one for one in _stored(encrypting, tenant_id))


def test_a_row_moved_to_another_conversation_does_not_open(encrypting: Database, tenant_id: UUID) -> None:
    one, other = _said(encrypting, tenant_id, 1), _said(encrypting, tenant_id, 2)
    with encrypting.begin(tenant_id) as session:
        session.execute(
            text(
                "UPDATE revisions SET transcript = (SELECT transcript FROM revisions WHERE conversation_id = :one) "
                "WHERE conversation_id = :other"
            ),
            {"one": one, "other": other},
        )
    assert WORD in _read(encrypting, tenant_id, one)
    with pytest.raises(Unavailable, match="moved"):
        _read(encrypting, tenant_id, other)


def test_another_master_key_opens_nothing_and_says_so(
    encrypting: Database, settings: Settings, tenant_id: UUID
) -> None:
    made = _said(encrypting, tenant_id)
    foreign = _with(settings, master_key=new_master_key(), encrypt_transcripts=True)
    with closing(Database(app_engine(foreign))) as database:
        with pytest.raises(Unavailable, match="master key") as refused:
            _read(database, tenant_id, made)
        assert WORD not in str(refused.value)
        with pytest.raises(Unavailable, match="master key"):
            _said(database, tenant_id, 2)


def test_after_a_rotation_both_keys_are_read_and_the_new_one_writes(encrypting: Database, tenant_id: UUID) -> None:
    before = _said(encrypting, tenant_id, 1)
    [first] = _keys(encrypting, tenant_id)
    second = rotate_data_key(encrypting, "acme")
    after = _said(encrypting, tenant_id, 2)
    assert _keys(encrypting, tenant_id) == {first, second}
    assert all(WORD in _read(encrypting, tenant_id, one) for one in (before, after))


@pytest.mark.parametrize("batch", [2, 100])
def test_all_is_encrypted_anew_however_often_it_is_stopped(
    encrypting: Database, database: Database, tenant_id: UUID, batch: int
) -> None:
    made = [
        _said(store, tenant_id, number) for number, store in enumerate([database, encrypting, database, encrypting])
    ]
    newest = rotate_data_key(encrypting, "acme")
    made.append(_said(encrypting, tenant_id, 9))
    stopped = reencrypt(encrypting, "acme", batch=batch)
    assert next(stopped).num_all == 4
    next(stopped)
    stopped.close()
    *_, last = reencrypt(encrypting, "acme", batch=batch)
    assert (last.num_done, last.num_dropped) == (last.num_all, 1)
    assert _keys(encrypting, tenant_id) == {newest}
    assert all(WORD in _read(encrypting, tenant_id, one) for one in made)
    *_, last = reencrypt(database, "acme", batch=batch)
    assert (last.num_all, last.num_dropped) == (5, 1)
    assert all(WORD in one for one in _stored(database, tenant_id))


def test_a_new_master_key_seals_everything_and_changes_no_pseudonym(
    encrypting: Database, settings: Settings, tenant_id: UUID
) -> None:
    made = _said(encrypting, tenant_id)
    address, secret = create_source(
        encrypting, settings, "acme", platform=Platform.TWILIO, secret="s" * 20, credentials={"auth_token": "t" * 20}
    )
    named = Received("d", "e", None, resource={"url": "https://example.com"})
    source_id = UUID(hex=address.rpartition("_")[2])
    submit_delivery(encrypting, FakeBell(), tenant_id, named, source_id=source_id, master_key=settings.master_key)
    told = create(
        encrypting,
        tenant_id,
        settings=settings,
        actor="ann",
        url="https://example.com/hook",
        description=None,
        events=["summary.completed"],
        shape="wrapup",
    )
    new, old = new_master_key(), settings.master_key.get_secret_value()
    both = _with(settings, master_key=f"{new},{old}", encrypt_transcripts=True)
    with closing(Database(app_engine(both))) as database:
        done, num_closed = rotate_master_key(database, both.master_key)
        assert (dict(done), num_closed) == ({str(column): 1 for column in sealed.COLUMNS}, 0)
        assert rotate_master_key(database, both.master_key)[0].total() == 0
    assert lasting(both.master_key) == lasting(settings.master_key)
    only_new = _with(settings, master_key=new, encrypt_transcripts=True)
    with closing(Database(app_engine(only_new))) as database:
        assert WORD in _read(database, tenant_id, made)
        assert opened(told.endpoint, both) == told.secrets
        with database.begin(tenant_id) as session:
            kept = session.scalars(text("SELECT secrets FROM webhook_sources")).one()
            actions = [one.action for one in audit.page(session, limit=100)]
        assert unseal(bytes(kept), master_key=only_new.master_key) == [secret]
        assert actions.count("master_key.rotate") == 1
        assert verify(database, tenant_id).fault is None
    foreign = _with(settings, master_key=new_master_key())
    with closing(Database(app_engine(foreign))) as database:
        assert rotate_master_key(database, foreign.master_key)[1] == 5
