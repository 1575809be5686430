"""Whether an audit is as it was written: the chain of hashes computed again, without the trigger that made it.

Whoever owns the database can write a whole chain anew, and can cut off its end. Against both there is the newest
hash: kept elsewhere, it proves later that the chain still holds what it held then.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC
from enum import StrEnum
from itertools import chain
from uuid import UUID

from summarizer.errors import InvalidRequest
from summarizer.store import audit
from summarizer.store.audit import Entry
from summarizer.store.database import Database

SEPARATOR = "\x1f"
PAGE = 2_000
_EXPECTED = re.compile(r"([0-9a-f]{64})/([1-9][0-9]{0,17})")


class Fault(StrEnum):
    """What is wrong with a chain at its first broken number."""

    NO_START = "the first entries are missing"
    MISSING = "an entry is missing"
    CHANGED = "the entry was changed"
    SLIPPED_IN = "the entry was slipped in"
    SWAPPED = "the entry was swapped with the next one"
    CUT_OFF = "the entries up to the expected one are missing"
    REWRITTEN = "the chain was written anew, its hash is not the expected one"


@dataclass(frozen=True, slots=True)
class Expected:
    """A hash that somebody kept, and its number."""

    hash: bytes
    number: int

    def __str__(self) -> str:
        return f"{self.hash.hex()}/{self.number}"


@dataclass(frozen=True, slots=True)
class Verified:
    """What verifying a chain found; `newest` is to be kept elsewhere."""

    num_entries: int
    newest: Expected | None
    fault: Fault | None = None
    number: int | None = None  #: where the fault is


def verify(database: Database, tenant_id: UUID, *, expected: Expected | None = None) -> Verified:
    """Compute a tenant's whole chain again, up to its first fault."""
    with database.begin(tenant_id) as session:
        return judge(audit.every(session, page_size=PAGE), expected=expected)


def verify_end(database: Database, tenant_id: UUID, *, num_entries: int) -> Verified:
    """Compute the end of a tenant's chain again, believing the hash before it."""
    with database.begin(tenant_id) as session:
        begin = max(0, audit.last_number(session) - num_entries)
        before = audit.page(session, after=begin - 1, limit=1) if begin else []
        return judge(audit.page(session, after=begin, limit=num_entries), before=before[0] if before else None)


def judge(entries: Iterable[Entry], *, before: Entry | None = None, expected: Expected | None = None) -> Verified:
    """Whether entries, in the order of their numbers, follow each other and hold what is expected."""
    last, num_entries = before, 0
    for entry, following in _pairs(entries):
        fault = _fault(last, entry, following)
        if fault is None and expected is not None and (entry.number, entry.hash) == (expected.number, expected.hash):
            expected = None
        elif fault is None and expected is not None and entry.number == expected.number:
            fault = Fault.REWRITTEN
        if fault is not None:
            missing = (0 if last is None else last.number) + 1
            number = missing if fault in (Fault.NO_START, Fault.MISSING) else entry.number
            return Verified(num_entries, _newest(last), fault, number)
        last, num_entries = entry, num_entries + 1
    if expected is not None:
        return Verified(num_entries, _newest(last), Fault.CUT_OFF, (0 if last is None else last.number) + 1)
    return Verified(num_entries, _newest(last))


def digest(entry: Entry, *, before: bytes) -> bytes:
    """What the hash of an entry must be after the hash before it; times in UTC to the microsecond."""
    at = entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    said = (str(entry.tenant_id), str(entry.number), at, entry.actor, entry.action, entry.subject)
    return hashlib.sha256(before + SEPARATOR.join(said).encode()).digest()


def read_expected(text: str) -> Expected:
    """A kept hash as `verify` prints it; raises InvalidRequest."""
    found = _EXPECTED.fullmatch(text.strip().lower())
    if found is None:
        raise InvalidRequest("write it as HASH/NUMBER, as `wrapup audit verify` printed it", field="expect")
    return Expected(bytes.fromhex(found[1]), int(found[2]))


def _fault(last: Entry | None, entry: Entry, following: Entry | None) -> Fault | None:
    """What is wrong with an entry after the last good one; the entry that follows tells what happened to it."""
    number = (0 if last is None else last.number) + 1
    hash_before = b"" if last is None else last.hash
    if entry.number > number:
        return Fault.NO_START if last is None else Fault.MISSING
    if entry.number < number:
        return Fault.SLIPPED_IN
    if entry.hash == digest(entry, before=hash_before):
        return None
    if following is not None:
        if following.hash == digest(replace(following, number=number), before=hash_before):
            is_next = entry.hash == digest(replace(entry, number=number + 1), before=following.hash)
            return Fault.SWAPPED if is_next else Fault.SLIPPED_IN  # and those after it were numbered anew
        if following.hash == digest(replace(following, number=following.number + 1), before=entry.hash):
            return Fault.NO_START if last is None else Fault.MISSING  # here too, to close the gap
    return Fault.CHANGED


def _pairs(entries: Iterable[Entry]) -> Iterator[tuple[Entry, Entry | None]]:
    """Each entry with the one that follows."""
    held: Entry | None = None
    for entry in chain(entries, (None,)):
        if held is not None:
            yield held, entry
        held = entry


def _newest(last: Entry | None) -> Expected | None:
    return None if last is None else Expected(last.hash, last.number)
