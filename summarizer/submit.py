"""Accepting conversations: stored with their job in one transaction, and only then is the bell rung."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy.orm import Session

from summarizer import tracing, vault
from summarizer.accept import Asked, Masked, accept, mask
from summarizer.conversation import Conversation
from summarizer.errors import IdempotencyKeyReused, RequestInProgress
from summarizer.fairness import level
from summarizer.fetchers.access import Fetched
from summarizer.kinds import Kind
from summarizer.platforms.received import Received
from summarizer.store import idempotency, jobs, webhooks
from summarizer.store.database import Database
from summarizer.store.idempotency import Remembered
from summarizer.store.jobs import FetchLease, Waiting


class Bell(Protocol):
    """Tells a worker or a courier that a job waits."""

    def ring(self, kind: Kind, tenant_id: UUID, job_id: UUID, *, level: int) -> bool:
        """False when the message was not sent; the sweeper will send another. Level 0 is heard first."""

    def silent(self) -> frozenset[Kind]:
        """The kinds of jobs about which no message waits to be heard."""


@dataclass(frozen=True, slots=True)
class Submission:
    """Where an accepted conversation went."""

    conversation_id: UUID
    job_id: UUID
    is_replay: bool = False  #: an earlier request with this idempotency key did the work


@tracing.span("submit")
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
        to_ring = jobs.waiting(session, accepted.to_ring)
    ring(bell, tenant_id, to_ring)
    return Submission(accepted.conversation_id, accepted.job_id)


@tracing.span("submit event")
def submit_delivery(
    database: Database,
    bell: Bell,
    tenant_id: UUID,
    received: Received,
    *,
    source_id: UUID,
    master_key: SecretStr,
) -> UUID | None:
    """Store what an event brings, or names for a courier, once however often it is delivered.

    The conversation it made; None when there is none, or none yet.
    """
    masked, resource = _masked(received), _resource(received, master_key=master_key)
    conversation_id: UUID | None = None
    with database.begin(tenant_id) as session:
        is_new = webhooks.note_delivery(
            session,
            tenant_id,
            source_id=source_id,
            delivery_id=received.delivery_id,
            event_type=received.event_type,
            resource=resource,
        )
        if not is_new:
            return webhooks.conversation_of(session, source_id=source_id, delivery_id=received.delivery_id)
        if masked is not None:
            accepted = accept(session, tenant_id, masked, Asked(f"source:{source_id}"))
            conversation_id, to_ring = accepted.conversation_id, jobs.waiting(session, accepted.to_ring)
            webhooks.link(
                session, source_id=source_id, delivery_id=received.delivery_id, conversation_id=conversation_id
            )
        elif resource is not None:
            fetch = jobs.add_fetch(session, tenant_id, source_id=source_id, delivery_id=received.delivery_id)
            to_ring = jobs.waiting(session, [fetch], kind=Kind.FETCH)
        else:
            return None
    ring(bell, tenant_id, to_ring)
    return conversation_id


@tracing.span("submit fetched")
def submit_fetched(
    database: Database, bell: Bell, tenant_id: UUID, fetched: Iterable[Fetched], *, held: FetchLease
) -> bool:
    """Store what a job fetched and end that job in one transaction; False when its lease was lost and nothing is."""
    arrivals = [mask(replace(one.conversation, leg=one.leg)) for one in fetched]
    with database.begin(tenant_id) as session:
        if not jobs.complete(session, held):
            return False
        accepted = [accept(session, tenant_id, one, Asked(f"source:{held.source_id}")) for one in arrivals]
        if accepted:
            webhooks.link(
                session,
                source_id=held.source_id,
                delivery_id=held.delivery_id,
                conversation_id=accepted[0].conversation_id,
            )
        to_ring = jobs.waiting(session, [job_id for one in accepted for job_id in one.to_ring])
    ring(bell, tenant_id, to_ring)
    return True


def ring(bell: Bell, tenant_id: UUID, to_ring: Iterable[Waiting]) -> bool:
    """Tell of all these jobs, after the commit that made them, until nobody hears it; whether all were heard."""
    return all(bell.ring(one.kind, tenant_id, one.id, level=level(one.kind, one.num_before)) for one in to_ring)


def _masked(received: Received) -> Masked | None:
    """The conversation in an event; it is as old as the event unless it says itself how old it is."""
    if received.conversation is None:
        return None
    return mask(replace(received.conversation, as_of=received.conversation.as_of or received.as_of))


def _resource(received: Received, *, master_key: SecretStr) -> bytes | None:
    """What a courier must fetch, as it may be stored: links and tokens in it are good for whoever reads them."""
    if received.resource is None:
        return None
    return vault.seal([json.dumps(dict(received.resource))], master_key=master_key)


def _earlier(session: Session, tenant_id: UUID, key: str, fingerprint: bytes, window: timedelta) -> Submission | None:
    if not idempotency.is_free(session, tenant_id, key):
        raise RequestInProgress("a request with this idempotency key is being worked on")
    earlier = idempotency.find(session, key, window=window)
    if earlier is None:
        return None
    if earlier.fingerprint != fingerprint:
        raise IdempotencyKeyReused("this idempotency key was first used with another body")
    return Submission(earlier.conversation_id, earlier.job_id, is_replay=True)
