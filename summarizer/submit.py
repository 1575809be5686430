"""Accepting conversations: stored with their job in one transaction, and only then is the bell rung."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from summarizer.accept import Accepted, Asked, accept, mask
from summarizer.conversation import Conversation
from summarizer.errors import IdempotencyKeyReused, RequestInProgress
from summarizer.kinds import Kind
from summarizer.store import idempotency, webhooks
from summarizer.store.database import Database
from summarizer.store.idempotency import Remembered


class Bell(Protocol):
    """Tells a worker or a courier that a job waits."""

    def ring(self, kind: Kind, tenant_id: UUID, job_id: UUID) -> bool:
        """False when the message was not sent; the sweeper will send another."""


@dataclass(frozen=True, slots=True)
class Submission:
    """Where an accepted conversation went."""

    conversation_id: UUID
    job_id: UUID
    is_replay: bool = False  #: an earlier request with this idempotency key did the work


def submit(
    database: Database,
    bell: Bell,
    tenant_id: UUID,
    conversation: Conversation,
    *,
    actor: str,
    idempotency_key: str | None,
    window: timedelta,
) -> Submission:
    """Store a conversation and a job to summarize it in one transaction, then ring the bell.

    Raises RequestInProgress and IdempotencyKeyReused for an idempotency key that is taken.
    """
    masked = mask(conversation)
    fingerprint = masked.arrived.fingerprint
    with database.begin(tenant_id) as session:
        if idempotency_key is not None:
            earlier = _earlier(session, tenant_id, idempotency_key, fingerprint, window)
            if earlier is not None:
                return earlier
        accepted = accept(session, tenant_id, masked, Asked(actor))
        if idempotency_key is not None:
            made = Remembered(fingerprint, accepted.conversation_id, accepted.job_id)
            idempotency.remember(session, tenant_id, idempotency_key, made)
    ring(bell, tenant_id, accepted)
    return Submission(accepted.conversation_id, accepted.job_id)


def submit_delivery(
    database: Database,
    bell: Bell,
    tenant_id: UUID,
    conversation: Conversation | None,
    *,
    source_id: UUID,
    delivery_id: str,
    event_type: str,
) -> UUID | None:
    """Store what a platform's event brings, once however often it is delivered; None if it brings nothing."""
    with database.begin(tenant_id) as session:
        is_new = webhooks.note_delivery(
            session, tenant_id, source_id=source_id, delivery_id=delivery_id, event_type=event_type
        )
        if not is_new:
            return webhooks.conversation_of(session, source_id=source_id, delivery_id=delivery_id)
        if conversation is None:
            return None
        accepted = accept(session, tenant_id, mask(conversation), Asked(f"source:{source_id}"))
        webhooks.link(session, source_id=source_id, delivery_id=delivery_id, conversation_id=accepted.conversation_id)
    ring(bell, tenant_id, accepted)
    return accepted.conversation_id


def ring(bell: Bell, tenant_id: UUID, accepted: Accepted, *, kind: Kind = Kind.SUMMARIZE) -> None:
    """Tell workers of all jobs that an accepted transcript has made."""
    for job_id in accepted.to_ring:
        bell.ring(kind, tenant_id, job_id)


def _earlier(session: Session, tenant_id: UUID, key: str, fingerprint: bytes, window: timedelta) -> Submission | None:
    if not idempotency.is_free(session, tenant_id, key):
        raise RequestInProgress("a request with this idempotency key is being worked on")
    earlier = idempotency.find(session, key, window=window)
    if earlier is None:
        return None
    if earlier.fingerprint != fingerprint:
        raise IdempotencyKeyReused("this idempotency key was first used with another body")
    return Submission(earlier.conversation_id, earlier.job_id, is_replay=True)
