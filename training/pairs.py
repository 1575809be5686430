"""Two summaries of a call side by side for people who do not know who wrote which.

    pairs.html   a page that shows the pairs, keeps the choices and gives them out as `votes.json`
    pairs.json   what it shows: the call, a left and a right summary
    key.json     which is whose

Whoever judges gets the page alone.
"""

import hashlib
import json
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from summarizer.conversation import Conversation
from summarizer.headings import LANGUAGES, headings
from summarizer.prompt import speaker_labels
from summarizer.summarize import believed
from training.attempts import Attempt, Call, write_private
from training.pairs_page import page

NOTICES = tuple(headings(language).notice for language in LANGUAGES)
HIDDEN_NAME = "[model]"


@dataclass(frozen=True, slots=True)
class Turn:
    """A line of the call as people see it."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One call and two summaries, a line a sentence."""

    id: str
    language: str
    turns: tuple[Turn, ...]
    left: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blind:
    """Everything that may be seen, and the key that may not."""

    pairs: tuple[Pair, ...]
    key: Mapping[str, Any]

    @property
    def comparison(self) -> str:
        """What votes are for; says nothing of the models."""
        return str(self.key["comparison"])


def blind(
    calls: Sequence[Call],
    a: Sequence[Attempt],
    b: Sequence[Attempt],
    *,
    names: tuple[str, str],
    limit: int,
    seed: int,
) -> Blind:
    """At most `limit` calls with two different summaries, in an order and on sides that tell nothing.

    Each backend is on the left in half of the pairs, so that a habit of choosing one side favours nobody.
    """
    rng = random.Random(seed)
    calls = [as_read(one) for one in calls]
    both = [
        (one, _shown(first, one, names=names), _shown(second, one, names=names))
        for one, first, second in zip(calls, a, b, strict=True)
        if first.sentences and second.sentences
    ]
    different = [one for one in both if one[1] != one[2]]
    rng.shuffle(different)
    chosen = different[:limit]
    lefts = [index % 2 == 0 for index in range(len(chosen))]
    rng.shuffle(lefts)
    pairs: list[Pair] = []
    sides: dict[str, dict[str, str]] = {}
    for number, ((one, first, second), is_a_left) in enumerate(zip(chosen, lefts, strict=True), 1):
        left, right = (first, second) if is_a_left else (second, first)
        pair = Pair(f"p{number}", one.conversation.language or "", _turns(one.conversation), left, right)
        pairs.append(pair)
        sides[pair.id] = {"left": "A" if is_a_left else "B", "right": "B" if is_a_left else "A", "call": one.id}
    seen = json.dumps([asdict(one) for one in pairs]).encode()
    key = {
        "comparison": hashlib.sha256(seen).hexdigest()[:16],
        "models": dict(zip("AB", names, strict=True)),
        "num_same": len(both) - len(different),  #: nobody needs to judge these
        "pairs": sides,
    }
    return Blind(tuple(pairs), key)


def as_read(call: Call) -> Call:
    """With the speakers as a backend is told them, so that both summaries name those people see."""
    return replace(call, conversation=believed(call.conversation))


def write(found: Blind, out: Path) -> None:
    """All three files; whoever may judge gets the page alone."""
    seen = {"comparison": found.comparison, "pairs": [asdict(one) for one in found.pairs]}
    write_private(out / "key.json", json.dumps(found.key, indent=2) + "\n")
    write_private(out / "pairs.json", json.dumps(seen, indent=1) + "\n")
    write_private(out / "pairs.html", page(seen))


def _turns(conversation: Conversation) -> tuple[Turn, ...]:
    labels = speaker_labels(conversation)
    return tuple(Turn(labels[turn.participant], turn.text) for turn in conversation.turns if turn.text.strip())


def _shown(attempt: Attempt, call: Call, *, names: Iterable[str]) -> tuple[str, ...]:
    """With one name a speaker, without the notice under quotations and names of models that nobody says in the call."""
    said = " ".join(turn.text for turn in call.conversation.turns).casefold()
    telling = [re.escape(name) for name in names if name.casefold() not in said]
    labels = _labels(call.conversation)
    without = (_unmarked(one, telling, labels=labels) for one in attempt.sentences)
    return tuple(one for one in without if one)


def _unmarked(text: str, telling: Sequence[str], *, labels: Mapping[str, str]) -> str:
    for notice in NOTICES:
        text = text.replace(notice, "")
    label, colon, quotation = text.partition(": ")
    if colon and label in labels:
        text = f"{labels[label]}: {quotation}"
    return re.sub(rf"\b(?:{'|'.join(telling)})\b", HIDDEN_NAME, text, flags=re.I).strip() if telling else text.strip()


def _labels(conversation: Conversation) -> dict[str, str]:
    """What quotations call each speaker, to what the page and models do."""
    quoted = speaker_labels(conversation, headings(conversation.language).speakers)
    return {quoted[one]: label for one, label in speaker_labels(conversation).items()}
