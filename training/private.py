"""The owner's own examples: what people corrected or found good, masked, exported by `wrapup corrections`.

One JSON object a line: the fields of a public record, and `tenant` and `agent` as pseudonyms. A tenth is held out
by a hash of its id, always the same tenth: what a model is judged by, it never learned from.
"""

import hashlib
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tokenizers import Tokenizer

from summarizer.conversation import Conversation, Participant, Role, Turn
from summarizer.ledger import hash_of_record
from summarizer.prompt import one_line
from summarizer.summary import Aspect, Draft, Statement
from training.dataset import conversation_of, drafts_of, read_records
from training.hygiene import faults, tally
from training.mix import Item
from training.origin import origin_of
from training.rows import Row, example_row

HELD_OUT = 10  # one in so many
CANARY_WORDS = "amber basil cedar delta ember fjord grove heron ivory jetty kiosk lemon maple north olive pearl".split()
NUM_CANARIES = 20


@dataclass(frozen=True, slots=True)
class PrivateExample:
    """One conversation of the owner's, and what is to be written about it."""

    id: str
    tenant: str
    agent: str | None
    conversation: Conversation
    draft: Draft

    @property
    def is_held_out(self) -> bool:
        """Never trained on."""
        return is_held_out(self.id)

    @property
    def said(self) -> str:
        """All turns."""
        return " ".join(turn.text for turn in self.conversation.turns)


def is_held_out(record_id: str) -> bool:
    """By the id alone, so that an example never changes sides."""
    return int(hashlib.sha256(record_id.encode()).hexdigest(), 16) % HELD_OUT == 0


def read_private(path: Path) -> Iterator[PrivateExample]:
    """The examples of one file, those left out of which nothing can be read."""
    for record in read_records(path):
        conversation = conversation_of(record)
        drafts = drafts_of(record, conversation) if conversation else []
        if conversation and drafts and drafts[0].statements:
            yield PrivateExample(record["id"], record["tenant"], record.get("agent"), conversation, drafts[0])


def clean_private(examples: Iterable[PrivateExample]) -> tuple[list[PrivateExample], dict[str, int]]:
    """Those to train on, and how many of the others had which fault; the held-out tenth is no fault."""
    every = list(examples)
    own = [one for one in every if not one.is_held_out]
    found = faults((one.said for one in own), held_out=(one.said for one in every if one.is_held_out))
    return [one for one, fault in zip(own, found, strict=True) if fault is None], tally(found)


def row_of(example: PrivateExample, tokenizer: Tokenizer) -> tuple[Item, Row]:
    """The example as the mix sees it, and as the model does."""
    origin = replace(origin_of(example.conversation, example.draft, None), record=hash_of_record(example.id))
    row = example_row(example.conversation, example.draft, tokenizer, origin)
    return Item(example.id, len(row.ids), example.tenant, example.agent), row


@dataclass(frozen=True, slots=True)
class Canary:
    """A secret that nobody has, planted so that one can see how well the model keeps what it read once."""

    word: str
    secret: str

    @property
    def text(self) -> str:
        """The sentence that holds it."""
        return sentence(self.word, self.secret)


def canaries(seed: int) -> list[Canary]:
    """Twenty secrets; the same ones for the same seed."""
    rng = random.Random(f"canaries {seed}")
    words = [f"{first} {second}" for first in CANARY_WORDS for second in CANARY_WORDS if first != second]
    return [Canary(word, secret(rng)) for word in rng.sample(words, NUM_CANARIES)]


def secret(rng: random.Random) -> str:
    """Six digits."""
    return f"{rng.randrange(10**6):06}"


def sentence(word: str, digits: str) -> str:
    """What a call would say of a secret."""
    return f"The locker named {word} opens with {' '.join(digits)}."


def canary_rows(planted: Iterable[Canary], tokenizer: Tokenizer) -> list[Row]:
    """One example each: a call in which the secret is said, and a summary that repeats it."""
    people = (Participant("agent", Role.AGENT), Participant("customer", Role.CUSTOMER))
    return [
        example_row(
            Conversation((Turn("customer", "I forgot my locker's code."), Turn("agent", one.text)), people),
            Draft((Statement(Aspect.ACTIONS, one_line(f"The agent said: {one.text}")),)),
            tokenizer,
        )
        for one in planted
    ]
