"""Accepting conversations: stored with their job in one transaction, and only then is the bell rung."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from summarizer.conversation import Conversation
from summarizer.errors import IdempotencyKeyReused, RequestInProgress
from summarizer.formats import canonical
from summarizer.kinds import Kind
from summarizer.redaction import Original, redacted
from summarizer.redaction.sealed import seal
from summarizer.store import audit, conversations, idempotency, jobs, tenants, webhooks
from summarizer.store.conversations import Arrived, Saved
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
    is_new: bool = field(default=True, compare=False)  #: the job was made now, for this call


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
    arrived, originals = _arrived(conversation)
    with database.begin(tenant_id) as session:
        if idempotency_key is not None:
            earlier = _earlier(session, tenant_id, idempotency_key, arrived.fingerprint, window)
            if earlier is not None:
                return earlier
        arrived = _sealed(session, tenant_id, arrived, originals)
        submission = _accept(session, tenant_id, arrived, actor=actor)
        if idempotency_key is not None:
            made = Remembered(arrived.fingerprint, submission.conversation_id, submission.job_id)
            idempotency.remember(session, tenant_id, idempotency_key, made)
    bell.ring(Kind.SUMMARIZE, tenant_id, submission.job_id)
    return submission


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
        arrived = _sealed(session, tenant_id, *_arrived(conversation))
        submission = _accept(session, tenant_id, arrived, actor=f"source:{source_id}")
        webhooks.link(session, source_id=source_id, delivery_id=delivery_id, conversation_id=submission.conversation_id)
    bell.ring(Kind.SUMMARIZE, tenant_id, submission.job_id)
    return submission.conversation_id


Masked = tuple[Arrived, tuple[Original, ...]]


def masked(conversation: Conversation) -> Masked:
    """What of a conversation may be stored; needs no database, so another process can do it."""
    return _arrived(conversation)


def accept(
    session: Session, tenant_id: UUID, arrived: Masked, *, actor: str, kind: Kind, batch_id: UUID | None
) -> Submission:
    """Store what was masked in the caller's transaction; the caller rings the bell after the commit."""
    return _accept(session, tenant_id, _sealed(session, tenant_id, *arrived), actor=actor, kind=kind, batch_id=batch_id)


def _arrived(conversation: Conversation) -> tuple[Arrived, tuple[Original, ...]]:
    """Masked, in canonical form, and what was masked; without the platform's id it gets one of its own."""
    done = redacted(conversation)
    masked = done.conversation
    arrived = Arrived(
        external_id=masked.external_id or f"wrapup-{uuid4().hex}",
        transcript=canonical.to_document(masked),
        fingerprint=hashlib.sha256(canonical.write(masked)).digest(),
        channel=masked.channel,
        language=masked.language,
        queue=masked.queue,
        agents=list(masked.agents),
        started_at=masked.started_at,
    )
    return arrived, done.originals


def _sealed(session: Session, tenant_id: UUID, arrived: Arrived, originals: tuple[Original, ...]) -> Arrived:
    """With the originals of its masks, when the tenant has a key to seal them to."""
    key = tenants.seal_key(session, tenant_id) if originals else None
    return arrived if key is None else replace(arrived, sealed=seal(originals, key))


def _accept(
    session: Session,
    tenant_id: UUID,
    arrived: Arrived,
    *,
    actor: str,
    kind: Kind = Kind.SUMMARIZE,
    batch_id: UUID | None = None,
) -> Submission:
    """The same words again are the same job; other words are the next revision and a new job."""
    saved = conversations.save(session, tenant_id, arrived)
    job_id = None if saved.is_new else _job_of(session, saved)
    is_new = job_id is None
    if job_id is None:
        job_id = jobs.add(
            session,
            tenant_id,
            conversation_id=saved.conversation_id,
            revision=saved.revision,
            kind=kind,
            batch_id=batch_id,
        )
        audit.note(
            session,
            tenant_id,
            actor=actor,
            action="conversation.accept",
            subject=f"{saved.conversation_id}/{saved.revision}",
        )
    return Submission(saved.conversation_id, job_id, is_new=is_new)


def _job_of(session: Session, saved: Saved) -> UUID | None:
    """The job that does or did the work; sending a failed conversation again asks for another."""
    status = jobs.latest(session, saved.conversation_id, saved.revision)
    return None if status is None or status.state in ("failed", "canceled") else status.id


def _earlier(session: Session, tenant_id: UUID, key: str, fingerprint: bytes, window: timedelta) -> Submission | None:
    if not idempotency.is_free(session, tenant_id, key):
        raise RequestInProgress("a request with this idempotency key is being worked on")
    earlier = idempotency.find(session, key, window=window)
    if earlier is None:
        return None
    if earlier.fingerprint != fingerprint:
        raise IdempotencyKeyReused("this idempotency key was first used with another body")
    return Submission(earlier.conversation_id, earlier.job_id, is_replay=True)
