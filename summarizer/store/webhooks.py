"""Platforms that send us events, and the events that arrived."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from summarizer.store.tables import WebhookDelivery, WebhookSource


@dataclass(frozen=True, slots=True)
class Source:
    """A sender; `secrets` is encrypted."""

    id: UUID
    platform: str
    secrets: bytes


@dataclass(frozen=True, slots=True)
class Thin:
    """An event that only names what is to be fetched, and how its platform is read; two of them are encrypted."""

    platform: str
    options: dict[str, Any]
    credentials: bytes | None
    resource: bytes | None


def add_source(session: Session, tenant_id: UUID, *, platform: str, secrets: bytes) -> UUID:
    """A new sender of a tenant."""
    source = WebhookSource(tenant_id=tenant_id, platform=platform, secrets=secrets)
    session.add(source)
    session.flush()
    return source.id


def source(session: Session, source_id: UUID) -> Source | None:
    """The sender with this id, None if this tenant has no such one."""
    row = session.get(WebhookSource, source_id)
    return None if row is None else Source(row.id, row.platform, row.secrets)


def note_delivery(session: Session, tenant_id: UUID, *, source_id: UUID, delivery_id: str, event_type: str) -> bool:
    """Remember an event; False when it arrived before."""
    new = insert(WebhookDelivery).values(
        tenant_id=tenant_id, source_id=source_id, delivery_id=delivery_id, event_type=event_type
    )
    return (
        session.scalars(new.on_conflict_do_nothing().returning(WebhookDelivery.delivery_id)).one_or_none() is not None
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
