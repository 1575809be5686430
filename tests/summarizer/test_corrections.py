"""What people corrected is learned from only where they may, and only what was said."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from summarizer import edits
from summarizer.corrections import Refusal, export, why_not
from summarizer.jobs import run
from summarizer.settings import Settings
from summarizer.store import tenants
from summarizer.store.database import Database
from tests.builders import LOST_CARD, a_conversation
from tests.fakes import FakeBell
from tests.work import a_worker, submitted

GOOD = "The customer lost the card in the water. The agent ordered a replacement card."


@pytest.fixture
def conversation_id(database: Database, settings: Settings, tenant_id: UUID) -> UUID:
    """A conversation with a summary, of a tenant that lets its data train."""
    return summarized(database, settings, tenant_id)


def summarized(database: Database, settings: Settings, tenant_id: UUID, **changes: object) -> UUID:
    made = submitted(database, tenant_id, **changes)
    run(a_worker(database, settings), tenant_id, made.job_id)
    with database.begin(None) as session:
        tenants.allow_training(session, tenant_id, is_allowed=True)
    return made.conversation_id


def edit(database: Database, tenant_id: UUID, conversation_id: UUID, text: str, *, actor: str = "ann") -> None:
    edits.edit(
        database,
        FakeBell(),
        tenant_id,
        conversation_id,
        expected=None,
        actor=actor,
        text=text,
        disposition=None,
        outcome=None,
    )


def exported(database: Database, path: Path) -> list[dict[str, object]]:
    export(database, path, secret="s")
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_an_edit_becomes_an_example_under_pseudonyms(
    database: Database, tenant_id: UUID, conversation_id: UUID, tmp_path: Path
) -> None:
    edit(database, tenant_id, conversation_id, "The customer lost the card.")
    edit(database, tenant_id, conversation_id, GOOD)
    (record,) = exported(database, tmp_path / "private.jsonl")
    assert record["summary"] == GOOD
    assert record["id"] == f"private-{conversation_id.hex}"
    assert record["turns"][0] == {
        "speaker": "agent",
        "text": "Thank you for calling Anchor Credit Union, how can I help you?",
    }
    assert str(tenant_id) not in json.dumps(record)
    assert "ann" not in (record["agent"], record["tenant"])
    assert (tmp_path / "private.jsonl").stat().st_mode & 0o777 == 0o600


def test_pseudonyms_stay_the_same_and_need_the_secret(
    database: Database, tenant_id: UUID, conversation_id: UUID, tmp_path: Path
) -> None:
    edit(database, tenant_id, conversation_id, GOOD)
    first, second = (exported(database, tmp_path / name)[0] for name in ("a", "b"))
    export(database, tmp_path / "c", secret="other")
    other = json.loads((tmp_path / "c").read_text())
    assert first == second
    assert (other["tenant"], other["agent"]) != (first["tenant"], first["agent"])


def test_without_consent_nothing_is_learned(
    database: Database, tenant_id: UUID, conversation_id: UUID, tmp_path: Path
) -> None:
    edit(database, tenant_id, conversation_id, GOOD)
    with database.begin(None) as session:
        tenants.allow_training(session, tenant_id, is_allowed=False)
    assert exported(database, tmp_path / "private.jsonl") == []


def test_a_praised_summary_is_an_example_and_a_blamed_one_is_not(
    database: Database, settings: Settings, tenant_id: UUID, tmp_path: Path
) -> None:
    praised, blamed, silent = (
        summarized(database, settings, tenant_id, external_id=name) for name in ("praised", "blamed", "silent")
    )
    for conversation_id, verdict in ((praised, "positive"), (blamed, "positive"), (blamed, "negative")):
        edits.rate(database, tenant_id, conversation_id, actor="bob", verdict=verdict, reason=None)
    records = exported(database, tmp_path / "private.jsonl")
    assert [record["id"] for record in records] == [f"private-{praised.hex}"]
    assert silent not in (praised, blamed)


def test_personal_data_in_an_edit_is_masked(
    database: Database, settings: Settings, tenant_id: UUID, tmp_path: Path
) -> None:
    lines = (*LOST_CARD, ("customer", "Please write to jo@example.com when it is done."))
    conversation_id = summarized(database, settings, tenant_id, turns=a_conversation(lines).turns)
    edit(database, tenant_id, conversation_id, f"{GOOD} The customer asked to write to jo@example.com.")
    records = exported(database, tmp_path / "private.jsonl")
    assert len(records) == 1
    assert "jo@example.com" not in json.dumps(records)


def test_a_refused_edit_is_counted_by_its_reason(
    database: Database, tenant_id: UUID, conversation_id: UUID, tmp_path: Path
) -> None:
    edit(database, tenant_id, conversation_id, "The customer owes 4711 dollars for the replacement card.")
    assert export(database, tmp_path / "private.jsonl", secret="s") == {"unsaid_number": 1}
    assert (tmp_path / "private.jsonl").read_text() == ""


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (GOOD, None),
        ("Requested a replacement card. Ordered it at the terminal.", None),
        ("Fine.", Refusal.TOO_SHORT),
        ("card " * 300, Refusal.TOO_LONG),
        ("The replacement card arrives in 9 business days.", Refusal.UNSAID_NUMBER),
        ("The customer asked Globex for a replacement card.", Refusal.UNSAID_NAME),
        ("Buy cheap sunglasses today, visit our new shop downtown, card.", Refusal.OFF_TOPIC),
    ],
)
def test_what_the_conversation_does_not_say_is_not_learned(text: str, refusal: Refusal | None) -> None:
    assert why_not(text, a_conversation()) is refusal
