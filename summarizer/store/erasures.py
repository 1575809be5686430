"""What is erased, with all that hangs on it, and the tombstones that say it was.

A whole goes with its legs and a leg with its whole. Jobs are ended in a transaction of their own first: whoever works
on one finds its lease gone, writes nothing, and holds no lock that the erasure would wait for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, exists, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from summarizer.errors import Erased, NotFound
from summarizer.store import webhooks
from summarizer.store.tables import (
    Batch,
    Callback,
    Conversation,
    Erasure,
    Job,
    Revision,
    WebhookDelivery,
)

NAMELESS = "erased"  #: as what a batch is called once all of it was erased
_OPEN = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A conversation that was erased."""

    conversation_id: UUID
    reason: str
    models: list[str]


def whole_of(session: Session, conversation_id: UUID) -> UUID | None:
    """The whole that a conversation is or is a leg of, None if this tenant has no such conversation."""
    whole = func.coalesce(Conversation.whole_id, Conversation.id)
    return session.scalars(select(whole).where(Conversation.id == conversation_id)).one_or_none()


def wholes_of_customer(session: Session, customer: bytes) -> list[UUID]:
    """All conversations of a customer, each as its whole."""
    whole = func.coalesce(Conversation.whole_id, Conversation.id)
    return list(session.scalars(select(whole).where(Conversation.customer == customer).distinct().order_by(whole)))


def members(session: Session, whole_ids: Sequence[UUID], *, lock: bool = False) -> list[UUID]:
    """Wholes and their legs, kept from others until the transaction ends if they are to be locked."""
    found: set[UUID] = set()
    for column in (Conversation.id, Conversation.whole_id):
        chosen = select(Conversation.id).where(column.in_(whole_ids)).order_by(Conversation.id)
        found.update(session.scalars(chosen.with_for_update() if lock else chosen))
    return sorted(found)


def outdated(session: Session, *, older_than: timedelta, limit: int) -> list[UUID]:
    """Wholes of which nothing has arrived for so long, neither of them nor of a leg, the oldest first."""
    since = func.now() - older_than
    leg = aliased(Conversation)
    last = select(func.max(Revision.created_at))
    of_whole = last.where(Revision.conversation_id == Conversation.id)
    of_legs = last.join(leg, leg.id == Revision.conversation_id).where(leg.whole_id == Conversation.id)
    due = select(Conversation.id).where(
        Conversation.whole_id.is_(None),
        Conversation.created_at < since,
        *(func.coalesce(one.scalar_subquery(), Conversation.created_at) < since for one in (of_whole, of_legs)),
    )
    return list(session.scalars(due.order_by(Conversation.created_at).limit(limit)))


def end_jobs(session: Session, whole_ids: Sequence[UUID]) -> None:
    """Nobody works on anything of these any more, nor begins to: the summary, what is fetched, what is told."""
    of_these = members(session, whole_ids)
    told = select(Callback.id).where(Callback.conversation_id.in_(of_these))
    brought = select(WebhookDelivery.source_id, WebhookDelivery.delivery_id).where(
        WebhookDelivery.conversation_id.in_(of_these)
    )
    for is_about in (
        Job.conversation_id.in_(of_these),
        Job.callback_id.in_(told),
        tuple_(Job.source_id, Job.delivery_id).in_(brought),
    ):
        ended = update(Job).where(Job.state.in_(_OPEN), is_about)
        session.execute(ended.values(state="canceled", owner=None, lease_until=None, finished_at=func.now()))


def erase(
    session: Session,
    tenant_id: UUID,
    whole_ids: Sequence[UUID],
    *,
    reason: str,
    learned: Callable[[UUID], Sequence[str]],
) -> list[UUID]:
    """Delete these with their legs and everything that hangs on them; the ids that now have a tombstone.

    Events that brought them stay known, so that a second delivery does nothing, but name nothing any more. `learned`
    says which model versions learned from a conversation.
    """
    erased = members(session, whole_ids, lock=True)
    if not erased:
        return []
    batch_ids = list(
        session.scalars(
            select(Job.batch_id).where(Job.conversation_id.in_(erased), Job.batch_id.is_not(None)).distinct()
        )
    )
    webhooks.forget(session, erased)
    session.execute(delete(Conversation).where(Conversation.id.in_(whole_ids)))
    is_empty = ~exists().where(Job.batch_id == Batch.id)
    session.execute(update(Batch).where(Batch.id.in_(batch_ids), is_empty).values(name=NAMELESS, refusals=[]))
    rows = [
        {"conversation_id": one, "tenant_id": tenant_id, "reason": reason, "models": list(learned(one))}
        for one in erased
    ]
    session.execute(insert(Erasure).values(rows).on_conflict_do_nothing())
    return erased


def missing(session: Session, conversation_id: UUID, *, what: str = "conversation") -> NotFound:
    """Why there is no such conversation, or nothing of it: it was erased, or never there."""
    if session.get(Erasure, conversation_id) is not None:
        return Erased("this conversation was erased")
    return NotFound(f"there is no such {what}")


def tombstones(session: Session) -> list[Tombstone]:
    """Everything of a tenant that was erased."""
    rows = session.execute(select(Erasure.conversation_id, Erasure.reason, Erasure.models))
    return [Tombstone(*row) for row in rows]


def note_models(session: Session, learned: Mapping[UUID, Sequence[str]]) -> None:
    """Which model versions turned out to have learned from what was erased."""
    for conversation_id, models in learned.items():
        session.execute(update(Erasure).where(Erasure.conversation_id == conversation_id).values(models=list(models)))
