"""Conversations and their revisions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Select, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from summarizer.conversation import Conversation
from summarizer.customers import pseudonym
from summarizer.keyring import Document
from summarizer.keyring import Place as Row
from summarizer.store import transcripts
from summarizer.store.database import CUSTOMER_KEY
from summarizer.store.tables import Conversation as ConversationRow
from summarizer.store.tables import Revision

FIRST = 1  #: the number of a conversation's first revision
_IS_INSERTED = literal_column("xmax = 0", Boolean)  # Postgres: nobody has updated or locked the row that is returned


@dataclass(frozen=True, slots=True)
class Arrived:
    """A masked transcript ready to be stored."""

    conversation: Conversation
    transcript: Document  #: its canonical body
    fingerprint: bytes
    sealed: bytes | None = None  #: originals of its masks, for a tenant who asked for them


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation, locked until the transaction ends, and its current revision, if it has one yet."""

    conversation_id: UUID
    revision: int
    fingerprint: bytes | None
    as_of: datetime | None
    transcript: Document | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A conversation and its current revision."""

    id: UUID
    external_id: str
    leg: str | None
    whole_id: UUID | None
    revision: int
    transcript: Document
    created_at: datetime
    sealed: bytes | None


def place(
    session: Session,
    tenant_id: UUID,
    *,
    external_id: str,
    leg: str | None,
    whole_id: UUID | None = None,
    customer: bytes | None = None,
) -> Place:
    """The conversation with this external id, or one leg of it, made if there is none; a known customer stays known."""
    new = insert(ConversationRow).values(
        tenant_id=tenant_id, external_id=external_id, leg=leg, whole_id=whole_id, customer=customer
    )
    touched = new.on_conflict_do_update(
        index_elements=[ConversationRow.tenant_id, ConversationRow.external_id, ConversationRow.leg],
        set_={
            "external_id": new.excluded.external_id,  # changes nothing, but locks the row and returns it
            "customer": func.coalesce(new.excluded.customer, ConversationRow.customer),
        },
    ).returning(ConversationRow.id, ConversationRow.revision, _IS_INSERTED)
    conversation_id, revision, is_inserted = session.execute(touched).one()
    found = None if is_inserted else session.get(Revision, (conversation_id, revision))
    if found is None:
        return Place(conversation_id, revision, None, None, None)
    return Place(conversation_id, revision, found.fingerprint, found.as_of, transcripts.opened(session, found))


def customer_hash(session: Session, tenant_id: UUID, customer: str) -> bytes:
    """As what a tenant's customer is stored."""
    key: bytes = session.get_bind().get_execution_options()[CUSTOMER_KEY]
    return pseudonym(tenant_id, customer, key=key)


def current_revision(session: Session, conversation_id: UUID) -> int:
    """The number of the revision that counts."""
    return session.scalars(select(ConversationRow.revision).where(ConversationRow.id == conversation_id)).one()


def is_known(session: Session, conversation_id: UUID, fingerprint: bytes) -> bool:
    """Whether any revision holds these words."""
    known = select(Revision.revision).where(
        Revision.conversation_id == conversation_id, Revision.fingerprint == fingerprint
    )
    return session.scalars(known.limit(1)).one_or_none() is not None


def add_first(session: Session, tenant_id: UUID, conversation_id: UUID, arrived: Arrived) -> int:
    """Store the first transcript of a conversation, which counts; its number."""
    _insert(session, tenant_id, conversation_id, FIRST, arrived)
    return FIRST


def add_current(session: Session, tenant_id: UUID, conversation_id: UUID, arrived: Arrived) -> int:
    """Store a transcript as the next revision, and let it count; its number."""
    revision = add_older(session, tenant_id, conversation_id, arrived)
    session.execute(update(ConversationRow).where(ConversationRow.id == conversation_id).values(revision=revision))
    return revision


def add_older(session: Session, tenant_id: UUID, conversation_id: UUID, arrived: Arrived) -> int:
    """Store a transcript as the next revision, which does not count; its number."""
    last = select(func.max(Revision.revision)).where(Revision.conversation_id == conversation_id)
    revision = (session.scalar(last) or 0) + 1
    _insert(session, tenant_id, conversation_id, revision, arrived)
    return revision


def note_time(session: Session, conversation_id: UUID, revision: int, *, as_of: datetime) -> None:
    """The sender still had these words then."""
    found = session.get_one(Revision, (conversation_id, revision), with_for_update={"key_share": True})
    stamped = {**transcripts.opened(session, found), "as_of": as_of.isoformat()}
    found.stored = transcripts.to_store(session, stamped, Row(found.tenant_id, conversation_id, revision))
    found.as_of = as_of


def legs(session: Session, whole_id: UUID) -> list[Stored]:
    """The current revisions of all legs of a whole, in the order of their ids."""
    rows = session.execute(
        _with_current_revision()
        .where(ConversationRow.whole_id == whole_id)
        .order_by(ConversationRow.leg, ConversationRow.id)
    )
    return [_stored(session, conversation, revision) for conversation, revision in rows]


def current(session: Session, conversation_id: UUID) -> Stored | None:
    """The conversation with its current revision, None if this tenant has no such one."""
    row = session.execute(_with_current_revision().where(ConversationRow.id == conversation_id)).one_or_none()
    return None if row is None else _stored(session, *row)


def is_current(session: Session, conversation_id: UUID, revision: int) -> bool:
    """Whether no later revision has arrived."""
    return current_revision(session, conversation_id) == revision


def transcript(session: Session, conversation_id: UUID, revision: int) -> Document:
    """The canonical body of one revision."""
    return transcripts.opened(session, session.get_one(Revision, (conversation_id, revision)))


def _with_current_revision() -> Select[ConversationRow, Revision]:
    return select(ConversationRow, Revision).join(
        Revision, (Revision.conversation_id == ConversationRow.id) & (Revision.revision == ConversationRow.revision)
    )


def _stored(session: Session, conversation: ConversationRow, revision: Revision) -> Stored:
    return Stored(
        id=conversation.id,
        external_id=conversation.external_id,
        leg=conversation.leg,
        whole_id=conversation.whole_id,
        revision=revision.revision,
        transcript=transcripts.opened(session, revision),
        created_at=conversation.created_at,
        sealed=revision.sealed,
    )


def _insert(session: Session, tenant_id: UUID, conversation_id: UUID, revision: int, arrived: Arrived) -> None:
    conversation = arrived.conversation
    session.execute(
        insert(Revision).values(
            tenant_id=tenant_id,
            conversation_id=conversation_id,
            revision=revision,
            stored=transcripts.to_store(session, arrived.transcript, Row(tenant_id, conversation_id, revision)),
            fingerprint=arrived.fingerprint,
            channel=conversation.channel,
            language=conversation.language,
            queue=conversation.queue,
            agents=list(conversation.agents),
            started_at=conversation.started_at,
            as_of=conversation.as_of,
            sealed=arrived.sealed,
        )
    )
