"""What nobody needs any more: answers past their window, events and callbacks that are long over."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningDelete

from summarizer.store.tables import Callback, IdempotencyKey, Job, WebhookDelivery


def forget_answers(session: Session, *, older_than: timedelta, limit: int) -> int:
    """Delete idempotency keys whose window is over; how many."""
    due = select(IdempotencyKey.key).where(IdempotencyKey.created_at < func.now() - older_than).limit(limit)
    return _num(session, delete(IdempotencyKey).where(IdempotencyKey.key.in_(due)).returning(IdempotencyKey.key))


def forget_deliveries(session: Session, *, older_than: timedelta, limit: int) -> int:
    """Delete events that arrived long ago, with the jobs that fetched what they name; one being fetched stays."""
    is_its = (Job.source_id == WebhookDelivery.source_id) & (Job.delivery_id == WebhookDelivery.delivery_id)
    key = tuple_(WebhookDelivery.source_id, WebhookDelivery.delivery_id)
    due = (
        select(WebhookDelivery.source_id, WebhookDelivery.delivery_id)
        .where(WebhookDelivery.received_at < func.now() - older_than, ~_is_busy(is_its, older_than))
        .limit(limit)
    )
    return _num(session, delete(WebhookDelivery).where(key.in_(due)).returning(WebhookDelivery.delivery_id))


def forget_callbacks(session: Session, *, older_than: timedelta, limit: int) -> int:
    """Delete callbacks that were told, or given up, long ago, with the jobs that told them."""
    due = (
        select(Callback.id)
        .where(Callback.created_at < func.now() - older_than, ~_is_busy(Job.callback_id == Callback.id, older_than))
        .limit(limit)
    )
    return _num(session, delete(Callback).where(Callback.id.in_(due)).returning(Callback.id))


def _is_busy(is_its: ColumnElement[bool], older_than: timedelta) -> ColumnElement[bool]:
    """A job of it waits, runs, or ended not so long ago."""
    return exists().where(is_its, or_(Job.finished_at.is_(None), Job.finished_at >= func.now() - older_than))


def _num(session: Session, deletion: ReturningDelete[Any]) -> int:
    return len(session.execute(deletion).all())
