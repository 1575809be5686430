"""Which of the owner's conversations a model has learned from: read from the ledger that lies beside its weights.

The ledger holds hashes only. `record` is that of the conversation's id, so an owner who erases a conversation can ask
for it without its words; a ledger from before it was written down tells nothing, and counts as having seen everything.
"""

import gzip
import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from uuid import UUID

LEDGER = "examples.jsonl.gz"


@dataclass(frozen=True, slots=True)
class Past:
    """What a model has learned from of the owner's own."""

    records: frozenset[str] = frozenset()
    is_known: bool = True  #: False: some examples do not say whose they are

    def has_seen(self, conversation_id: UUID) -> bool:
        """Whether it learned from this conversation, or may have."""
        return not self.is_known or hash_of_record(record_id(conversation_id)) in self.records


def record_id(conversation_id: UUID) -> str:
    """As what an example of a conversation is known wherever examples are kept."""
    return f"private-{conversation_id.hex}"


def hash_of_record(record: str) -> str:
    """As what the ledger knows it."""
    return sha256(record.encode()).hexdigest()


def past_of(model: Path) -> Past | None:
    """What the model in this directory has seen; None when nothing is there to look at.

    A model without a ledger was not made here, so it has seen nothing of ours.
    """
    ledger = model / LEDGER
    if ledger.exists():
        return _read(ledger, ledger.stat().st_mtime_ns)
    return Past() if model.is_dir() else None


@lru_cache(maxsize=64)
def _read(ledger: Path, _written_at: int) -> Past:
    records = set()
    is_known = True
    with gzip.open(ledger, "rt", encoding="utf-8") as lines:
        for line in lines:
            example = json.loads(line)
            if not example["is_private"]:
                continue
            records.add(example.get("record", ""))
            is_known = is_known and bool(example.get("record"))
    return Past(frozenset(records), is_known)
