"""The same transcripts in a thousand orders, some of them twice: `python -m tests.shuffles --times 1000`.

Two legs in three versions each arrive shuffled, one to ten of them again. Every time the whole, its legs and their open
jobs must be the same. Prints one JSON line; 1 if any order ended otherwise.
"""

import json
import random
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import typer
from rich.progress import track
from sqlalchemy import text

import migrations
from summarizer.conversation import Conversation
from summarizer.embedded import servers
from summarizer.formats import canonical
from summarizer.settings import Settings
from summarizer.store import conversations, tenants
from summarizer.store.database import Database, app_engine
from summarizer.submit import Submission, submit
from summarizer.vault import new_master_key
from tests.builders import LOST_CARD, a_conversation
from tests.fakes import FakeBell

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
WITHOUT_JOB = """
    SELECT count(*) FROM conversations c WHERE NOT EXISTS
    (SELECT FROM jobs j WHERE j.conversation_id = c.id AND j.revision = c.revision AND j.state <> 'canceled')
"""


@dataclass(frozen=True)
class State:
    """What one can read of a conversation and its legs."""

    whole: Conversation
    legs: list[tuple[str | None, Conversation]]
    num_queued: int
    num_without_job: int


def versions_of_two_legs() -> list[Conversation]:
    """Of each leg what was heard at first, more of it, and a correction that is shorter."""
    return [
        a_conversation(
            LOST_CARD[:num_turns],
            leg=leg,
            started_at=NOON + timedelta(seconds=shift),
            as_of=NOON + timedelta(minutes=version),
        )
        for leg, shift in (("one", 0), ("two", 300))
        for version, num_turns in enumerate((2, 4, 3))
    ]


def arrive(database: Database, arrivals: list[Conversation]) -> State:
    """How they end in a tenant of their own."""
    with database.begin(None) as session:
        tenant_id = tenants.ensure(session, f"tenant-{uuid4().hex}")
    for arrived in arrivals:
        made = submitted(database, tenant_id, arrived)
    return state(database, tenant_id, made)


def submitted(
    database: Database, tenant_id: UUID, conversation: Conversation, bell: FakeBell | None = None
) -> Submission:
    """One arrival."""
    return submit(
        database,
        bell or FakeBell(),
        tenant_id,
        conversation,
        actor="test",
        idempotency_key=None,
        window=timedelta(hours=1),
    )


def state(database: Database, tenant_id: UUID, made: Submission) -> State:
    """The whole of a submitted conversation, its legs, and the jobs that wait."""
    with database.begin(tenant_id) as session:
        leg = conversations.current(session, made.conversation_id)
        assert leg is not None
        whole = conversations.current(session, leg.whole_id or leg.id)
        assert whole is not None
        legs = [(one.leg, canonical.from_document(one.transcript)) for one in conversations.legs(session, whole.id)]
        num_queued = session.scalar(text("SELECT count(*) FROM jobs WHERE state = 'queued'")) or 0
        num_without_job = session.scalar(text(WITHOUT_JOB)) or 0
    return State(canonical.from_document(whole.transcript), legs, num_queued, num_without_job)


def main(times: Annotated[int, typer.Option(min=1)] = 1000, seed: int = 0) -> None:
    """Shuffle and compare."""
    chance, arrivals = random.Random(seed), versions_of_two_legs()
    num_arrived = num_again = num_other = 0
    with tempfile.TemporaryDirectory() as directory, servers(Path(directory)) as running:
        migrations.upgrade(running.database_url)
        settings = Settings(
            _env_file=None,
            database_url=running.database_url,
            redis_url=running.redis_url,
            master_key=new_master_key(),
        )
        database = Database(app_engine(settings))
        wanted, started = arrive(database, arrivals), time.monotonic()
        for _ in track(range(times), description="orders"):
            again = chance.choices(arrivals, k=chance.randint(1, 10))
            shuffled = chance.sample([*arrivals, *again], len(arrivals) + len(again))
            num_other += arrive(database, shuffled) != wanted
            num_arrived += len(shuffled)
            num_again += len(again)
        seconds = time.monotonic() - started
        database.close()
    report = {"orders": times, "arrivals": num_arrived, "of_them_again": num_again, "other_states": num_other}
    typer.echo(json.dumps({**report, "seconds": round(seconds, 1)}))
    raise typer.Exit(1 if num_other else 0)


if __name__ == "__main__":
    typer.run(main)
