"""Idempotency keys: the same request twice is done once (IETF draft-ietf-httpapi-idempotency-key-header-07)."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from summarizer.store.tables import IdempotencyKey


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the first request with this key was, and what it made."""

    fingerprint: bytes
    conversation_id: UUID
    job_id: UUID


def is_free(session: Session, tenant_id: UUID, key: str) -> bool:
    """Whether no other request with this key is under way; holds the key until the transaction ends."""
    lock = func.hashtextextended(f"{tenant_id}/{key}", 0)
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(lock))))


def find(session: Session, key: str, *, window: timedelta) -> Remembered | None:
    """The first request with this key, None if there was none; one older than the window is forgotten."""
    session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.key == key, IdempotencyKey.created_at < func.now() - window)
    )
    row = session.scalars(select(IdempotencyKey).where(IdempotencyKey.key == key)).one_or_none()
    return None if row is None else Remembered(row.fingerprint, row.conversation_id, row.job_id)


def remember(session: Session, tenant_id: UUID, key: str, made: Remembered) -> None:
    """Keep what this request made."""
    session.add(
        IdempotencyKey(
            tenant_id=tenant_id,
            key=key,
            fingerprint=made.fingerprint,
            conversation_id=made.conversation_id,
            job_id=made.job_id,
        )
    )
    session.flush()
