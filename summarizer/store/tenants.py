"""Tenants and their API keys."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Date, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from summarizer.budget import Limits
from summarizer.errors import NotFound
from summarizer.store.tables import ApiKey, Tenant

LAST_USE_PRECISION = timedelta(minutes=1)  # a busy key does not write a row for each request

Cap = Literal["soft_cap", "hard_cap"]


@dataclass(frozen=True, slots=True)
class LiveKey:
    """A key that is neither revoked nor expired, and how much its tenant may ask for."""

    secret_hash: bytes
    scopes: frozenset[str]
    requests_per_second: float | None  #: None: as the service


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A key as it is shown: no secret of it."""

    id: UUID
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


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


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a tenant may ask for and spend."""

    name: str
    requests_per_second: float | None  #: None: as the service
    limits: Limits


def allowed(session: Session) -> list[Allowed]:
    """Of every tenant, in the order of names."""
    columns = (Tenant.name, Tenant.requests_per_second, Tenant.on_premises_only, Tenant.soft_cap, Tenant.hard_cap)
    rows = session.execute(select(*columns).order_by(Tenant.name))
    return [
        Allowed(name, per_second, Limits(on_premises_only, soft, hard))
        for name, per_second, on_premises_only, soft, hard in rows
    ]


def set_rate(session: Session, tenant_id: UUID, requests_per_second: float | None) -> None:
    """How many requests of this tenant are served in a second; None: as the service."""
    session.execute(update(Tenant).where(Tenant.id == tenant_id).values(requests_per_second=requests_per_second))


def limits(session: Session, tenant_id: UUID) -> Limits:
    """Where this tenant's words may go, and what may be spent on them."""
    columns = (Tenant.on_premises_only, Tenant.soft_cap, Tenant.hard_cap)
    row = session.execute(select(*columns).where(Tenant.id == tenant_id)).one_or_none()
    return Limits() if row is None else Limits(*row)


def keep_on_premises(session: Session, tenant_id: UUID, *, is_kept: bool) -> None:
    """Whether this tenant's words may be read by no backend elsewhere."""
    session.execute(update(Tenant).where(Tenant.id == tenant_id).values(on_premises_only=is_kept))


def set_caps(session: Session, tenant_id: UUID, *, soft: Decimal | None, hard: Decimal | None) -> None:
    """What may be spent on this tenant's summaries in a month; None: whatever they take."""
    caps = {"soft_cap": soft, "hard_cap": hard, "soft_cap_met": None, "hard_cap_met": None}
    session.execute(update(Tenant).where(Tenant.id == tenant_id).values(**caps))


def first_meets(session: Session, tenant_id: UUID, *, cap: Cap) -> bool:
    """Note that a cap is reached this month (UTC); False when it was noted before."""
    month = func.date_trunc("month", func.timezone("UTC", func.now())).cast(Date)
    met = Tenant.soft_cap_met if cap == "soft_cap" else Tenant.hard_cap_met
    first = update(Tenant).where(Tenant.id == tenant_id, met.is_distinct_from(month)).values({met: month})
    return session.scalars(first.returning(Tenant.id)).one_or_none() is not None


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
    row = session.execute(
        select(ApiKey.secret_hash, ApiKey.scopes, Tenant.requests_per_second)
        .join(Tenant, Tenant.id == ApiKey.tenant_id)
        .where(ApiKey.id == key_id, _is_live())
    ).one_or_none()
    return None if row is None else LiveKey(row.secret_hash, frozenset(row.scopes), row.requests_per_second)


def all_keys(session: Session) -> list[KeptKey]:
    """The keys of a tenant, the oldest first."""
    return [_kept(row) for row in session.scalars(select(ApiKey).order_by(ApiKey.created_at, ApiKey.id))]


def key_to_change(session: Session, key_id: UUID) -> KeptKey | None:
    """A live key of this tenant, kept from others until the transaction ends."""
    row = session.scalars(select(ApiKey).where(ApiKey.id == key_id, _is_live()).with_for_update()).one_or_none()
    return None if row is None else _kept(row)


def end_key(session: Session, key_id: UUID, *, after: timedelta) -> None:
    """Let a key live so much longer, never longer than it would have."""
    end = func.least(ApiKey.expires_at, func.now() + after)  # least knows no NULL
    session.execute(update(ApiKey).where(ApiKey.id == key_id).values(expires_at=end))


def revoke_key(session: Session, key_id: UUID) -> bool:
    """End a key now; False when this tenant has no such key or it was revoked before."""
    is_unrevoked = (ApiKey.id == key_id) & ApiKey.revoked_at.is_(None)
    revoked = update(ApiKey).where(is_unrevoked).values(revoked_at=func.now()).returning(ApiKey.id)
    return session.scalars(revoked).one_or_none() is not None


def note_use(session: Session, key_id: UUID) -> None:
    """Remember when the key was last used, to the minute."""
    is_old = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < func.now() - LAST_USE_PRECISION)
    session.execute(update(ApiKey).where(ApiKey.id == key_id, is_old).values(last_used_at=func.now()))


def _is_live() -> ColumnElement[bool]:
    return and_(ApiKey.revoked_at.is_(None), or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > func.now()))


def _kept(row: ApiKey) -> KeptKey:
    return KeptKey(
        row.id, row.name, tuple(row.scopes), row.created_at, row.expires_at, row.revoked_at, row.last_used_at
    )
