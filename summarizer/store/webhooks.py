"""Platforms that send us events, and the events that arrived."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from summarizer.store.tables import Job, Tenant, WebhookDelivery, WebhookSource

_SOURCES = select(
    WebhookSource.id,
    WebhookSource.tenant_id,
    WebhookSource.platform,
    WebhookSource.secrets,
    WebhookSource.options,
    WebhookSource.created_at,
    Tenant.requests_per_second,
).join(Tenant, Tenant.id == WebhookSource.tenant_id)


@dataclass(frozen=True, slots=True)
class Source:
    """A sender, and how much its tenant may send; `secrets` is encrypted, newest first."""

    id: UUID
    tenant_id: UUID
    platform: str
    secrets: bytes
    options: dict[str, Any]
    created_at: datetime
    requests_per_second: float | None  #: None: as the service


@dataclass(frozen=True, slots=True)
class Thin:
    """An event that only names what is to be fetched, and how its platform is read; two of them are encrypted."""

    platform: str
    options: dict[str, Any]
    credentials: bytes | None
    resource: bytes | None


def add_source(
    session: Session,
    tenant_id: UUID,
    *,
    platform: str,
    secrets: bytes,
    options: dict[str, Any] | None = None,
    credentials: bytes | None = None,
) -> UUID:
    """A new sender of a tenant."""
    source = WebhookSource(
        tenant_id=tenant_id, platform=platform, secrets=secrets, options=options or {}, credentials=credentials
    )
    session.add(source)
    session.flush()
    return source.id


def source(session: Session, source_id: UUID) -> Source | None:
    """The sender with this id, None if this tenant has no such one."""
    row = session.execute(_SOURCES.where(WebhookSource.id == source_id)).one_or_none()
    return None if row is None else Source(*row)


def source_to_change(session: Session, source_id: UUID) -> Source | None:
    """The same, kept from others until the transaction ends."""
    held = _SOURCES.where(WebhookSource.id == source_id).with_for_update(of=WebhookSource)
    row = session.execute(held).one_or_none()
    return None if row is None else Source(*row)


def all_sources(session: Session) -> list[Source]:
    """The senders of a tenant, the oldest first."""
    return [Source(*row) for row in session.execute(_SOURCES.order_by(WebhookSource.created_at))]


def set_secrets(session: Session, source_id: UUID, secrets: bytes) -> None:
    """With which secrets a sender signs from now on."""
    session.execute(update(WebhookSource).where(WebhookSource.id == source_id).values(secrets=secrets))


def note_delivery(
    session: Session,
    tenant_id: UUID,
    *,
    source_id: UUID,
    delivery_id: str,
    event_type: str,
    resource: bytes | None = None,
) -> bool:
    """Remember an event and what it names, which is encrypted; False when it arrived before, erased or not."""
    new = insert(WebhookDelivery).values(
        tenant_id=tenant_id, source_id=source_id, delivery_id=delivery_id, event_type=event_type, resource=resource
    )
    added = session.scalars(new.on_conflict_do_nothing().returning(WebhookDelivery.delivery_id)).one_or_none()
    if added is None:
        return False
    if session.get(WebhookDelivery, (source_id, erased_id(source_id, delivery_id))) is None:
        return True
    session.execute(
        delete(WebhookDelivery).where(
            WebhookDelivery.source_id == source_id, WebhookDelivery.delivery_id == delivery_id
        )
    )
    return False


def erased_id(source_id: UUID, delivery_id: str) -> str:
    """As what an event is known that brought something erased: platforms put ids of conversations into theirs."""
    return f"erased-{hashlib.sha256(f'{source_id}/{delivery_id}'.encode()).hexdigest()}"


def forget(session: Session, conversation_ids: Sequence[UUID]) -> None:
    """Let the events that brought these name nothing any more, and be known only for coming again."""
    brought = select(WebhookDelivery.source_id, WebhookDelivery.delivery_id).where(
        WebhookDelivery.conversation_id.in_(conversation_ids)
    )
    for source_id, delivery_id in session.execute(brought).all():
        session.execute(delete(Job).where(Job.source_id == source_id, Job.delivery_id == delivery_id))
        session.execute(
            update(WebhookDelivery)
            .where(WebhookDelivery.source_id == source_id, WebhookDelivery.delivery_id == delivery_id)
            .values(delivery_id=erased_id(source_id, delivery_id), resource=None, conversation_id=None)
        )


def conversation_of(session: Session, *, source_id: UUID, delivery_id: str) -> UUID | None:
    """The conversation that an earlier delivery of this event made, None if it made none."""
    return session.scalars(
        select(WebhookDelivery.conversation_id).where(
            WebhookDelivery.source_id == source_id, WebhookDelivery.delivery_id == delivery_id
        )
    ).one_or_none()


def link(session: Session, *, source_id: UUID, delivery_id: str, conversation_id: UUID) -> None:
    """Remember which conversation the event made."""
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.source_id == source_id, WebhookDelivery.delivery_id == delivery_id)
        .values(conversation_id=conversation_id)
    )


def thin(session: Session, *, source_id: UUID, delivery_id: str) -> Thin | None:
    """The event that a job to fetch is about, None if this tenant has no such one."""
    row = session.execute(
        select(WebhookSource.platform, WebhookSource.options, WebhookSource.credentials, WebhookDelivery.resource)
        .join(WebhookDelivery, WebhookDelivery.source_id == WebhookSource.id)
        .where(WebhookDelivery.source_id == source_id, WebhookDelivery.delivery_id == delivery_id)
    ).one_or_none()
    return None if row is None else Thin(*row)
