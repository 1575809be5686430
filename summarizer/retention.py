"""What is kept for so long and no longer: conversations of a tenant that wants it so, and records of what is over.

Run again and again by the loop that leads: each run takes a batch of each tenant, so that what else the loop does is
not kept waiting, and the next run goes on where it ended.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from summarizer.erasing import erase_rows, known_pasts, scrub_files
from summarizer.ledger import Past
from summarizer.settings import Settings
from summarizer.store import erasures, history, tenants
from summarizer.store.database import Database

BATCH = 200  # conversations that are erased together
MOST_RECORDS = 2000  # of each kind


@dataclass(frozen=True, slots=True)
class Outdated:
    """How much a run took away, and whether there may be more."""

    num_conversations: int = 0  #: wholes and legs
    num_records: int = 0  #: idempotency keys, events, callbacks
    is_more: bool = False

    def __add__(self, other: "Outdated") -> "Outdated":
        return Outdated(
            self.num_conversations + other.num_conversations,
            self.num_records + other.num_records,
            self.is_more or other.is_more,
        )


def run(database: Database, settings: Settings, *, batch: int = BATCH) -> Outdated:
    """One batch of every tenant."""
    with database.begin(None) as session:
        days = tenants.retention(session)
    pasts: dict[str, Past] | None = None
    total = Outdated()
    for tenant_id, own in days.items():
        kept_days = own or settings.retention_days
        if kept_days is not None:
            pasts = pasts if pasts is not None else known_pasts(database)[0]
            older_than = timedelta(days=kept_days)
            total += _erase(database, settings, tenant_id, older_than=older_than, batch=batch, pasts=pasts)
        total += _prune(database, settings, tenant_id)
    return total


def _erase(
    database: Database,
    settings: Settings,
    tenant_id: UUID,
    *,
    older_than: timedelta,
    batch: int,
    pasts: dict[str, Past],
) -> Outdated:
    with database.begin(tenant_id) as session:
        due = erasures.outdated(session, older_than=older_than, limit=batch)
    if not due:
        return Outdated()
    erased = erase_rows(database, tenant_id, due, reason="retention", actor="beat", pasts=pasts)
    scrub_files(settings, erased)
    return Outdated(num_conversations=len(erased), is_more=len(due) == batch)


def _prune(database: Database, settings: Settings, tenant_id: UUID) -> Outdated:
    older_than = timedelta(days=settings.history_days)
    with database.begin(tenant_id) as session:
        found = [
            history.forget_answers(session, older_than=settings.idempotency_window, limit=MOST_RECORDS),
            history.forget_deliveries(session, older_than=older_than, limit=MOST_RECORDS),
            history.forget_callbacks(session, older_than=older_than, limit=MOST_RECORDS),
        ]
    return Outdated(num_records=sum(found), is_more=MOST_RECORDS in found)
