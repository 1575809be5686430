"""Every column that the master key seals, so that all of them can be sealed anew."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from summarizer.store.tables import Base, Endpoint, Tenant, WebhookDelivery, WebhookSource

Key = tuple[object, ...]  #: a primary key


@dataclass(frozen=True, slots=True)
class Column:
    """Where something sealed is kept."""

    table: type[Base]
    name: str

    def __str__(self) -> str:
        return f"{self.table.__tablename__}.{self.name}"


COLUMNS = (
    Column(Tenant, "data_keys"),
    Column(WebhookSource, "secrets"),
    Column(WebhookSource, "credentials"),
    Column(WebhookDelivery, "resource"),
    Column(Endpoint, "secrets"),
)


def keys(session: Session, column: Column, *, tenant_id: UUID, limit: int | None = None) -> list[Key]:
    """Primary keys of a tenant's rows that hold something sealed there."""
    table = column.table.__table__
    owner = table.c.id if column.table is Tenant else table.c.tenant_id
    found = select(*table.primary_key).where(owner == tenant_id, table.c[column.name].is_not(None)).limit(limit)
    return [tuple(row) for row in session.execute(found)]


def read(session: Session, column: Column, key: Key) -> bytes | None:
    """What is sealed in a row, which nobody else changes until the transaction ends; None when it is gone."""
    row = session.get(column.table, key, with_for_update={"key_share": True})
    found: bytes | None = None if row is None else getattr(row, column.name)
    return found


def write(session: Session, column: Column, key: Key, sealed: bytes) -> None:
    """Put something sealed in a row that was read."""
    setattr(session.get_one(column.table, key), column.name, sealed)
