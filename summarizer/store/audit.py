"""Who did what to which row."""

from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from summarizer.store.tables import AuditEntry


def note(session: Session, tenant_id: UUID, *, actor: str, action: str, subject: str) -> None:
    """Add an entry in the transaction of the act itself; ids only."""
    entry = insert(AuditEntry).values(tenant_id=tenant_id, actor=actor, action=action, subject=subject)
    session.execute(entry)
