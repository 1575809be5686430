"""Transcripts as they are stored, plain or encrypted: the one place that writes and reads the column.

Whether they are encrypted is the installation's setting when they are written; both kinds stand side by side, and
each is read as what it is.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from summarizer.errors import Unavailable
from summarizer.keyring import (
    ENCRYPTED,
    DataKey,
    Document,
    Keyring,
    Place,
    decrypt,
    encrypt,
    key_id,
    new_data_key,
)
from summarizer.store import audit
from summarizer.store.tables import Revision, Tenant

KEYRING = "keyring"  #: its name among what a session knows
_OPENED = "data_keys"


def to_store(session: Session, document: Document, place: Place) -> Document:
    """A transcript as it is written into its row."""
    keyring: Keyring | None = session.info.get(KEYRING)
    if keyring is None or not keyring.encrypts:
        return document
    return encrypt(document, _to_write_with(session, place.tenant_id, keyring), place)


def opened(session: Session, revision: Revision) -> Document:
    """A revision's transcript; raises Unavailable when no key of the tenant's opens it."""
    wanted = key_id(revision.stored)
    if wanted is None:
        return revision.stored
    key = _opening(session, revision.tenant_id, wanted)
    return decrypt(revision.stored, key, Place(revision.tenant_id, revision.conversation_id, revision.revision))


def keys_to_change(session: Session, tenant_id: UUID) -> list[DataKey]:
    """A tenant's data keys, the newest first; nobody else encrypts until the transaction ends."""
    locked = select(Tenant.data_keys).where(Tenant.id == tenant_id).with_for_update(key_share=True)
    return list(_keyring(session).opened(session.scalars(locked).one()))


def set_keys(session: Session, tenant_id: UUID, keys: Sequence[DataKey]) -> None:
    """What a tenant's transcripts are encrypted with, the newest first."""
    session.execute(update(Tenant).where(Tenant.id == tenant_id).values(data_keys=_keyring(session).sealed(keys)))
    session.info.pop(_OPENED, None)


def newest_key(session: Session, tenant_id: UUID) -> DataKey | None:
    """The key for what is written now; None when transcripts are written plain."""
    keyring = _keyring(session)
    return _to_write_with(session, tenant_id, keyring) if keyring.encrypts else None


def num_others(session: Session, key: DataKey | None) -> int:
    """Transcripts that are stored otherwise than they would be now."""
    return session.scalar(select(func.count()).select_from(Revision).where(_is_other(key))) or 0


def others(session: Session, key: DataKey | None, *, after: tuple[UUID, int] | None, limit: int) -> list[Revision]:
    """Revisions that are stored otherwise than they would be now, locked; those that somebody changes are left out."""
    statement = select(Revision).where(_is_other(key)).order_by(Revision.conversation_id, Revision.revision)
    if after is not None:
        statement = statement.where(tuple_(Revision.conversation_id, Revision.revision) > tuple_(*after))
    return list(session.scalars(statement.limit(limit).with_for_update(key_share=True, skip_locked=True)))


def store_again(session: Session, revision: Revision) -> None:
    """Write a transcript as it would be written now."""
    place = Place(revision.tenant_id, revision.conversation_id, revision.revision)
    revision.stored = to_store(session, opened(session, revision), place)


def drop_unused_keys(session: Session, tenant_id: UUID) -> int:
    """Forget the keys that nothing is encrypted with, apart from the one for what comes; how many."""
    keys = keys_to_change(session, tenant_id)  # nobody encrypts meanwhile, so what is used now is all that is used
    used = set(session.scalars(select(_KEY_ID).where(_IS_ENCRYPTED).distinct()))
    wanted = used | {one.id for one in keys[:1] if _keyring(session).encrypts}
    kept = [one for one in keys if one.id in wanted]
    set_keys(session, tenant_id, kept)
    return len(keys) - len(kept)


def _keyring(session: Session) -> Keyring:
    keyring: Keyring | None = session.info.get(KEYRING)
    if keyring is None:
        raise Unavailable("transcripts are encrypted, and this process has no master key")
    return keyring


def _to_write_with(session: Session, tenant_id: UUID, keyring: Keyring) -> DataKey:
    """The newest key, read anew each time: until the transaction ends it is not dropped."""
    there = select(Tenant.data_keys).where(Tenant.id == tenant_id, Tenant.data_keys.is_not(None))
    keys = keyring.opened(session.scalars(there.with_for_update(read=True)).one_or_none())
    if not keys:
        keys = tuple(keys_to_change(session, tenant_id))  # somebody else may have made the first one meanwhile
    if not keys:
        keys = (new_data_key(),)
        set_keys(session, tenant_id, keys)
        audit.note(session, tenant_id, actor="service", action="data_key.create", subject=keys[0].id)
    return keys[0]


def _opening(session: Session, tenant_id: UUID, wanted: str) -> DataKey:
    """A key by its id, read again when this transaction does not know it yet."""
    known: dict[str, DataKey] = session.info.setdefault(_OPENED, {})
    if wanted not in known:
        sealed = session.scalars(select(Tenant.data_keys).where(Tenant.id == tenant_id)).one_or_none()
        known.update({one.id: one for one in _keyring(session).opened(sealed)})
    if wanted not in known:
        raise Unavailable("a stored transcript is encrypted with a data key that is not there")
    return known[wanted]


_IS_ENCRYPTED: ColumnElement[bool] = Revision.stored.has_key(ENCRYPTED)
_KEY_ID: ColumnElement[str] = func.split_part(Revision.stored[ENCRYPTED].astext, ".", 1)


def _is_other(key: DataKey | None) -> ColumnElement[bool]:
    return _IS_ENCRYPTED if key is None else or_(~_IS_ENCRYPTED, _KEY_ID.is_distinct_from(key.id))
