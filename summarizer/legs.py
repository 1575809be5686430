"""Transferred conversations: a whole is taken apart into one leg for each agent, and legs are put together to a whole.

whole ─ with_legs, part ─▶ legs        when a platform sends one transcript
legs  ─ joined ─▶ whole                when it sends one for each agent, in whatever order
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

from summarizer.conversation import MAX_LEGS, Conversation, Leg, Participant, Role, Turn, Wait, WaitKind

TOLD_BY_US = "#"  #: begins the id of a leg that no platform named
MAX_HANDOVERS = 2  # for each agent; where they speak by turns more often, it is one conference and no transfer
MAX_SHOWN = 100  #: characters of an id that become part of another one
_SOMEBODY = frozenset({*Role, "internal", "external", "participant"})  # ids that name a part in the play, no person
_EARLIEST = datetime.min.replace(tzinfo=UTC)


def with_legs(conversation: Conversation) -> Conversation:
    """The same conversation with the legs that its speakers show, unless the platform named them; none of one agent."""
    if conversation.legs or conversation.leg is not None:
        return conversation
    runs = _runs(conversation)
    agents = {agent for agent, _ in runs}
    if len(agents) < 2 or len(runs) > min(MAX_HANDOVERS * len(agents), MAX_LEGS):
        return conversation
    starts = [0, *(first for _, first in runs[1:])]
    ends = [*starts[1:], len(conversation.turns)]
    legs = (
        Leg(f"{TOLD_BY_US}{number}", start, end - start)
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    )
    return replace(conversation, legs=tuple(legs))


def part(conversation: Conversation, leg: Leg) -> Conversation:
    """One leg as a conversation of its own; its times still count from the start of the whole."""
    turns = conversation.turns[leg.first_turn : leg.turns.stop]
    speakers = {turn.participant for turn in turns}
    return replace(
        conversation,
        turns=turns,
        participants=tuple(one for one in conversation.participants if one.id in speakers),
        leg=leg.id,
        legs=(),
        waits=_within(conversation.waits, turns),
    )


def joined(parts: Iterable[Conversation]) -> Conversation:
    """The whole of all its legs by their start, whatever order they are given in; gaps between them are a queue's.

    Raises LimitExceeded when together they are more than a conversation may be.
    """
    legs = sorted(parts, key=lambda one: (one.started_at or _EARLIEST, one.leg or ""))
    first = legs[0]
    shifts = [_shift(one, first) for one in legs]
    spoken = [_told_apart(one) if len(legs) > 1 else one for one in legs]
    turns: list[Turn] = []
    told: list[Leg] = []
    waits: list[Wait] = []
    for one, shift in zip(spoken, shifts, strict=True):
        told.append(Leg(one.leg or f"{TOLD_BY_US}{len(told) + 1}", len(turns), len(one.turns)))
        waits += _gap(turns, one, shift)
        waits += [replace(wait, start_ms=wait.start_ms + shift, end_ms=wait.end_ms + shift) for wait in one.waits]
        turns += [_later(turn, shift) for turn in one.turns]
    moments = [one.as_of for one in legs if one.as_of is not None]
    return replace(
        first,
        turns=tuple(turns),
        participants=_everybody(spoken),
        queue=first.queue,
        as_of=max(moments) if len(moments) == len(legs) else None,
        leg=None,
        legs=tuple(told),
        waits=tuple(waits),
    )


def agents_of(conversation: Conversation, turns: Iterable[int]) -> list[str]:
    """Ids of the agents who speak in these turns, in order, each once."""
    spoken = (conversation.turns[index] for index in turns)
    return list(dict.fromkeys(turn.participant for turn in spoken if conversation.role_of(turn) is Role.AGENT))


def _runs(conversation: Conversation) -> list[tuple[str, int]]:
    """Who has the word among the agents, from which turn on; a single word thrown in is no change."""
    spoken = [
        (turn.participant, index)
        for index, turn in enumerate(conversation.turns)
        if conversation.role_of(turn) is Role.AGENT and turn.text.strip()
    ]
    runs = [list(group) for _, group in groupby(spoken, key=lambda one: one[0])]
    kept: list[tuple[str, int]] = []
    for place, run in enumerate(runs):
        is_thrown_in = len(run) == 1 and 0 < place < len(runs) - 1
        if not is_thrown_in and (not kept or kept[-1][0] != run[0][0]):
            kept.append(run[0])
    return kept


def _shift(one: Conversation, first: Conversation) -> int:
    """Milliseconds from the start of the whole to the start of this leg."""
    if one.started_at is None or first.started_at is None:
        return 0
    return max(round((one.started_at - first.started_at) / timedelta(milliseconds=1)), 0)


def _later(turn: Turn, shift: int) -> Turn:
    return replace(
        turn,
        start_ms=None if turn.start_ms is None else turn.start_ms + shift,
        end_ms=None if turn.end_ms is None else turn.end_ms + shift,
    )


def _gap(turns: Sequence[Turn], one: Conversation, shift: int) -> list[Wait]:
    """The time between the leg before and this one."""
    ended = max((turn.end_ms for turn in turns if turn.end_ms is not None), default=None)
    begins = next((turn.start_ms for turn in one.turns if turn.start_ms is not None), None)
    if ended is None or begins is None or begins + shift <= ended:
        return []
    return [Wait(WaitKind.QUEUE, ended, begins + shift)]


def _told_apart(one: Conversation) -> Conversation:
    """With ids that name the same person only where the platform's own ids do: `agent` of two legs are two people."""
    names = {
        person.id: f"{person.id} {(one.leg or '')[:MAX_SHOWN]}"
        for person in one.participants
        if person.role is not Role.CUSTOMER and len(person.id) <= MAX_SHOWN
        if person.id.casefold() in _SOMEBODY or person.id.isdigit()
    }
    return replace(
        one,
        turns=tuple(replace(turn, participant=names.get(turn.participant, turn.participant)) for turn in one.turns),
        participants=tuple(replace(person, id=names.get(person.id, person.id)) for person in one.participants),
    )


def _everybody(legs: Sequence[Conversation]) -> tuple[Participant, ...]:
    known: dict[str, Participant] = {}
    for one in legs:
        for person in one.participants:
            known.setdefault(person.id, person)
    return tuple(known.values())


def _within(waits: Sequence[Wait], turns: Sequence[Turn]) -> tuple[Wait, ...]:
    starts = [turn.start_ms for turn in turns if turn.start_ms is not None]
    if not starts:
        return ()
    return tuple(wait for wait in waits if wait.start_ms <= max(starts) and wait.end_ms >= min(starts))
