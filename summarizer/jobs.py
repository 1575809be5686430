"""Running jobs: claim one, summarize outside any transaction, write the result if the lease still holds."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from itertools import chain
from uuid import UUID

from sqlalchemy.orm import Session

from summarizer import templates, tracing
from summarizer.budget import Plan
from summarizer.callbacks import announce
from summarizer.conversation import Conversation
from summarizer.errors import DeadlineExceeded, DeviceLost, GeneratorStopped, ModelFailure
from summarizer.events import Event
from summarizer.formats import canonical
from summarizer.generate import NO_PATIENCE, Generator
from summarizer.kinds import SUMMARIES, Kind
from summarizer.log import logger
from summarizer.metrics import jobs as counted
from summarizer.metrics import money, quality
from summarizer.resting import Resting
from summarizer.settings import Settings
from summarizer.spending import planned, spent
from summarizer.store import audit, conversations, costs, jobs, summaries, tenants
from summarizer.store.database import Database
from summarizer.store.jobs import Lease, Lost, RevisionLease, Waiting
from summarizer.submit import Bell, ring
from summarizer.summary import NoSummary, Summary
from summarizer.suspects import Suspects
from summarizer.tariff import Tariff
from summarizer.template import Template
from summarizer.writing import Taken, Written, write

FIRST_RETRY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Work:
    """What it takes to run a job: who works, with which model, and how to keep the lease meanwhile."""

    database: Database
    bell: Bell  #: tells couriers what is to be told
    serving: Callable[[str, UUID], AbstractContextManager[Generator]]  #: a backend for a job, open until that is done
    owner: str
    settings: Settings
    holding: Callable[[Lease], AbstractContextManager[None]]
    suspects: Suspects = field(default_factory=Suspects)
    resting: Resting = field(default_factory=Resting)
    tariff: Tariff = field(default_factory=Tariff)  #: of the backends that may be chosen


def run(work: Work, tenant_id: UUID, job_id: UUID) -> None:
    """Run one attempt of one job. The row says whether there is anything to do, and who may finish it.

    A job that was tried before waits until no other such job runs in this process. Raises DeviceLost, the job given
    back: then this process has to end.
    """
    if _attempt(work, tenant_id, job_id, is_suspect=False):
        return
    with work.database.begin(tenant_id) as session:
        is_suspect = jobs.is_suspect(session, job_id)
    if is_suspect and work.suspects.run(partial(_attempt, work, is_suspect=True), tenant_id, job_id):
        with work.database.begin(tenant_id) as session:
            jobs.wait_anew(session, job_id)
    counted.IDLE.inc(not is_suspect)


def give_up(work: Work, held: RevisionLease) -> None:
    """An attempt took longer than one may: it is over, whatever its thread still does."""
    _retry_or_fail(work, held, reason=NoSummary.DEADLINE_EXCEEDED)


def hand_back(work: Work, held: Lease) -> None:
    """This process ends before the work does; the attempt does not count, and the sweeper rings for another."""
    with work.database.begin(held.tenant_id) as session:
        jobs.hand_back(session, held)
    if isinstance(held, RevisionLease):
        counted.count_attempt(held.kind, "handed_back")


def _attempt(work: Work, tenant_id: UUID, job_id: UUID, *, is_suspect: bool) -> bool:
    """Whether there was anything to do; only a suspect may have been tried before."""
    claimed = _claim(work, tenant_id, job_id, is_suspect=is_suspect)
    if claimed is None:
        counted.IDLE.inc(is_suspect)  # else it is tried as a suspect
        return False
    held = claimed.lease
    with tracing.attempt(held.kind, held.origin, tenant_id=tenant_id, job_id=job_id, number=held.attempt):
        _try(work, claimed)
    return True


def sweep(database: Database, bell: Bell, *, stale_after: timedelta, max_attempts: Mapping[Kind, int]) -> int:
    """Ring again for every job that nobody works on; how many there were."""
    with database.begin(None) as session:
        tenant_ids = tenants.all_ids(session)
    silent = bell.silent()
    num_requeued = 0
    for tenant_id in tenant_ids:
        with database.begin(tenant_id) as session:
            lost = jobs.fail_abandoned(session, max_attempts=max_attempts)
            for one in lost:
                subject = f"{one.conversation_id}/{one.revision}"
                audit.note(session, tenant_id, actor="sweeper", action="summary.fail", subject=subject)
            told = [_tell_lost(session, tenant_id, one) for one in lost]
            stale = jobs.requeue_stale(session, stale_after=stale_after, silent=silent)
        ring(bell, tenant_id, [*chain.from_iterable(told), *stale])
        num_requeued += len(stale)
        counted.ABANDONED.inc(len(lost))
        for waiting in stale:
            counted.count_requeued(waiting.kind)
    return num_requeued


def most_attempts(settings: Settings) -> dict[Kind, int]:
    """How often each kind of job is tried."""
    return dict.fromkeys(SUMMARIES, settings.max_attempts) | {
        Kind.FETCH: settings.max_fetches,
        Kind.DELIVER: settings.max_deliveries,
    }


def retry_delay(attempt: int, *, max_attempts: int) -> timedelta | None:
    """How long to wait after this failed attempt, counted from 1; None after the last."""
    return FIRST_RETRY * 3 ** (attempt - 1) if attempt < max_attempts else None


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A job in our hands, what it is about, and how its tenant wants it."""

    lease: RevisionLease
    conversation: Conversation
    template_id: UUID | None
    template: Template
    plan: Plan


