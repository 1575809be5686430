"""What people say of a summary: corrections and ratings, kept beside the machine's text."""

from uuid import UUID

from sqlalchemy.orm import Session

from summarizer.callbacks import announce
from summarizer.errors import EditConflict
from summarizer.events import Event
from summarizer.metrics import quality
from summarizer.store import audit, erasures, summaries
from summarizer.store.database import Database
from summarizer.store.summaries import Found
from summarizer.submit import Bell, ring
from summarizer.summary import Outcome


def edit(
    database: Database,
    bell: Bell,
    tenant_id: UUID,
    conversation_id: UUID,
    *,
    expected: str | None,
    actor: str,
    text: str,
    disposition: str | None,
    outcome: Outcome | None,
) -> Found:
    """Keep a person's correction beside the machine's summary; without `expected` over any version.

    Raises NotFound, and EditConflict when the summary is no longer the version the person saw.
    """
    with database.begin(tenant_id) as session:
        summaries.lock(session, conversation_id)
        found = _found(session, conversation_id)
        if expected not in (None, found.version):
            raise EditConflict("somebody changed this summary after you read it")
        summaries.add_edit(session, found, author=actor, text=text, disposition=disposition, outcome=outcome)
        audit.note(session, tenant_id, actor=actor, action="summary.edit", subject=str(conversation_id))
        edited = _found(session, conversation_id)
        assert edited.edit is not None
        machine = edited.machine
        to_ring = announce(
            session, tenant_id, Event.EDITED, conversation_id, edited.revision, version=str(edited.edit.version)
        )
    ring(bell, tenant_id, to_ring)
    quality.count_edit(machine.text, text, backend=machine.backend, model_version=machine.model_version)
    return edited


def rate(
    database: Database, tenant_id: UUID, conversation_id: UUID, *, actor: str, verdict: str, reason: str | None
) -> UUID:
    """Keep a person's judgment of the machine's summary; raises NotFound."""
    with database.begin(tenant_id) as session:
        found = _found(session, conversation_id)
        audit.note(session, tenant_id, actor=actor, action="summary.rate", subject=str(conversation_id))
        rating_id = summaries.add_rating(session, found, author=actor, verdict=verdict, reason=reason)
    quality.count_rating(verdict, backend=found.machine.backend, model_version=found.machine.model_version)
    return rating_id


def _found(session: Session, conversation_id: UUID) -> Found:
    found = summaries.current(session, conversation_id)
    if found is None:
        raise erasures.missing(session, conversation_id, what="summary")
    return found
