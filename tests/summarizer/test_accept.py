"""Whatever the order in which transcripts come, and however often, they end in the same state."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text

from summarizer.conversation import Conversation
from summarizer.formats import canonical
from summarizer.jobs import run
from summarizer.settings import Settings
from summarizer.store import conversations, tenants
from summarizer.store.database import Database
from summarizer.submit import Submission, submit
from tests.builders import LOST_CARD, a_conversation
from tests.fakes import FakeBell
from tests.summarizer.test_legs import a_transfer
from tests.work import a_worker, count, status

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def _submit(
    database: Database, tenant_id: UUID, conversation: Conversation, bell: FakeBell | None = None
) -> Submission:
    return submit(
        database,
        bell or FakeBell(),
        tenant_id,
        conversation,
        actor="test",
        idempotency_key=None,
        window=timedelta(hours=1),
    )


def _arrivals() -> list[Conversation]:
    """Two legs in three versions each: what was heard, more of it, and corrected so that it is shorter."""
    found = []
    for leg, shift in (("one", 0), ("two", 300)):
        for version, num_turns in enumerate((2, 4, 3)):
            found.append(
                a_conversation(
                    LOST_CARD[:num_turns],
                    leg=leg,
                    started_at=NOON + timedelta(seconds=shift),
                    as_of=NOON + timedelta(minutes=version),
                )
            )
    return found


ARRIVALS = _arrivals()


@dataclass(frozen=True)
class State:
    """What one can read of a conversation and its legs."""

    whole: Conversation
    legs: list[tuple[str | None, Conversation]]
    num_unfinished: int
    num_without_job: int


def _state(database: Database, tenant_id: UUID, made: Submission) -> State:
    with database.begin(tenant_id) as session:
        leg = conversations.current(session, made.conversation_id)
        assert leg is not None
        whole = conversations.current(session, leg.whole_id or leg.id)
        assert whole is not None
        legs = conversations.legs(session, whole.id)
        unfinished = session.scalar(text("SELECT count(*) FROM jobs WHERE state = 'queued'")) or 0
        jobless = session.scalar(
            text(
                "SELECT count(*) FROM conversations c WHERE NOT EXISTS (SELECT FROM jobs j WHERE "
                "j.conversation_id = c.id AND j.revision = c.revision AND j.state <> 'canceled')"
            )
        )
    told = [(one.leg, canonical.from_document(one.transcript)) for one in legs]
    return State(canonical.from_document(whole.transcript), told, unfinished, jobless or 0)


def _arrive(database: Database, arrivals: list[Conversation]) -> State:
    """In a tenant of their own."""
    with database.begin(None) as session:
        tenant_id = tenants.ensure(session, f"tenant-{datetime.now(UTC).timestamp()}")
    for arrived in arrivals:
        made = _submit(database, tenant_id, arrived)
    return _state(database, tenant_id, made)


@hypothesis_settings(
    max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.permutations(range(len(ARRIVALS))), again=st.lists(st.integers(0, len(ARRIVALS) - 1), max_size=4))
def test_legs_and_revisions_in_any_order_and_number_end_in_the_same_state(
    database: Database, order: list[int], again: list[int]
) -> None:
    arrived = _arrive(database, [ARRIVALS[index] for index in [*order, *again]])
    assert arrived == _arrive(database, ARRIVALS)
    assert arrived.num_without_job == 0
    assert arrived.num_unfinished == 3  # one for each leg and one for the whole, whatever came before
    assert [len(leg.turns) for _, leg in arrived.legs] == [3, 3]
    assert [turn.text for turn in arrived.whole.turns] == [text for _, text in (*LOST_CARD[:3], *LOST_CARD[:3])]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_without_the_senders_time_the_fullest_transcript_counts(
    database: Database, tenant_id: UUID, order: tuple[int, ...]
) -> None:
    made = [_submit(database, tenant_id, a_conversation(LOST_CARD[: index + 2])) for index in order]
    state = _state(database, tenant_id, made[0])
    assert len(state.whole.turns) == 4
    assert state.num_unfinished == 1


def test_an_older_transcript_is_kept_and_makes_no_job(database: Database, tenant_id: UUID) -> None:
    _submit(database, tenant_id, a_conversation(as_of=NOON))
    bell = FakeBell()
    older = a_conversation(LOST_CARD[:2], as_of=NOON - timedelta(minutes=1))
    _submit(database, tenant_id, older, bell)
    _submit(database, tenant_id, older, bell)
    assert count(database, tenant_id, "revisions") == 2
    assert bell.rung == []


def test_words_that_come_again_later_are_no_revision_but_hold_off_what_is_older(
    database: Database, tenant_id: UUID
) -> None:
    for minutes, num_turns in ((1, 4), (3, 4), (2, 3)):
        made = _submit(
            database, tenant_id, a_conversation(LOST_CARD[:num_turns], as_of=NOON + timedelta(minutes=minutes))
        )
    state = _state(database, tenant_id, made)
    assert len(state.whole.turns) == 4
    assert state.whole.as_of == NOON + timedelta(minutes=3)


def test_a_transferred_call_has_a_summary_for_each_leg_and_one_for_the_whole(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    second = tuple(("supervisor" if role == "agent" else role, text) for role, text in LOST_CARD)
    call = a_conversation((*LOST_CARD, *second))
    people = tuple(
        replace(one, role=call.participants[0].role) if one.id != "customer" else one for one in call.participants
    )
    bell = FakeBell()
    made = _submit(database, tenant_id, replace(call, participants=people), bell)
    worker = a_worker(database, settings)
    for _, tenant, job_id in bell.rung:
        run(worker, tenant, job_id)
    assert status(database, tenant_id, made).state == "succeeded"
    with database.begin(tenant_id) as session:
        legs = conversations.legs(session, made.conversation_id)
    assert [one.leg for one in legs] == ["#1", "#2"]
    assert count(database, tenant_id, "summaries") == 3


def test_a_fuller_transcript_touches_only_the_leg_that_changed(database: Database, tenant_id: UUID) -> None:
    call = a_transfer("acacbcbcbc")
    bell = FakeBell()
    _submit(database, tenant_id, replace(call, turns=call.turns[:8]))
    _submit(database, tenant_id, call, bell)
    assert len(bell.rung) == 2  # the whole and the second leg


def test_a_late_leg_makes_the_whole_fuller_and_doubles_nothing(database: Database, tenant_id: UUID) -> None:
    first = _submit(database, tenant_id, ARRIVALS[1])
    alone = _state(database, tenant_id, first)
    assert (len(alone.whole.turns), len(alone.legs)) == (4, 1)
    _submit(database, tenant_id, ARRIVALS[4])
    both = _state(database, tenant_id, first)
    assert (len(both.whole.turns), len(both.legs), both.num_unfinished) == (8, 2, 3)
    assert both.whole.agents == ("agent one", "agent two")
