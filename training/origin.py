"""Where an example comes from, and which model saw it: what an owner asks when something is to be erased.

The ledger lies beside the weights. It holds no text, no id and no tenant, only a hash that whoever has the example can
compute again; and it has those of the model that training started from. `summarizer.ledger` asks it for a conversation.
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from unicodedata import normalize

from summarizer.conversation import Conversation
from summarizer.ledger import LEDGER
from summarizer.summary import Draft
from training.dataset import Dataset


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Whose an example is, under which terms, and its hash."""

    sha256: str
    source: str
    licence: str
    is_private: bool
    record: str = ""  #: hash of the id of the conversation it is of, where it is the owner's own


class UnknownPast(LookupError):
    """Nothing was written down of what this model saw."""


def origin_of(conversation: Conversation, draft: Draft, dataset: Dataset | None) -> Origin:
    """Of one example before it is varied; without a dataset it is the owner's own."""
    turns = (turn.text for turn in conversation.turns)
    hashed = hash_of(turns, target=" ".join(one.text for one in draft.statements))
    if dataset is None:
        return Origin(hashed, "private", "the tenant's consent", is_private=True)
    return public(hashed, dataset)


def public(hashed: str, dataset: Dataset) -> Origin:
    """An example of a public set."""
    return Origin(hashed, dataset.source, dataset.licence, is_private=False)


def hash_of(turns: Iterable[str], *, target: str) -> str:
    """SHA-256 of what is read and what is to be written, however it is spaced and composed."""
    lines = [" ".join(normalize("NFC", text).split()) for text in (*turns, target)]
    return sha256("\n".join(lines).encode()).hexdigest()


def ledger(origins: Iterable[Origin | None], *, start: Path | None = None) -> bytes:
    """The file for these and for what the model that was started from saw, each once and in no telling order."""
    every = {*read_ledger(start)} if start and has_ledger(start) else set()
    every.update(one for one in origins if one is not None)
    lines = "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in sorted(every))
    return gzip.compress(lines.encode(), mtime=0)


def read_ledger(model: Path) -> Iterator[Origin]:
    """What a model saw; raises UnknownPast."""
    if not has_ledger(model):
        raise UnknownPast(f"{model.name} has no {LEDGER}")
    with gzip.open(model / LEDGER, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield Origin(**json.loads(line))


def has_ledger(model: Path) -> bool:
    """Models of others have none, and those that were shipped neither."""
    return (model / LEDGER).exists()


def saw(model: Path, sha256: str) -> bool:
    """Whether a model, or the one it was made from, was trained on the example; raises UnknownPast."""
    return any(one.sha256 == sha256 for one in read_ledger(model))
