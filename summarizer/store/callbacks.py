"""Callbacks: one event for one endpoint each, and the jobs that tell them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Select, Text, and_, func, insert, literal, null, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session, aliased

from summarizer.kinds import Kind
from summarizer.store.cursor import Cursor
from summarizer.store.tables import Callback, Conversation, Edit, Endpoint, Job, Revision, Summary
from summarizer.tracing import traceparent
from summarizer.verdict import Failure

OVER = ("succeeded", "failed")  #: states of jobs after which a callback may be replayed


@dataclass(frozen=True, slots=True)
class Tracked:
    """A callback and its newest job."""

    callback: Callback
    job: Job


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of callbacks is narrowed to; None does not narrow."""

    endpoint_id: UUID | None = None
    state: str | None = None
    event: str | None = None


def add(
    session: Session,
    tenant_id: UUID,
    *,
    endpoint_ids: Sequence[UUID],
    event: str,
    subject: str,
    conversation_id: UUID | None = None,
    revision: int | None = None,
) -> list[UUID]:
    """A callback for each endpoint that has none about this subject yet; the new ones."""
    if not endpoint_ids:
        return []
    about = {"event": event, "subject": subject, "conversation_id": conversation_id, "revision": revision}
    rows = [{"id": uuid4(), "tenant_id": tenant_id, "endpoint_id": one, **about} for one in endpoint_ids]
    return list(session.scalars(upsert(Callback).values(rows).on_conflict_do_nothing().returning(Callback.id)))


def with_endpoint(session: Session, callback_id: UUID) -> tuple[Callback, Endpoint]:
    """A callback that is to be told, and to whom."""
    callback, endpoint = session.execute(
        select(Callback, Endpoint).join(Endpoint, Endpoint.id == Callback.endpoint_id).where(Callback.id == callback_id)
    ).one()
    return callback, endpoint


def about(session: Session, callback: Callback) -> tuple[Conversation, Revision, Summary | None]:
    """The revision that a callback is about, and its summary if it has one."""
    conversation, revision, summary = session.execute(
        select(Conversation, Revision, Summary)
        .join(Revision, Revision.conversation_id == Conversation.id)
        .join(
            Summary,
            and_(
                Summary.conversation_id == Revision.conversation_id,
                Summary.revision == Revision.revision,
                Summary.is_current,
            ),
            isouter=True,
        )
        .where(Conversation.id == callback.conversation_id, Revision.revision == callback.revision)
    ).one()
    return conversation, revision, summary


def edit_of(session: Session, callback: Callback) -> Edit:
    """What a person made of the summary, in the version whose number ends the callback's subject."""
    version = int(callback.subject.rpartition("/")[2])
    return session.scalars(
        select(Edit).where(Edit.conversation_id == callback.conversation_id, Edit.version == version)
    ).one()


def note_attempt(
    session: Session, callback_id: UUID, *, status: int | None, failure: Failure | None, seconds: float | None
) -> None:
    """How the last attempt went; without seconds there was none."""
    session.execute(
        update(Callback)
        .where(Callback.id == callback_id)
        .values(status=status, failure=failure, seconds=seconds)
        .values({} if seconds is None else {Callback.attempted_at: func.now()})
    )


def find(session: Session, callback_id: UUID) -> Tracked | None:
    """The callback with this id, None if this tenant has no such one."""
    statement = _tracked().where(Callback.id == callback_id).execution_options(populate_existing=True)
    row = session.execute(statement).one_or_none()
    return None if row is None else Tracked(*row)


def page(session: Session, wanted: Wanted, *, after: Cursor | None, limit: int) -> list[Tracked]:
    """Up to `limit` callbacks, newest first."""
    statement = _tracked().order_by(Callback.created_at.desc(), Callback.id.desc()).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(Callback.created_at, Callback.id) < tuple_(after.created_at, after.id))
    if wanted.endpoint_id is not None:
        statement = statement.where(Callback.endpoint_id == wanted.endpoint_id)
    if wanted.state is not None:
        statement = statement.where(Job.state == wanted.state)
    if wanted.event is not None:
        statement = statement.where(Callback.event == wanted.event)
    return [Tracked(*row) for row in session.execute(statement)]


def hasten(session: Session, job_id: UUID) -> None:
    """Let a waiting job be due now."""
    session.execute(update(Job).where(Job.id == job_id, Job.state == "queued").values(due_at=func.now()))


def replay(
    session: Session,
    endpoint_id: UUID,
    *,
    since: datetime | None,
    until: datetime | None,
    only_failed: bool,
) -> int:
    """New jobs for all callbacks of a time that are over; the sweeper rings for them. How many there are."""
    conditions = [Callback.endpoint_id == endpoint_id, Job.state.in_(("failed",) if only_failed else OVER)]
    conditions += [] if since is None else [Callback.created_at >= since]
    conditions += [] if until is None else [Callback.created_at < until]
    ids = (
        _tracked()
        .where(*conditions)
        .with_only_columns(
            func.gen_random_uuid(),
            Callback.tenant_id,
            Callback.id,
            literal(str(Kind.DELIVER)),
            null(),
            literal(traceparent(), Text()),
        )
    )
    columns = ["id", "tenant_id", "callback_id", "kind", "sent_at", "trace"]
    done = session.execute(insert(Job).from_select(columns, ids, include_defaults=False).returning(Job.id))
    return len(done.all())


def _tracked() -> Select[Callback, Job]:
    """Every callback with the newest of its jobs."""
    newer = aliased(Job)
    newest = (
        select(newer.id)
        .where(newer.callback_id == Callback.id)
        .order_by(newer.created_at.desc(), newer.id)
        .limit(1)
        .correlate(Callback)
        .scalar_subquery()
    )
    return select(Callback, Job).join(Job, Job.id == newest)
