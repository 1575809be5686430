"""Use cases of callbacks: announce an event, and tell again what was told or could not be."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from summarizer.errors import Conflict, NotFound
from summarizer.events import Event
from summarizer.kinds import Kind
from summarizer.store import audit, callbacks, conversations, endpoints, jobs
from summarizer.store.callbacks import OVER, Tracked
from summarizer.store.database import Database
from summarizer.store.jobs import Waiting
from summarizer.submit import Bell, ring


def announce(
    session: Session, tenant_id: UUID, event: Event, conversation_id: UUID, revision: int, *, version: str = ""
) -> list[Waiting]:
    """Jobs that tell each subscribed endpoint, once, of what this transaction does; ring for them after the commit.

    Nobody is told of a revision that is no longer the current one.
    """
    endpoint_ids = endpoints.subscribed(session, event)
    if not endpoint_ids or not conversations.is_current(session, conversation_id, revision):
        return []
    made = callbacks.add(
        session,
        tenant_id,
        endpoint_ids=endpoint_ids,
        event=event,
        subject="/".join(filter(None, (str(conversation_id), str(revision), version))),
        conversation_id=conversation_id,
        revision=revision,
    )
    added = [jobs.add_delivery(session, tenant_id, callback_id=callback_id) for callback_id in made]
    return jobs.waiting(session, added, kind=Kind.DELIVER)


def replay(database: Database, bell: Bell, tenant_id: UUID, callback_id: UUID, *, actor: str) -> Tracked:
    """Tell it again under the same id, or now if it waits; raises NotFound, and Conflict for a disabled endpoint."""
    with database.begin(tenant_id) as session:
        check_enabled(session, _found(session, callback_id).callback.endpoint_id)
        job = _found(session, callback_id).job  # read again, now that nobody else replays it
        job_id = job.id
        if job.state in OVER:
            job_id = jobs.add_delivery(session, tenant_id, callback_id=callback_id)
        else:
            callbacks.hasten(session, job_id)
        audit.note(session, tenant_id, actor=actor, action="callback.replay", subject=str(callback_id))
        now = _found(session, callback_id)
        to_ring = jobs.waiting(session, [job_id], kind=Kind.DELIVER)
    ring(bell, tenant_id, to_ring)
    return now


def replay_range(
    database: Database,
    tenant_id: UUID,
    endpoint_id: UUID,
    *,
    actor: str,
    since: datetime | None,
    until: datetime | None,
    only_failed: bool,
) -> int:
    """Tell again what an endpoint was told, or could not be, in a time; how many. The sweeper rings for them."""
    with database.begin(tenant_id) as session:
        check_enabled(session, endpoint_id)
        audit.note(session, tenant_id, actor=actor, action="endpoint.replay", subject=str(endpoint_id))
        return callbacks.replay(session, endpoint_id, since=since, until=until, only_failed=only_failed)


def check_enabled(session: Session, endpoint_id: UUID) -> None:
    """Lock an endpoint that is told things; raises NotFound, and Conflict when it is told nothing."""
    found = endpoints.find(session, endpoint_id, lock=True)
    if found is None:
        raise NotFound("there is no such endpoint")
    if found.disabled_at is not None:
        raise Conflict("this endpoint is disabled; enable it first")


def _found(session: Session, callback_id: UUID) -> Tracked:
    found = callbacks.find(session, callback_id)
    if found is None:
        raise NotFound("there is no such callback")
    return found
