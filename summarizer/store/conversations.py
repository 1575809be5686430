"""Conversations and their revisions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from summarizer.store.tables import Conversation, Revision


@dataclass(frozen=True, slots=True)
class Arrived:
    """A transcript ready to be stored: canonical body, and what one looks it up by."""

    external_id: str
    transcript: dict[str, object]
    fingerprint: bytes
    channel: str
    language: str | None
    queue: str | None
    agents: list[str]
    started_at: datetime | None
    sealed: bytes | None = None  #: originals of its masks, for a tenant who asked for them


@dataclass(frozen=True, slots=True)
class Saved:
    """Where it was stored; `is_new` is False when the current revision already holds the same words."""

    conversation_id: UUID
    revision: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """A conversation and its current revision."""

    id: UUID
    external_id: str
    revision: int
    transcript: dict[str, object]
    created_at: datetime
    sealed: bytes | None


def save(session: Session, tenant_id: UUID, arrived: Arrived) -> Saved:
    """Store a transcript as a new conversation, or as the next revision of the one with its external id."""
    new = insert(Conversation).values(tenant_id=tenant_id, external_id=arrived.external_id)
    touched = new.on_conflict_do_update(
        index_elements=[Conversation.tenant_id, Conversation.external_id, Conversation.leg],
        set_={"external_id": new.excluded.external_id},  # changes nothing, but locks the row and returns it
    ).returning(Conversation.id, Conversation.revision)
    conversation_id, revision = session.execute(touched).one()
    current = session.get(Revision, (conversation_id, revision))
    if current is not None and current.fingerprint == arrived.fingerprint:
        return Saved(conversation_id, revision, is_new=False)
    if current is not None:
        revision += 1
        session.execute(update(Conversation).where(Conversation.id == conversation_id).values(revision=revision))
    session.add(_revision(tenant_id, conversation_id, revision, arrived))
    session.flush()
    return Saved(conversation_id, revision, is_new=True)


def current(session: Session, conversation_id: UUID) -> Stored | None:
    """The conversation with its current revision, None if this tenant has no such one."""
    row = session.execute(
        select(Conversation, Revision)
        .join(
            Revision,
            (Revision.conversation_id == Conversation.id) & (Revision.revision == Conversation.revision),
        )
        .where(Conversation.id == conversation_id)
    ).one_or_none()
    if row is None:
        return None
    conversation, revision = row
    return Stored(
        id=conversation.id,
        external_id=conversation.external_id,
        revision=revision.revision,
        transcript=revision.transcript,
        created_at=conversation.created_at,
        sealed=revision.sealed,
    )


def is_current(session: Session, conversation_id: UUID, revision: int) -> bool:
    """Whether no later revision has arrived."""
    return session.scalar(select(Conversation.revision).where(Conversation.id == conversation_id)) == revision


def transcript(session: Session, conversation_id: UUID, revision: int) -> dict[str, object]:
    """The canonical body of one revision."""
    stored: dict[str, object] = session.scalars(
        select(Revision.transcript).where(Revision.conversation_id == conversation_id, Revision.revision == revision)
    ).one()
    return stored


def _revision(tenant_id: UUID, conversation_id: UUID, revision: int, arrived: Arrived) -> Revision:
    return Revision(
        tenant_id=tenant_id,
        conversation_id=conversation_id,
        revision=revision,
        transcript=arrived.transcript,
        fingerprint=arrived.fingerprint,
        channel=arrived.channel,
        language=arrived.language,
        queue=arrived.queue,
        agents=arrived.agents,
        started_at=arrived.started_at,
        sealed=arrived.sealed,
    )
