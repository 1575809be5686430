"""Changing keys: a tenant's data key, the key of all its transcripts, and the master key itself.

Each of them can be stopped at any moment and started again: what is done already is passed over.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from pydantic import SecretStr

from summarizer.access import OPERATOR, tenant_named
from summarizer.errors import Unavailable
from summarizer.keyring import new_data_key
from summarizer.store import audit, sealed, tenants, transcripts
from summarizer.store.database import Database
from summarizer.vault import reseal

BATCH = 100


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a tenant's transcripts are; `num_dropped` counts the keys that nothing needs any more."""

    num_done: int
    num_all: int
    num_dropped: int = 0


def rotate_data_key(database: Database, tenant: str, *, actor: str = OPERATOR) -> str:
    """A tenant's new data key, with which its transcripts are encrypted from now on; raises NotFound."""
    tenant_id = tenant_named(database, tenant)
    with database.begin(tenant_id) as session:
        keys = [new_data_key(), *transcripts.keys_to_change(session, tenant_id)]
        transcripts.set_keys(session, tenant_id, keys)
        audit.note(session, tenant_id, actor=actor, action="data_key.rotate", subject=keys[0].id)
    return keys[0].id


def reencrypt(database: Database, tenant: str, *, actor: str = OPERATOR, batch: int = BATCH) -> Iterator[Progress]:
    """Store a tenant's transcripts as they would be stored now, then drop the keys that nothing needs.

    Raises NotFound, and Unavailable for a transcript that does not open.
    """
    tenant_id = tenant_named(database, tenant)
    with database.begin(tenant_id) as session:
        num_left = transcripts.num_others(session, transcripts.newest_key(session, tenant_id))
    progress = Progress(0, num_left)
    yield progress
    while num_left:  # a pass leaves out what somebody else changes just then
        after: tuple[UUID, int] | None = None
        while True:
            num_changed, after = _one_batch(database, tenant_id, after=after, batch=batch)
            if after is None:
                break
            progress = replace(progress, num_done=min(progress.num_done + num_changed, progress.num_all))
            yield progress
        with database.begin(tenant_id) as session:
            num_left = transcripts.num_others(session, transcripts.newest_key(session, tenant_id))
    with database.begin(tenant_id) as session:
        num_dropped = transcripts.drop_unused_keys(session, tenant_id)
        audit.note(session, tenant_id, actor=actor, action="transcript.reencrypt", subject=str(tenant_id))
    yield replace(progress, num_done=progress.num_all, num_dropped=num_dropped)


def rotate_master_key(database: Database, master_key: SecretStr, *, actor: str = OPERATOR) -> tuple[Counter[str], int]:
    """Seal everything with the newest master key: how much of each column, and how much no key opens."""
    done: Counter[str] = Counter()
    num_closed = 0
    with database.begin(None) as session:
        tenant_ids = tenants.all_ids(session)
    for tenant_id in tenant_ids:
        num_before = done.total()
        for column in sealed.COLUMNS:
            with database.begin(tenant_id) as session:
                keys = sealed.keys(session, column, tenant_id=tenant_id)
            for key in keys:
                try:
                    done[str(column)] += _sealed_anew(database, tenant_id, column, key, master_key=master_key)
                except Unavailable:
                    if not database.is_answering():
                        raise
                    num_closed += 1
        if done.total() > num_before:
            with database.begin(tenant_id) as session:
                audit.note(session, tenant_id, actor=actor, action="master_key.rotate", subject=str(tenant_id))
    return done, num_closed


def _sealed_anew(
    database: Database, tenant_id: UUID, column: sealed.Column, key: sealed.Key, *, master_key: SecretStr
) -> bool:
    with database.begin(tenant_id) as session:
        there = sealed.read(session, column, key)
        anew = None if there is None else reseal(there, master_key=master_key)
        if anew is not None:
            sealed.write(session, column, key, anew)
    return anew is not None


def _one_batch(
    database: Database, tenant_id: UUID, *, after: tuple[UUID, int] | None, batch: int
) -> tuple[int, tuple[UUID, int] | None]:
    """How many were changed, and the last of them; None when there were none."""
    with database.begin(tenant_id) as session:
        key = transcripts.newest_key(session, tenant_id)
        found = transcripts.others(session, key, after=after, limit=batch)
        for one in found:
            transcripts.store_again(session, one)
    return len(found), (found[-1].conversation_id, found[-1].revision) if found else None
