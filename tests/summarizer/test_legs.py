from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.conversation import Conversation, Leg, Participant, Role, Turn, Wait, WaitKind
from summarizer.errors import InvalidTranscript
from summarizer.formats import canonical
from summarizer.legs import agents_of, joined, part, with_legs
from tests.builders import a_conversation

START = datetime(2026, 3, 3, 15, tzinfo=UTC)


def a_transfer(speakers: str, **changes: object) -> Conversation:
    """A call in which `a`, `b` and `d` are agents and `c` is the customer, a turn of ten seconds each."""
    people = tuple(Participant(one, Role.CUSTOMER if one == "c" else Role.AGENT) for one in dict.fromkeys(speakers))
    turns = tuple(
        Turn(one, f"words {index} of {one}", index * 10_000, index * 10_000 + 9_000)
        for index, one in enumerate(speakers)
    )
    values = {"turns": turns, "participants": people, "external_id": "call-1"}
    return Conversation(**{**values, **changes})  # type: ignore[arg-type]


def _legs(conversation: Conversation) -> list[tuple[int, int]]:
    return [(leg.first_turn, leg.num_turns) for leg in with_legs(conversation).legs]


@pytest.mark.parametrize(
    ("speakers", "legs"),
    [
        ("acacac", []),  # nobody else
        ("acacbcbc", [(0, 4), (4, 4)]),
        ("cacacbcbc", [(0, 5), (5, 4)]),  # who comes before the first agent belongs to the first leg
        ("acacbabcbc", [(0, 6), (6, 4)]),  # a single word thrown in changes nothing
        ("acacbcbcdcdc", [(0, 4), (4, 4), (8, 4)]),
        ("aacaabbcbbaaca", [(0, 5), (5, 5), (10, 4)]),  # and back again
        ("aabbaabbaabbaabb", []),  # a conference
        ("ac", []),
    ],
)
def test_an_agents_part_begins_with_their_first_word(speakers: str, legs: list[tuple[int, int]]) -> None:
    assert _legs(a_transfer(speakers)) == legs


def test_legs_that_the_platform_names_are_kept() -> None:
    told = a_transfer("acacbcbc", legs=(Leg("x", 0, 3), Leg("y", 3, 5)))
    assert with_legs(told) is told


@pytest.mark.parametrize("legs", [[("x", 0, 3), ("x", 3, 5)], [("x", 0, 4), ("y", 3, 5)], [("x", 0, 9)]])
def test_legs_that_cannot_be_are_refused(legs: list[tuple[str, int, int]]) -> None:
    with pytest.raises(InvalidTranscript):
        a_transfer("acacbcbc", legs=tuple(Leg(*leg) for leg in legs))


def test_a_leg_has_its_own_speakers_and_keeps_its_times() -> None:
    whole = with_legs(a_transfer("acacbcbc", started_at=START, waits=(Wait(WaitKind.QUEUE, 39_000, 40_000),)))
    first, second = (part(whole, leg) for leg in whole.legs)
    assert (first.agents, second.agents) == (("a",), ("b",))
    assert second.turns[0].start_ms == 40_000
    assert (first.leg, second.leg, second.started_at) == ("#1", "#2", START)
    assert second.waits == whole.waits
    assert canonical.from_document(canonical.to_document(whole)) == whole


def _two_legs() -> list[Conversation]:
    first = a_transfer("acac", leg="one", started_at=START, as_of=START)
    second = a_transfer("bcbc", leg="two", started_at=START + timedelta(seconds=100), as_of=START)
    return [first, second]


def test_legs_are_joined_by_their_start_and_the_gap_is_a_queues() -> None:
    whole = joined(_two_legs())
    assert whole == joined(reversed(_two_legs()))
    assert [one.participant for one in whole.turns] == list("acacbcbc")
    assert whole.turns[4].start_ms == 100_000
    assert whole.legs == (Leg("one", 0, 4), Leg("two", 4, 4))
    assert whole.waits == (Wait(WaitKind.QUEUE, 39_000, 100_000),)
    assert agents_of(whole, whole.legs[1].turns) == ["b"]


def test_the_agent_of_two_legs_is_two_people_unless_the_platform_names_them() -> None:
    first, second = a_conversation(leg="one"), a_conversation(leg="two")
    assert joined([first, second]).agents == ("agent one", "agent two")
    assert joined([first]).agents == ("agent",)


@given(st.lists(st.sampled_from("abdc"), min_size=1, max_size=24), st.permutations(range(3)))
def test_what_is_taken_apart_is_put_together_again(speakers: list[str], order: list[int]) -> None:
    whole = with_legs(a_transfer("".join(speakers)))
    legs = [part(whole, leg) for leg in whole.legs]
    assert sum(len(leg.turns) for leg in legs) in (0, len(whole.turns))
    if legs:
        shuffled = [legs[index] for index in order if index < len(legs)]
        together = joined([*shuffled, *(leg for leg in legs if leg not in shuffled)])
        assert [turn.text for turn in together.turns] == [turn.text for turn in whole.turns]
