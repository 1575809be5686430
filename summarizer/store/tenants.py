"""Tenants and their API keys."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from summarizer.errors import NotFound
from summarizer.store.tables import ApiKey, Tenant

LAST_USE_PRECISION = timedelta(minutes=1)  # a busy key does not write a row for each request


@dataclass(frozen=True, slots=True)
class LiveKey:
    """A key that is neither revoked nor expired."""

    secret_hash: bytes
    scopes: frozenset[str]


def ensure(session: Session, name: str) -> UUID:
    """The tenant of this name, created if there is none."""
    session.execute(insert(Tenant).values(id=uuid4(), name=name).on_conflict_do_nothing())
    return session.scalars(select(Tenant.id).where(Tenant.name == name)).one()


def named(session: Session, name: str) -> UUID:
    """The tenant of this name; raises NotFound."""
    found = session.scalars(select(Tenant.id).where(Tenant.name == name)).one_or_none()
    if found is None:
        raise NotFound(f"there is no tenant {name}")
    return found


def all_ids(session: Session) -> list[UUID]:
    """Every tenant."""
    return list(session.scalars(select(Tenant.id)))


def names(session: Session) -> dict[UUID, str]:
    """Every tenant's name, in the order of names."""
    return dict(session.execute(select(Tenant.id, Tenant.name).order_by(Tenant.name)).all())


def allow_training(session: Session, tenant_id: UUID, *, is_allowed: bool) -> None:
    """Whether what this tenant's people correct may be learned from."""
    session.execute(update(Tenant).where(Tenant.id == tenant_id).values(may_train=is_allowed))


def set_retention(session: Session, tenant_id: UUID, days: int | None) -> None:
    """How long this tenant's conversations are kept; None: as the service keeps them."""
    session.execute(update(Tenant).where(Tenant.id == tenant_id).values(retention_days=days))


def retention(session: Session) -> dict[UUID, int | None]:
    """How many days every tenant's conversations are kept, where a tenant says so."""
    return dict(session.execute(select(Tenant.id, Tenant.retention_days)).all())


def set_seal_key(session: Session, tenant_id: UUID, public_key: bytes | None) -> None:
    """To whom this tenant's originals are sealed from now on; None: what is masked is gone."""
    session.execute(update(Tenant).where(Tenant.id == tenant_id).values(seal_key=public_key))


def seal_key(session: Session, tenant_id: UUID) -> bytes | None:
    """The tenant's public key, None when originals are not kept."""
    return session.scalars(select(Tenant.seal_key).where(Tenant.id == tenant_id)).one()


def add_key(
    session: Session,
    tenant_id: UUID,
    *,
    key_id: UUID,
    name: str,
    secret_hash: bytes,
    scopes: list[str],
    expires_at: datetime | None,
) -> None:
    """A new key of a tenant."""
    session.add(
        ApiKey(tenant_id=tenant_id, id=key_id, name=name, secret_hash=secret_hash, scopes=scopes, expires_at=expires_at)
    )
    session.flush()


def live_key(session: Session, key_id: UUID) -> LiveKey | None:
    """The key with this id, None if unknown, revoked or expired."""
    key = session.scalars(
        select(ApiKey).where(
            ApiKey.id == key_id,
            ApiKey.revoked_at.is_(None),
            or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > func.now()),
        )
    ).one_or_none()
    return None if key is None else LiveKey(key.secret_hash, frozenset(key.scopes))


def note_use(session: Session, key_id: UUID) -> None:
    """Remember when the key was last used, to the minute."""
    is_old = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < func.now() - LAST_USE_PRECISION)
    session.execute(update(ApiKey).where(ApiKey.id == key_id, is_old).values(last_used_at=func.now()))
