"""What people corrected or found good, of tenants that let their data train."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from summarizer.store import transcripts
from summarizer.store.summaries import with_edits
from summarizer.store.tables import Conversation, Edit, Rating, Summary, Tenant


@dataclass(frozen=True, slots=True)
class Correction:
    """A conversation, the text a person stands behind, and who that is."""

    conversation_id: UUID
    transcript: dict[str, object]
    text: str
    author: str


def consenting(session: Session) -> list[UUID]:
    """Tenants whose corrections may be learned from."""
    return list(session.scalars(select(Tenant.id).where(Tenant.may_train)))


def all_of_tenant(session: Session) -> Iterator[Correction]:
    """The last edit of each conversation's present summary, or the summary itself if it was only ever praised."""
    is_praised = exists().where(Rating.summary_id == Summary.id, Rating.verdict == "positive")
    is_blamed = exists().where(Rating.summary_id == Summary.id, Rating.verdict == "negative")
    praised_by = select(Rating.author).where(Rating.summary_id == Summary.id).limit(1).scalar_subquery()
    wanted = with_edits().where(or_(Edit.id.is_not(None), and_(is_praised, ~is_blamed)))
    for conversation, revision, summary, edit, admirer in session.execute(
        wanted.add_columns(praised_by).order_by(Conversation.id)
    ):
        text, author = (summary.text, admirer) if edit is None else (edit.text, edit.author)
        yield Correction(conversation.id, transcripts.opened(session, revision), text, author)
