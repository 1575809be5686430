"""Whatever the order in which transcripts come, and however often, they end in the same state."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from summarizer.jobs import run
from summarizer.settings import Settings
from summarizer.store import conversations
from summarizer.store.database import Database
from tests.builders import LOST_CARD, a_conversation
from tests.fakes import FakeBell
from tests.shuffles import NOON, arrive, state, submitted, versions_of_two_legs
from tests.summarizer.test_legs import a_transfer
from tests.work import a_worker, count, status

ARRIVALS = versions_of_two_legs()


@hypothesis_settings(
    max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.permutations(range(len(ARRIVALS))), again=st.lists(st.integers(0, len(ARRIVALS) - 1), max_size=4))
def test_legs_and_revisions_in_any_order_and_number_end_in_the_samestate(
    database: Database, order: list[int], again: list[int]
) -> None:
    arrived = arrive(database, [ARRIVALS[index] for index in [*order, *again]])
    assert arrived == arrive(database, ARRIVALS)
    assert arrived.num_without_job == 0
    assert arrived.num_queued == 3  # one for each leg and one for the whole, whatever came before
    assert [len(leg.turns) for _, leg in arrived.legs] == [3, 3]
    assert [turn.text for turn in arrived.whole.turns] == [text for _, text in (*LOST_CARD[:3], *LOST_CARD[:3])]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_without_the_senders_time_the_fullest_transcript_counts(
    database: Database, tenant_id: UUID, order: tuple[int, ...]
) -> None:
    made = [submitted(database, tenant_id, a_conversation(LOST_CARD[: index + 2])) for index in order]
    found = state(database, tenant_id, made[0])
    assert len(found.whole.turns) == 4
    assert found.num_queued == 1


def test_an_older_transcript_is_kept_and_makes_no_job(database: Database, tenant_id: UUID) -> None:
    submitted(database, tenant_id, a_conversation(as_of=NOON))
    bell = FakeBell()
    older = a_conversation(LOST_CARD[:2], as_of=NOON - timedelta(minutes=1))
    submitted(database, tenant_id, older, bell)
    submitted(database, tenant_id, older, bell)
    assert count(database, tenant_id, "revisions") == 2
    assert bell.rung == []


def test_words_that_come_again_later_are_no_revision_but_hold_off_what_is_older(
    database: Database, tenant_id: UUID
) -> None:
    for minutes, num_turns in ((1, 4), (3, 4), (2, 3)):
        made = submitted(
            database, tenant_id, a_conversation(LOST_CARD[:num_turns], as_of=NOON + timedelta(minutes=minutes))
        )
    found = state(database, tenant_id, made)
    assert len(found.whole.turns) == 4
    assert found.whole.as_of == NOON + timedelta(minutes=3)


def test_a_transferred_call_has_a_summary_for_each_leg_and_one_for_the_whole(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    second = tuple(("supervisor" if role == "agent" else role, text) for role, text in LOST_CARD)
    call = a_conversation((*LOST_CARD, *second))
    people = tuple(
        replace(one, role=call.participants[0].role) if one.id != "customer" else one for one in call.participants
    )
    bell = FakeBell()
    made = submitted(database, tenant_id, replace(call, participants=people), bell)
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
    submitted(database, tenant_id, replace(call, turns=call.turns[:8]))
    submitted(database, tenant_id, call, bell)
    assert len(bell.rung) == 2  # the whole and the second leg


def test_a_late_leg_makes_the_whole_fuller_and_doubles_nothing(database: Database, tenant_id: UUID) -> None:
    first = submitted(database, tenant_id, ARRIVALS[1])
    alone = state(database, tenant_id, first)
    assert (len(alone.whole.turns), len(alone.legs)) == (4, 1)
    submitted(database, tenant_id, ARRIVALS[4])
    both = state(database, tenant_id, first)
    assert (len(both.whole.turns), len(both.legs), both.num_queued) == (8, 2, 3)
    assert both.whole.agents == ("agent one", "agent two")


def test_legs_with_the_longest_ids_still_make_a_whole(database: Database, tenant_id: UUID) -> None:
    for number in ("1", "2"):
        made = submitted(database, tenant_id, a_conversation(leg=number * 255))
    found = state(database, tenant_id, made)
    assert (len(found.whole.turns), len(found.whole.agents)) == (8, 2)


def test_legs_that_are_too_much_together_stay_legs(database: Database, tenant_id: UUID) -> None:
    many = tuple(("customer", f"My card number {index} is lost.") for index in range(3_000))
    bell = FakeBell()
    for leg in ("one", "two"):
        made = submitted(database, tenant_id, a_conversation(many, leg=leg), bell)
    found = state(database, tenant_id, made)
    assert [len(leg.turns) for _, leg in found.legs] == [3_000, 3_000]
    assert len(found.whole.turns) == 3_000  # of the first leg, which was there alone
    assert len(bell.rung) == 3
