"""Everything that is kept of one conversation, as JSON: what a person may ask to be given."""

import base64
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from summarizer import ids
from summarizer.store import conversations
from summarizer.store.tables import AuditEntry, Callback, Conversation, Edit, Rating, Revision, Summary


def everything_of(session: Session, conversation_id: UUID) -> dict[str, Any] | None:
    """Its revisions, summaries, edits, ratings, callbacks and audit entries; None when it is gone meanwhile."""
    row = session.get(Conversation, conversation_id)
    if row is None:
        return None
    return {
        "id": ids.public(ids.CONVERSATION, row.id),
        "external_id": row.external_id,
        "leg": row.leg,
        "created_at": row.created_at.isoformat(),
        "revisions": _revisions(session, conversation_id),
        "summaries": _summaries(session, conversation_id),
        "edits": _edits(session, conversation_id),
        "callbacks": _callbacks(session, conversation_id),
        "audit": _audit(session, conversation_id),
    }


def _revisions(session: Session, conversation_id: UUID) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Revision).where(Revision.conversation_id == conversation_id).order_by(Revision.revision)
    )
    return [
        {
            "revision": row.revision,
            "created_at": row.created_at.isoformat(),
            "conversation": conversations.transcript(session, conversation_id, row.revision),
            "sealed": None if row.sealed is None else base64.b64encode(row.sealed).decode(),
        }
        for row in rows
    ]


def _summaries(session: Session, conversation_id: UUID) -> list[dict[str, Any]]:
    rows = list(
        session.scalars(
            select(Summary).where(Summary.conversation_id == conversation_id).order_by(Summary.created_at, Summary.id)
        )
    )
    ratings = session.scalars(
        select(Rating).where(Rating.summary_id.in_([row.id for row in rows])).order_by(Rating.created_at)
    ).all()
    return [
        {
            "revision": row.revision,
            "is_current": row.is_current,
            "created_at": row.created_at.isoformat(),
            **row.document,
            "ratings": [_rating(one) for one in ratings if one.summary_id == row.id],
        }
        for row in rows
    ]


def _rating(row: Rating) -> dict[str, Any]:
    said = {"author": row.author, "verdict": row.verdict, "reason": row.reason}
    return {**said, "created_at": row.created_at.isoformat()}


def _edits(session: Session, conversation_id: UUID) -> list[dict[str, Any]]:
    rows = session.scalars(select(Edit).where(Edit.conversation_id == conversation_id).order_by(Edit.version))
    return [{**row.document, "created_at": row.created_at.isoformat()} for row in rows]


def _callbacks(session: Session, conversation_id: UUID) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Callback).where(Callback.conversation_id == conversation_id).order_by(Callback.created_at)
    )
    return [
        {
            "id": ids.public(ids.CALLBACK, row.id),
            "endpoint": ids.public(ids.ENDPOINT, row.endpoint_id),
            "event": row.event,
            "revision": row.revision,
            "created_at": row.created_at.isoformat(),
            "attempted_at": _moment(row.attempted_at),
            "status": row.status,
        }
        for row in rows
    ]


def _audit(session: Session, conversation_id: UUID) -> list[dict[str, Any]]:
    subject = str(conversation_id)
    about = or_(AuditEntry.subject == subject, AuditEntry.subject.startswith(f"{subject}/", autoescape=True))
    rows = session.scalars(select(AuditEntry).where(about).order_by(AuditEntry.number))
    return [{"at": row.at.isoformat(), "actor": row.actor, "action": row.action} for row in rows]


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
