"""What people corrected or found good, of tenants that let their data train."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from summarizer.store.tables import Conversation, Edit, Rating, Revision, Summary, Tenant


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
    newer = aliased(Edit)
    is_last = ~exists().where(newer.conversation_id == Edit.conversation_id, newer.version > Edit.version)
    is_praised = exists().where(Rating.summary_id == Summary.id, Rating.verdict == "positive")
    is_blamed = exists().where(Rating.summary_id == Summary.id, Rating.verdict == "negative")
    praise = select(Rating.author).where(Rating.summary_id == Summary.id).limit(1).scalar_subquery()
    statement = (
        select(Conversation.id, Revision.transcript, Edit.text, Edit.author, Summary.text, praise)
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
        .where(or_(Edit.id.is_not(None), and_(is_praised, ~is_blamed)))
        .order_by(Conversation.id)
    )
    for conversation_id, transcript, edited, author, written, praised_by in session.execute(statement):
        yield Correction(conversation_id, transcript, edited or written, author or praised_by)
