"""Use cases of templates: keep a new version, find the one that counts, show one on past conversations."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from summarizer.documents import claims_from_document
from summarizer.formats import canonical
from summarizer.sections import sections
from summarizer.store import audit, conversations, summaries, templates
from summarizer.store.database import Database
from summarizer.store.summaries import Filter
from summarizer.store.templates import Kept
from summarizer.summarize import believed
from summarizer.summary import Claim, Section
from summarizer.template import Template


@dataclass(frozen=True, slots=True)
class Shown:
    """The sections that a template would make of one past conversation."""

    conversation_id: UUID
    external_id: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class _Past:
    conversation_id: UUID
    external_id: str
    claims: tuple[Claim, ...]
    transcript: dict[str, object]


def keep(database: Database, tenant_id: UUID, template: Template, *, queue: str | None, actor: str) -> Kept:
    """Store a template as the next version of the queue's, or of the tenant's own."""
    with database.begin(tenant_id) as session:
        kept = templates.add(
            session, tenant_id, queue=queue, author=actor, body=template.model_dump(mode="json", exclude_unset=True)
        )
        audit.note(session, tenant_id, actor=actor, action="template.keep", subject=str(kept.id))
        return kept


def counting(session: Session, *, queue: str | None) -> tuple[UUID | None, Template]:
    """The template a conversation of this queue is summarized by, and its id; ours, without one, when there is none."""
    kept = templates.current(session, queue=queue)
    return (None, Template()) if kept is None else (kept.id, Template.model_validate(kept.body))


def preview(database: Database, tenant_id: UUID, template: Template, *, queue: str | None, limit: int) -> list[Shown]:
    """What the template makes of the newest summaries of a queue, or of all; nothing is stored, no model is needed."""
    with database.begin(tenant_id) as session:
        past = [
            _Past(
                found.conversation_id,
                found.external_id,
                claims_from_document(found.machine.claims),
                conversations.transcript(session, found.conversation_id, found.revision),
            )
            for found in summaries.page(session, Filter(queue=queue), after=None, limit=limit)
        ]
    return [
        Shown(
            one.conversation_id,
            one.external_id,
            sections(one.claims, believed(canonical.from_document(one.transcript)), template),
        )
        for one in past
    ]
