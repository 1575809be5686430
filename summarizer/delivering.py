"""Running a job to deliver: one event is told to one endpoint, signed, and tried again for three days."""

import json
import random
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy.orm import Session

from summarizer import endpoints as use_cases
from summarizer import ids, tracing
from summarizer.courier import Courier
from summarizer.errors import AddressForbidden
from summarizer.events import Event
from summarizer.kinds import Kind
from summarizer.log import logger
from summarizer.metrics import couriers as counted
from summarizer.retry_after import retry_after
from summarizer.shapes import SHAPES, Told
from summarizer.signatures import standard
from summarizer.store import audit, callbacks, endpoints, jobs, transcripts
from summarizer.store.jobs import CallbackLease
from summarizer.store.tables import Callback, Endpoint
from summarizer.telling import told
from summarizer.verdict import Again, Because, Dead, Done, Failure, failure_of, judge

AT_ONCE = 4  #: callbacks that one endpoint is told at the same time
PATIENCE = timedelta(days=5)  #: with an endpoint that only fails
MAX_ANSWER_BYTES = 65_536  #: are read; the status is all that counts
TEST_DATA = {"message": "This is a test: nothing happened."}
_RESULTS = {Done: "told", Again: "retry", Dead: "dead"}  #: as metrics name them


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A callback in our hands, to whom it goes, and what there is to be told."""

    lease: CallbackLease
    callback: Callback
    endpoint: Endpoint
    told: Told | None  #: None: a test


@dataclass(frozen=True, slots=True)
class _Answered:
    """What came of an attempt: a status, or why there is none."""

    outcome: int | Failure
    seconds: float
    retry_after: timedelta | None = None


def run(courier: Courier, tenant_id: UUID, job_id: UUID) -> None:
    """Run one attempt of one job to deliver."""
    claimed = _claim(courier, tenant_id, job_id)
    if claimed is None:
        return
    held = claimed.lease
    with tracing.attempt(Kind.DELIVER, held.origin, tenant_id=tenant_id, job_id=job_id, number=held.attempt):
        _record(courier, claimed, _answered(courier, claimed))


def _claim(courier: Courier, tenant_id: UUID, job_id: UUID) -> _Claimed | None:
    settings = courier.settings
    with courier.database.begin(tenant_id) as session:
        held = jobs.claim_delivery(
            session,
            tenant_id,
            job_id,
            owner=courier.owner,
            lease=settings.lease,
            max_attempts=settings.max_deliveries,
            at_once=AT_ONCE,
        )
        if held is None:
            return None
        callback, endpoint = callbacks.with_endpoint(session, held.callback_id)
        if endpoint.disabled_at is not None:
            if jobs.fail(session, held, reason=Failure.DISABLED):
                _note_outcome(session, held, Dead(Failure.DISABLED))
            callbacks.note_attempt(session, callback.id, status=None, failure=Failure.DISABLED, seconds=None)
            counted.count_delivery("disabled")
            return None
        return _Claimed(held, callback, endpoint, _told(session, callback))


def _told(session: Session, callback: Callback) -> Told | None:
    """What the rows say now of the revision that the callback is about."""
    if callback.conversation_id is None or callback.revision is None:
        return None
    conversation, revision, summary = callbacks.about(session, callback)
    status = jobs.latest(session, conversation.id, revision.revision)
    is_edit = callback.event == Event.EDITED
    return told(
        conversation.id,
        external_id=conversation.external_id,
        revision=revision.revision,
        transcript=transcripts.opened(session, revision),
        created_at=revision.created_at,
        summary=summary,
        edit=callbacks.edit_of(session, callback) if is_edit else None,
        reason=None if summary is not None or status is None else status.reason,
    )


def _answered(courier: Courier, claimed: _Claimed) -> _Answered:
    """What came of telling, whatever it raised."""
    started = time.monotonic()
    try:
        with courier.holding(claimed.lease):
            return _tell(courier, claimed)
    except Exception as error:  # what is told may hold what people said, so only the error's name is logged
        logger(__name__).error("callback broke", job_id=str(claimed.lease.job_id), error=type(error).__name__)
        return _Answered(Failure.INTERNAL, time.monotonic() - started)


def _tell(courier: Courier, claimed: _Claimed) -> _Answered:
    """Sign and send, outside any transaction."""
    endpoint, callback = claimed.endpoint, claimed.callback
    now = datetime.now(UTC)
    shape = SHAPES[endpoint.shape]
    raw = body(callback, data=TEST_DATA if claimed.told is None else shape.write(claimed.told))
    secrets = use_cases.opened(endpoint, courier.settings).live(now)
    headers = standard.sign(ids.public(ids.CALLBACK, callback.id), raw, secrets=secrets, at=now)
    return _post(courier.client, endpoint.url, raw, headers=headers | {"Content-Type": "application/json"})


def body(callback: Callback, *, data: dict[str, Any]) -> bytes:
    """The envelope of Standard Webhooks. It asks for less than 20 kB; we leave nothing out to get there."""
    said = {"type": callback.event, "timestamp": callback.created_at.isoformat(), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _post(client: httpx.Client, url: str, raw: bytes, *, headers: dict[str, str]) -> _Answered:
    started = time.monotonic()
    try:
        with client.stream("POST", url, content=raw, headers=headers) as response:
            with suppress(httpx.HTTPError):  # it has said whether it took the callback
                _skim(response.iter_raw())
            wait = retry_after(response.headers.get("retry-after"), now=datetime.now(UTC))
            return _Answered(response.status_code, time.monotonic() - started, wait)
    except (httpx.HTTPError, AddressForbidden) as error:
        return _Answered(_failure(error), time.monotonic() - started)


def _skim(chunks: Iterator[bytes]) -> None:
    """Read what a small answer says, so that its sender is not cut off, and no more."""
    num_read = 0
    for chunk in chunks:
        num_read += len(chunk)
        if num_read >= MAX_ANSWER_BYTES:
            return


def _failure(error: httpx.HTTPError | AddressForbidden) -> Failure:
    causes = list(_causes(error))
    kinds: list[tuple[type[BaseException], Failure]] = [
        (AddressForbidden, Failure.ADDRESS_REFUSED),
        (ssl.SSLError, Failure.TLS),
        (socket.gaierror, Failure.UNRESOLVED),
        (httpx.TimeoutException, Failure.TIMEOUT),
        (httpx.NetworkError, Failure.CONNECT),
    ]
    return next((failure for kind, failure in kinds if any(isinstance(one, kind) for one in causes)), Failure.PROTOCOL)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _record(courier: Courier, claimed: _Claimed, answered: _Answered) -> None:
    """Write what came of the attempt, unless another one has begun meanwhile."""
    held, endpoint_id = claimed.lease, claimed.endpoint.id
    verdict = judge(
        answered.outcome,
        attempt=held.attempt,
        max_attempts=courier.settings.max_deliveries,
        retry_after=answered.retry_after,
        chance=random.random(),
    )
    disabled: Because | None = None
    with courier.database.begin(held.tenant_id) as session:
        endpoints.find(session, endpoint_id, lock=True)  # before the job, in which order claims lock them too
        if is_ours := _move(session, held, verdict):
            status = None if isinstance(answered.outcome, Failure) else int(answered.outcome)
            failure = answered.outcome if isinstance(answered.outcome, Failure) else failure_of(answered.outcome)
            callbacks.note_attempt(session, held.callback_id, status=status, failure=failure, seconds=answered.seconds)
            disabled = _note_endpoint(session, held, endpoint_id, verdict)
            _note_outcome(session, held, verdict)
    _trace(answered.outcome)
    counted.count_delivery(_RESULTS[type(verdict)] if is_ours else "late", seconds=answered.seconds)
    if disabled is not None:
        counted.count_disabled(disabled)
    logger(__name__).info(
        "callback attempted" if is_ours else "late callback",
        job_id=str(held.job_id),
        host=httpx.URL(claimed.endpoint.url).host,
        attempt=held.attempt,
        outcome=str(answered.outcome),
        seconds=round(answered.seconds, 3),
    )


def _trace(outcome: int | Failure) -> None:
    if isinstance(outcome, Failure):
        tracing.fail(outcome)
        return
    tracing.say(status=int(outcome))
    if (failure := failure_of(outcome)) is not None:
        tracing.fail(failure)


def _move(session: Session, held: CallbackLease, verdict: Done | Again | Dead) -> bool:
    """The job's next state; False when the lease was lost."""
    match verdict:
        case Done():
            return jobs.complete(session, held)
        case Again(delay=delay):
            return jobs.retry(session, held, delay=delay)
        case Dead(failure=failure):
            return jobs.fail(session, held, reason=failure)


def _note_outcome(session: Session, held: CallbackLease, verdict: Done | Again | Dead) -> None:
    """What left the service, and what never will, stands in the audit."""
    if not isinstance(verdict, Again):
        action = "callback.deliver" if isinstance(verdict, Done) else "callback.fail"
        audit.note(session, held.tenant_id, actor="courier", action=action, subject=str(held.callback_id))


def _note_endpoint(
    session: Session, held: CallbackLease, endpoint_id: UUID, verdict: Done | Again | Dead
) -> Because | None:
    """An endpoint that is gone, or has failed for days, is told nothing more; why, if it is disabled by this."""
    if isinstance(verdict, Done):
        endpoints.note_success(session, endpoint_id)
        return None
    is_hopeless = endpoints.note_failure(session, endpoint_id, patience=PATIENCE)
    because = verdict.disables if isinstance(verdict, Dead) else None
    because = because or (Because.FAILING if is_hopeless else None)
    if because is not None and endpoints.disable(session, endpoint_id, because):
        audit.note(session, held.tenant_id, actor="courier", action="endpoint.disable", subject=str(endpoint_id))
        return because
    return None
