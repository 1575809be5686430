"""Summaries, people's edits of them and ratings, and the page one reads them on."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from summarizer.documents import claims_to_document, sections_to_document
from summarizer.keyring import Document
from summarizer.store import transcripts
from summarizer.store.costs import Spent
from summarizer.store.cursor import Cursor
from summarizer.store.jobs import RevisionLease
from summarizer.store.tables import Conversation, Edit, Rating, Revision, Summary
from summarizer.summary import Summary as SummaryValue


@dataclass(frozen=True, slots=True)
class Found:
    """The machine's summary beside the person's last edit of it, and what one looks them up by."""

    conversation_id: UUID
    external_id: str
    leg: str | None
    revision: int
    queue: str | None
    agents: list[str]
    transcript: Document  #: canonical body
    machine: Summary
    edit: Edit | None

    @property
    def version(self) -> str:
        """Changes whenever a machine or a person writes."""
        return f"{self.machine.id.hex}.{self.edit.version if self.edit else 0}"


@dataclass(frozen=True, slots=True)
class Filter:
    """What a page is narrowed to; None does not narrow."""

    created_after: datetime | None = None
    created_before: datetime | None = None
    queue: str | None = None
    agent: str | None = None
    disposition: str | None = None
    outcome: str | None = None
    text: str | None = None
    is_leg: bool | None = None


def write_current(
    session: Session,
    held: RevisionLease,
    summary: SummaryValue,
    *,
    spent: Spent,
    because: str | None,
    template_id: UUID | None,
) -> UUID:
    """Store a summary as the current one of its revision; the one before stays, no longer current."""
    session.execute(
        update(Summary)
        .where(Summary.conversation_id == held.conversation_id, Summary.revision == held.revision, Summary.is_current)
        .values(is_current=False)
    )
    row = Summary(
        tenant_id=held.tenant_id,
        conversation_id=held.conversation_id,
        revision=held.revision,
        job_id=held.job_id,
        model_version=spent.model_version,
        backend=spent.backend,
        because=because,
        meter=asdict(spent.meter),
        watt_hours=spent.charge.watt_hours,
        money=spent.charge.money,
        currency=spent.charge.currency,
        kind=summary.kind,
        text=summary.text,
        claims=claims_to_document(summary.claims),
        sections=sections_to_document(summary.sections),
        score=summary.score,
        language=summary.language,
        template_id=template_id,
        num_statements=summary.usage.num_statements,
        num_repaired=summary.usage.num_repaired,
        num_dropped=summary.usage.num_dropped,
        seconds=summary.usage.seconds,
        prompt_tokens=summary.usage.prompt_tokens,
        completion_tokens=summary.usage.completion_tokens,
        num_windows=summary.usage.num_windows,
    )
    session.add(row)
    session.flush()
    return row.id


def current(session: Session, conversation_id: UUID) -> Found | None:
    """The current summary of the conversation's current revision, None while there is none."""
    row = session.execute(with_edits().where(Conversation.id == conversation_id)).one_or_none()
    return None if row is None else _as_found(session, *row)


def page(session: Session, wanted: Filter, *, after: Cursor | None, limit: int) -> list[Found]:
    """Up to `limit` current summaries, newest first."""
    statement = with_edits().where(*_conditions(wanted))
    statement = statement.order_by(Summary.created_at.desc(), Summary.id.desc()).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(Summary.created_at, Summary.id) < tuple_(after.created_at, after.id))
    return [_as_found(session, *row) for row in session.execute(statement)]


def add_edit(
    session: Session, found: Found, *, author: str, text: str, disposition: str | None, outcome: str | None
) -> None:
    """A person's correction as the next version; a second one of the same version violates a unique constraint."""
    session.add(
        Edit(
            tenant_id=found.machine.tenant_id,
            conversation_id=found.conversation_id,
            summary_id=found.machine.id,
            version=(found.edit.version if found.edit else 0) + 1,
            author=author,
            text=text,
            disposition=disposition,
            outcome=outcome,
        )
    )
    session.flush()


def add_rating(session: Session, found: Found, *, author: str, verdict: str, reason: str | None) -> UUID:
    """A person's judgment of the machine's summary."""
    rating = Rating(
        tenant_id=found.machine.tenant_id, summary_id=found.machine.id, author=author, verdict=verdict, reason=reason
    )
    session.add(rating)
    session.flush()
    return rating.id


def with_edits() -> Select[Conversation, Revision, Summary, Edit]:
    """Every current summary with its conversation, the revision it is of, and the last edit or None."""
    newer = aliased(Edit)
    is_last = (
        ~select(newer.id).where(newer.conversation_id == Edit.conversation_id, newer.version > Edit.version).exists()
    )
    return (
        select(Conversation, Revision, Summary, Edit)
        .join(Revision, and_(Revision.conversation_id == Conversation.id, Revision.revision == Conversation.revision))
        .join(
            Summary,
            and_(
                Summary.conversation_id == Conversation.id,
                Summary.revision == Conversation.revision,
                Summary.is_current,
            ),
        )
        .join(Edit, and_(Edit.conversation_id == Conversation.id, is_last), isouter=True)
    )


def lock(session: Session, conversation_id: UUID) -> None:
    """Let edits of one conversation happen one after the other."""
    session.execute(select(Conversation.id).where(Conversation.id == conversation_id).with_for_update())


_CONDITIONS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "created_after": lambda moment: Summary.created_at >= moment,
    "created_before": lambda moment: Summary.created_at < moment,
    "queue": lambda queue: Revision.queue == queue,
    "agent": lambda agent: Revision.agents.contains([agent]),
    "disposition": lambda disposition: Edit.disposition == disposition,
    "outcome": lambda outcome: Edit.outcome == outcome,
    "is_leg": lambda is_leg: Conversation.leg.is_not(None) if is_leg else Conversation.leg.is_(None),
    "text": lambda words: or_(_holds(Summary.search, words), _holds(Edit.search, words)),
}


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    return [_CONDITIONS[name](value) for name, value in asdict(wanted).items() if value is not None]


def _holds(search: InstrumentedAttribute[Any], words: str) -> ColumnElement[bool]:
    return search.bool_op("@@")(func.plainto_tsquery("simple", words))


def _as_found(
    session: Session, conversation: Conversation, revision: Revision, summary: Summary, edit: Edit | None
) -> Found:
    return Found(
        conversation.id,
        conversation.external_id,
        conversation.leg,
        revision.revision,
        revision.queue,
        revision.agents,
        transcripts.opened(session, revision),
        summary,
        edit,
    )
