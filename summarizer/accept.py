"""What becomes of a transcript that arrives: a conversation or its next revision, its legs, its whole, their jobs.

    a whole    ─▶ its legs are cut out of it and stored beside it
    a leg      ─▶ stored, and the whole is put together again from all the legs there are

The same words again are the same job. Words that are older than those there are kept, and nothing else happens.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from summarizer.conversation import Conversation
from summarizer.errors import EmptyConversation, InvalidTranscript
from summarizer.formats import canonical
from summarizer.kinds import Kind
from summarizer.legs import TOLD_BY_US, joined, part, with_legs
from summarizer.log import logger
from summarizer.redaction import Original, redacted
from summarizer.redaction.sealed import seal
from summarizer.revisions import is_newer
from summarizer.store import audit, conversations, jobs, tenants
from summarizer.store.conversations import Arrived, Place


@dataclass(frozen=True, slots=True)
class Accepted:
    """The conversation that arrived, its job, and every job for which the bell is to be rung after the commit."""

    conversation_id: UUID
    job_id: UUID
    to_ring: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Masked:
    """A transcript without personal data, ready to be stored, and what was masked in it."""

    arrived: Arrived
    originals: tuple[Original, ...]
    customer: str | None = None  #: the owner's name for the customer, of which only a hash is stored


@dataclass(frozen=True, slots=True)
class Asked:
    """By whom, and as which kind of job."""

    actor: str
    kind: Kind = Kind.SUMMARIZE
    batch_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Now:
    """What counts once something was stored, and whether it came just now."""

    conversation_id: UUID
    revision: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Job:
    """The job of what counts, made just now or before."""

    id: UUID
    is_made: bool


def mask(conversation: Conversation) -> Masked:
    """Masked and in canonical form; without the platform's id it gets one of its own. Takes time, so no transaction.

    Raises InvalidTranscript for a leg with an id as only we give them.
    """
    if conversation.leg is not None and conversation.leg.startswith(TOLD_BY_US):
        raise InvalidTranscript(f"a leg's id does not begin with {TOLD_BY_US}", pointer="/leg")
    done = redacted(replace(conversation, customer=None))
    arrived = _arrived(with_legs(done.conversation))
    if done.conversation.external_id is None:
        named = replace(arrived.conversation, external_id=f"wrapup-{uuid4().hex}")
        arrived = replace(_arrived(named), fingerprint=arrived.fingerprint)
    return Masked(arrived, done.originals, conversation.customer)


def accept(session: Session, tenant_id: UUID, masked: Masked, asked: Asked) -> Accepted:
    """Store what arrived with its jobs; the caller's transaction makes all of it happen or nothing."""
    arrived = _sealed(session, tenant_id, masked)
    conversation = arrived.conversation
    customer = None if masked.customer is None else conversations.customer_hash(session, tenant_id, masked.customer)
    if conversation.leg is None:
        return _accept_whole(session, tenant_id, arrived, asked, customer=customer)
    whole = conversations.place(session, tenant_id, external_id=_named(conversation), leg=None, customer=customer)
    leg = _place(session, tenant_id, conversation, whole_id=whole.conversation_id, customer=customer)
    now = _save(session, tenant_id, leg, arrived)
    jobs_of_all = [_job(session, tenant_id, now, asked)]
    if now.is_new:
        jobs_of_all += _join(session, tenant_id, whole, asked)
    return _accepted(now, jobs_of_all)


def _accept_whole(
    session: Session, tenant_id: UUID, arrived: Arrived, asked: Asked, *, customer: bytes | None
) -> Accepted:
    """The legs stand in the stored whole as well, so that whoever reads it knows them."""
    place = _place(session, tenant_id, arrived.conversation, customer=customer)
    now = _save(session, tenant_id, place, arrived)
    jobs_of_all = [_job(session, tenant_id, now, asked)]
    if now.is_new:
        for leg in _parts(arrived.conversation):
            its = _place(session, tenant_id, leg, whole_id=place.conversation_id, customer=customer)
            leg_now = _save(session, tenant_id, its, _arrived(leg), replaces=True)
            jobs_of_all.append(_job(session, tenant_id, leg_now, asked))
    return _accepted(now, jobs_of_all)


