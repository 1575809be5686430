"""Are facts at the end of a very long call found as often as those at its beginning?

    python -m training.planted --model DIR|shipped --data FILE.jsonl.gz [--calls 5] [--tokens 60000] [--json OUT.json]

Each call is made of real conversations, one after the other, until it has so many tokens. In each tenth of it one
exchange is planted: what was wrong, what the agent does about it and by when, with a reference of its own. A fact
counts as found when the reference, or its amount, stands in a sentence of the summary or in its sections.
"""

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from summarizer.conversation import Conversation, Participant, Role, Turn
from summarizer.engine.generator import load_generator
from summarizer.generate import Generator
from summarizer.summarize import summarize
from summarizer.summary import Summary
from training.dataset import conversation_of, read_records
from training.evaluate import SHIPPED

DEPTHS = 10
SECONDS_A_TURN = 6  # of speech; 60,000 tokens are about three hours
WRONG = (
    "my {thing} arrived broken",
    "I was charged twice for the {thing}",
    "the {thing} never arrived",
    "the {thing} stopped working yesterday",
    "I sent the {thing} back three weeks ago",
)
MENDED = (
    "I will refund {amount} euros for it by Friday.",
    "We are going to credit {amount} euros to your account next week.",
    "You will receive a voucher of {amount} euros within five days.",
    "A new {thing} worth {amount} euros will be sent to you on Monday.",
    "Our store manager will call you tomorrow and pay back {amount} euros.",
    "What we offer is {amount} euros off your next bill.",
    "I have put {amount} euros back on your card just now.",
)
THINGS = "kettle lamp router tablet suitcase heater printer blender camera headset mattress scooter".split()


@dataclass(frozen=True, slots=True)
class Fact:
    """One planted exchange, and what only it says."""

    depth: int
    place: float  #: within its tenth; at a fixed one it would always meet the same part of a window
    turns: tuple[tuple[Role, str], ...]
    reference: str
    amount: str


@dataclass(frozen=True, slots=True)
class Found:
    """Where a fact came up again."""

    depth: int
    in_sentences: bool
    in_sections: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a checkpoint directory, or `shipped`")
    parser.add_argument("--data", type=Path, required=True, help="conversations of two known roles, to fill the call")
    parser.add_argument("--calls", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=60_000)
    parser.add_argument("--json", type=Path, help="where the figures are written as well")
    args = parser.parse_args()
    generator = load_generator(SHIPPED if args.model == "shipped" else Path(args.model))
    filler = cycle(_filler(args.data))
    found: list[Found] = []
    try:
        for number in track(range(args.calls), description="calls"):
            facts = make_facts(random.Random(number))
            call = make_call(facts, filler, generator, num_tokens=args.tokens)
            found += look(facts, summarize(call, generator))
    finally:
        generator.close()
    Console().print(table(found))
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(
            json.dumps({"sentences": rates(found, "in_sentences"), "sections": rates(found, "in_sections")})
        )


def make_facts(rng: random.Random) -> list[Fact]:
    """One fact for each depth; no two share a reference, an amount or a thing."""
    things = rng.sample(THINGS, DEPTHS)
    references = rng.sample(range(10_000, 99_999), DEPTHS)
    amounts = rng.sample(range(31, 499), DEPTHS)
    return [
        _fact(
            depth,
            rng.uniform(0.05, 0.95),
            rng.choice(WRONG).format(thing=thing),
            rng.choice(MENDED),
            thing,
            reference=str(reference),
            amount=str(amount),
        )
        for depth, (thing, reference, amount) in enumerate(zip(things, references, amounts, strict=True))
    ]


def make_call(
    facts: Sequence[Fact], filler: Iterator[Conversation], generator: Generator, *, num_tokens: int
) -> Conversation:
    """Real turns up to the length asked for, one fact in each tenth."""
    turns: list[tuple[Role, str]] = []
    total = 0
    for fact in facts:
        place, end = (fact.depth + fact.place) * num_tokens / DEPTHS, (fact.depth + 1) * num_tokens / DEPTHS
        total += _fill(turns, filler, generator, num_tokens=round(place) - total)
        turns += fact.turns
        total += _fill(turns, filler, generator, num_tokens=round(end) - total)
    return Conversation(
        turns=tuple(
            Turn(role, text, index * SECONDS_A_TURN * 1000, (index + 1) * SECONDS_A_TURN * 1000)
            for index, (role, text) in enumerate(turns)
        ),
        participants=(Participant(Role.AGENT, Role.AGENT), Participant(Role.CUSTOMER, Role.CUSTOMER)),
        language="en",
        started_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
    )


def look(facts: Sequence[Fact], summary: Summary) -> list[Found]:
    """Which of the facts the summary tells."""
    sections = " ".join(one.text for one in summary.sections)
    return [Found(fact.depth, _tells(summary.text, fact), _tells(sections, fact)) for fact in facts]


def rates(found: Sequence[Found], place: str) -> list[float]:
    """Share of the facts found, by depth."""
    asked = Counter(one.depth for one in found)
    hits = Counter(one.depth for one in found if getattr(one, place))
    return [hits[depth] / asked[depth] for depth in sorted(asked)]


def table(found: Sequence[Found]) -> Table:
    """One column a depth."""
    made = Table("percent of planted facts found", *(f"{10 * depth}-{10 * depth + 10} %" for depth in range(DEPTHS)))
    made.add_row("in its sentences", *(f"{100 * rate:.0f}" for rate in rates(found, "in_sentences")))
    made.add_row("in its sections", *(f"{100 * rate:.0f}" for rate in rates(found, "in_sections")))
    return made


def _fact(depth: int, place: float, wrong: str, mended: str, thing: str, *, reference: str, amount: str) -> Fact:
    return Fact(
        depth,
        place,
        (
            (Role.CUSTOMER, f"There is one more thing, {wrong}."),
            (Role.AGENT, f"I am sorry about the {thing}. {mended.format(thing=thing, amount=amount)}"),
            (Role.CUSTOMER, "And if the money does not come?"),
            (Role.AGENT, f"Then call us with the reference {reference}."),
        ),
        reference,
        amount,
    )


def _tells(text: str, fact: Fact) -> bool:
    return fact.reference in text or f"{fact.amount} euros" in text


def _fill(
    turns: list[tuple[Role, str]], filler: Iterator[Conversation], generator: Generator, *, num_tokens: int
) -> int:
    """Whole turns of real conversations, about so many tokens; how many they are."""
    total = 0
    while total < num_tokens:
        conversation = next(filler)
        for turn in conversation.turns:
            turns.append((conversation.role_of(turn), turn.text))
            total += generator.count_tokens(turn.text)
            if total >= num_tokens:
                break
    return total


def _filler(path: Path) -> list[Conversation]:
    """The conversations of a file between an agent and a customer."""
    read = [conversation_of(record) for record in read_records(path)]
    return [
        replace(one, language="en")
        for one in read
        if one is not None and {one.role_of(turn) for turn in one.turns} == {Role.AGENT, Role.CUSTOMER}
    ]


if __name__ == "__main__":
    main()