def _try(work: Work, claimed: _Claimed) -> None:
    """Write, and record what came of it; raises DeviceLost, the job given back."""
    held = claimed.lease
    taken: list[Taken] = []
    try:
        with work.holding(held):
            written = _write(work, claimed, taken)
    except GeneratorStopped:
        hand_back(work, held)
    except DeviceLost:
        _retry_or_fail(work, held, reason=NoSummary.MODEL_FAILURE)
        raise
    except DeadlineExceeded:
        _retry_or_fail(work, held, reason=NoSummary.DEADLINE_EXCEEDED)
    except ModelFailure as error:
        logger(__name__).warning("model failure", job_id=str(held.job_id), error=type(error).__name__)
        _retry_or_fail(work, held, reason=NoSummary.MODEL_FAILURE)
    except Exception:
        logger(__name__).exception("job broke", job_id=str(held.job_id))
        _retry_or_fail(work, held, reason=NoSummary.MODEL_FAILURE)
    else:
        _finish(work, claimed, written, taken=taken)
        return
    _charge(work, claimed, taken)


def _claim(work: Work, tenant_id: UUID, job_id: UUID, *, is_suspect: bool) -> _Claimed | None:
    settings = work.settings
    with work.database.begin(tenant_id) as session:
        held = jobs.claim(
            session,
            tenant_id,
            job_id,
            owner=work.owner,
            lease=settings.lease,
            max_attempts=settings.max_attempts if is_suspect else 1,
        )
        if held is None:
            return None
        transcript = conversations.transcript(session, held.conversation_id, held.revision)
        conversation = canonical.from_document(transcript)
        template_id, template = templates.counting(session, queue=conversation.queue)
        default = settings.default_backends
        plan = planned(session, tenant_id, work.tariff, queue=conversation.queue, default=default)
    return _Claimed(held, conversation, template_id, template, plan)


def _write(work: Work, claimed: _Claimed, taken: list[Taken]) -> Written:
    held = claimed.lease
    return write(
        claimed.conversation,
        claimed.template,
        claimed.plan,
        tracing.traced(lambda backend: work.serving(backend, held.job_id), work.tariff.specs),
        patience=work.settings.backfill_patience if held.kind == Kind.BACKFILL else NO_PATIENCE,
        resting=work.resting,
        taken=taken,
    )


def _finish(work: Work, claimed: _Claimed, written: Written, *, taken: list[Taken]) -> None:
    """Write the result, unless another attempt has begun meanwhile."""
    held, summary = claimed.lease, written.summary
    came_to = spent(work.tariff, taken) if summary.reason is None else []  # nobody was asked
    event = Event.COMPLETED if summary.reason is None else Event.FAILED
    to_ring: list[Waiting] = []
    with work.database.begin(held.tenant_id) as session:
        if summary.reason is not None:
            is_ours = jobs.fail(session, held, reason=summary.reason)
        elif is_ours := jobs.complete(session, held):
            summaries.write_current(
                session, held, summary, spent=came_to[-1], because=written.because, template_id=claimed.template_id
            )
        if is_ours:
            _note(session, held, action="summary.complete" if summary.reason is None else "summary.fail")
            to_ring = announce(session, held.tenant_id, event, held.conversation_id, held.revision)
        else:  # it took what it took, but nobody sees a summary
            came_to = [replace(one, is_summary=False) for one in came_to]
        costs.add(session, held.tenant_id, queue=claimed.conversation.queue, spent=came_to)
    ring(work.bell, held.tenant_id, to_ring)
    money.count(came_to)
    tracing.say(outcome=summary.reason or summary.kind or "none" if is_ours else "late")
    if is_ours:
        counted.count_finished(held.kind, reason=summary.reason, seconds=time.monotonic() - held.accepted)
        _count(summary, written)
    else:
        counted.count_attempt(held.kind, "refused")
        logger(__name__).warning("late result refused", job_id=str(held.job_id), attempt=held.attempt)


def _retry_or_fail(work: Work, held: RevisionLease, *, reason: NoSummary) -> None:
    tracing.fail(reason)
    delay = retry_delay(held.attempt, max_attempts=work.settings.max_attempts)
    to_ring: list[Waiting] = []
    with work.database.begin(held.tenant_id) as session:
        if delay is not None:
            is_ours = jobs.retry(session, held, delay=delay)
        elif is_ours := jobs.fail(session, held, reason=reason):
            _note(session, held, action="summary.fail")
            to_ring = announce(session, held.tenant_id, Event.FAILED, held.conversation_id, held.revision)
    ring(work.bell, held.tenant_id, to_ring)
    if is_ours and delay is None:
        counted.count_finished(held.kind, reason=reason, seconds=time.monotonic() - held.accepted)
        quality.count_refusal(reason)
    else:
        counted.count_attempt(held.kind, "retried" if is_ours else "refused")


def _charge(work: Work, claimed: _Claimed, taken: list[Taken]) -> None:
    """What came to nothing has its price as well."""
    if taken:
        came_to = spent(work.tariff, taken)
        with work.database.begin(claimed.lease.tenant_id) as session:
            costs.add(session, claimed.lease.tenant_id, queue=claimed.conversation.queue, spent=came_to)
        money.count(came_to)


def _count(summary: Summary, written: Written) -> None:
    by = written.taken
    quality.count(summary, backend=by.backend, model_version=by.model_version, because=written.because)


def _tell_lost(session: Session, tenant_id: UUID, lost: Lost) -> list[Waiting]:
    """In the trace of the request whose job it was."""
    with tracing.resumed(lost.trace):
        return announce(session, tenant_id, Event.FAILED, lost.conversation_id, lost.revision)


def _note(session: Session, held: RevisionLease, *, action: str) -> None:
    subject = f"{held.conversation_id}/{held.revision}"
    audit.note(session, held.tenant_id, actor="worker", action=action, subject=subject)