def _join(session: Session, tenant_id: UUID, whole: Place, asked: Asked) -> list[_Job]:
    """The whole of all legs as they now are; it does not depend on which of them came last.

    Legs that are too much together stay legs.
    """
    stored = conversations.legs(session, whole.conversation_id)
    given = [one for one in stored if one.leg is not None and not one.leg.startswith(TOLD_BY_US)]
    try:
        together = joined(canonical.from_document(one.transcript) for one in given)
        together = canonical.from_document(canonical.to_document(together))  # or nobody could read what is stored
    except InvalidTranscript:
        logger(__name__).warning("legs make no whole", conversation_id=str(whole.conversation_id))
        return []
    now = _save(session, tenant_id, whole, _arrived(together), replaces=True)
    return [_job(session, tenant_id, now, asked)]


def _save(session: Session, tenant_id: UUID, place: Place, arrived: Arrived, *, replaces: bool = False) -> _Now:
    """Store the words if nobody knows them, and let them count if they are newer than those there."""
    conversation_id, as_of = place.conversation_id, arrived.conversation.as_of
    if place.transcript is None:
        return _Now(conversation_id, conversations.add_first(session, tenant_id, conversation_id, arrived), True)
    if place.fingerprint == arrived.fingerprint:
        if as_of is not None and (place.as_of is None or as_of > place.as_of):
            conversations.note_time(session, conversation_id, place.revision, as_of=as_of)
        return _Now(conversation_id, place.revision, False)
    if replaces or is_newer(arrived.conversation, canonical.from_document(place.transcript)):
        jobs.cancel_queued(session, conversation_id)
        return _Now(conversation_id, conversations.add_current(session, tenant_id, conversation_id, arrived), True)
    if not conversations.is_known(session, conversation_id, arrived.fingerprint):
        conversations.add_older(session, tenant_id, conversation_id, arrived)
    return _Now(conversation_id, place.revision, False)


def _job(session: Session, tenant_id: UUID, now: _Now, asked: Asked) -> _Job:
    """A job for new words; sending a conversation again whose job failed asks for another one."""
    if not now.is_new:
        status = jobs.latest(session, now.conversation_id, now.revision)
        if status is not None and status.state not in ("failed", "canceled"):
            return _Job(status.id, is_made=False)
    subject = f"{now.conversation_id}/{now.revision}"
    audit.note(session, tenant_id, actor=asked.actor, action="conversation.accept", subject=subject)
    job_id = jobs.add(
        session,
        tenant_id,
        conversation_id=now.conversation_id,
        revision=now.revision,
        kind=asked.kind,
        batch_id=asked.batch_id,
    )
    return _Job(job_id, is_made=True)


def _accepted(now: _Now, jobs_of_all: list[_Job]) -> Accepted:
    """The first job is that of what arrived."""
    to_ring = tuple(one.id for one in jobs_of_all if one.is_made)
    return Accepted(now.conversation_id, jobs_of_all[0].id, to_ring)


def _parts(conversation: Conversation) -> Iterator[Conversation]:
    """The legs in which something is said."""
    for leg in conversation.legs:
        try:
            yield part(conversation, leg)
        except EmptyConversation:
            continue


def _place(
    session: Session,
    tenant_id: UUID,
    conversation: Conversation,
    *,
    whole_id: UUID | None = None,
    customer: bytes | None = None,
) -> Place:
    return conversations.place(
        session,
        tenant_id,
        external_id=_named(conversation),
        leg=conversation.leg,
        whole_id=whole_id,
        customer=customer,
    )


def _named(conversation: Conversation) -> str:
    assert conversation.external_id is not None  # `mask` gives one to what has none
    return conversation.external_id


def _arrived(conversation: Conversation) -> Arrived:
    """The sender's time is no part of what was said, so it is not in the fingerprint."""
    words = canonical.write(replace(conversation, as_of=None))
    return Arrived(conversation, canonical.to_document(conversation), hashlib.sha256(words).digest())


def _sealed(session: Session, tenant_id: UUID, masked: Masked) -> Arrived:
    """With the originals of its masks, when the tenant has a key to seal them to."""
    key = tenants.seal_key(session, tenant_id) if masked.originals else None
    return masked.arrived if key is None else replace(masked.arrived, sealed=seal(masked.originals, key))
