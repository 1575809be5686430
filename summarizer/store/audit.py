"""Who did what to which row, in a chain of hashes for each tenant.

An entry is written as the last thing of its transaction: the chain takes one transaction after the other, and whoever
waits for it must hold nothing that others still need.
"""

from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from summarizer.store.tables import AuditEntry

_NOTED = "audit"


def note(session: Session, tenant_id: UUID, *, actor: str, action: str, subject: str) -> None:
    """Add an entry to the transaction of the act itself; ids only."""
    entry = {"tenant_id": tenant_id, "actor": actor, "action": action, "subject": subject}
    session.info.setdefault(_NOTED, []).append(entry)


def write(session: Session) -> None:
    """Write what was noted; `Database.begin` calls it before the commit."""
    noted = session.info.pop(_NOTED, [])
    if noted:
        session.flush()
        session.execute(insert(AuditEntry), noted)
