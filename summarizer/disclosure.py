"""All that is kept of a customer, to be given to them: every conversation with everything that hangs on it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from summarizer.store import audit, conversations, erasures, persons
from summarizer.store.database import Database


def disclose(database: Database, tenant_id: UUID, customer: str, *, actor: str) -> Iterator[dict[str, Any]]:
    """Each conversation of a customer as JSON, wholes and legs, one transaction each; that it was asked is noted."""
    with database.begin(tenant_id) as session:
        known = conversations.customer_hash(session, tenant_id, customer)
        every = erasures.members(session, erasures.wholes_of_customer(session, known))
        audit.note(session, tenant_id, actor=actor, action="customer.export", subject=f"{len(every)} conversations")
    for conversation_id in every:
        with database.begin(tenant_id) as session:
            found = persons.everything_of(session, conversation_id)
        if found is not None:
            yield found
