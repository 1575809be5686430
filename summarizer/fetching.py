"""Running a job to fetch: what a platform's event only named is read from the platform's API and submitted.

Two short transactions, claim and submit; the platform is asked between them, inside none.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from time import monotonic
from uuid import UUID

from summarizer import tracing, vault
from summarizer.courier import Courier
from summarizer.errors import InvalidJson, InvalidTranscript, Unavailable, UnknownFormat
from summarizer.fetchers import FETCHERS
from summarizer.fetchers.access import Access, Fetched
from summarizer.fetchers.failures import NotFetched, TryLater, Unfetchable, WhyNotFetched
from summarizer.kinds import Kind
from summarizer.log import logger
from summarizer.metrics.couriers import count_fetch
from summarizer.retry_after import MAX_WAIT
from summarizer.settings import Settings
from summarizer.store import audit, jobs, webhooks
from summarizer.store.jobs import FetchLease
from summarizer.store.webhooks import Thin
from summarizer.submit import submit_fetched

FETCH_SECONDS = 300.0  # for one attempt, however many pages it reads

_DELAYS = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 120, 600, 1800, 3600, 10800))


def run(courier: Courier, tenant_id: UUID, job_id: UUID) -> None:
    """Run one attempt of one job to fetch. The row says whether there is anything to do, and who may finish it."""
    claimed = _claim(courier, tenant_id, job_id)
    if claimed is None:
        return
    held, thin = claimed
    traced = tracing.attempt(Kind.FETCH, held.origin, tenant_id=tenant_id, job_id=job_id, number=held.attempt)
    with traced, courier.holding(held):
        try:
            fetched = _fetch(courier, thin)
        except NotFetched as error:
            _retry_or_fail(courier, held, error, platform=thin.platform)
        else:
            _submit(courier, held, fetched)
            count_fetch(thin.platform, "fetched")


def next_fetch(attempt: int, error: NotFetched, *, max_attempts: int) -> timedelta | None:
    """How long to wait after this failed attempt, counted from 1; None when it was the last or another is useless."""
    if not isinstance(error, TryLater) or attempt >= max_attempts:
        return None
    delay = _DELAYS[min(attempt, len(_DELAYS)) - 1]
    return min(max(delay, error.retry_after or delay), MAX_WAIT)


def _claim(courier: Courier, tenant_id: UUID, job_id: UUID) -> tuple[FetchLease, Thin] | None:
    settings = courier.settings
    with courier.database.begin(tenant_id) as session:
        held = jobs.claim_fetch(
            session,
            tenant_id,
            job_id,
            owner=courier.owner,
            lease=settings.lease,
            max_attempts=settings.max_fetches,
        )
        if held is None:
            return None
        thin = webhooks.thin(session, source_id=held.source_id, delivery_id=held.delivery_id)
    return None if thin is None else (held, thin)


def _fetch(courier: Courier, thin: Thin) -> tuple[Fetched, ...]:
    """All that the platform has; raises nothing but NotFetched."""
    try:
        fetch = FETCHERS.get(thin.platform)
        if fetch is None or thin.resource is None:
            raise Unfetchable(WhyNotFetched.NOT_FOUND)
        credentials = {} if thin.credentials is None else _opened(thin.credentials, courier.settings)
        access = Access(courier.client, credentials, thin.options, ends_at=monotonic() + FETCH_SECONDS)
        return tuple(fetch(_opened(thin.resource, courier.settings), access))
    except NotFetched:
        raise
    except InvalidJson:  # a proxy's page, or half an answer: the next one may be whole
        raise TryLater(WhyNotFetched.UNREADABLE) from None
    except (InvalidTranscript, UnknownFormat):
        raise Unfetchable(WhyNotFetched.UNREADABLE) from None
    except Unavailable:  # the master key is another one
        raise TryLater(WhyNotFetched.NOT_PERMITTED) from None
    except Exception as error:  # what is fetched may hold what people said, so only the error's name is logged
        logger(__name__).error("fetch broke", platform=thin.platform, error=type(error).__name__)
        raise TryLater(WhyNotFetched.PLATFORM_FAILED) from None


def _opened(sealed: bytes, settings: Settings) -> Mapping[str, str]:
    [text] = vault.unseal(sealed, master_key=settings.master_key)
    opened: dict[str, str] = json.loads(text)
    return opened


def _submit(courier: Courier, held: FetchLease, fetched: tuple[Fetched, ...]) -> None:
    if not submit_fetched(courier.database, courier.bell, held.tenant_id, fetched, held=held):
        logger(__name__).warning("late result refused", job_id=str(held.job_id), attempt=held.attempt)


def _retry_or_fail(courier: Courier, held: FetchLease, error: NotFetched, *, platform: str) -> None:
    tracing.fail(error.reason)
    delay = next_fetch(held.attempt, error, max_attempts=courier.settings.max_fetches)
    logger(__name__).info(
        "not fetched", job_id=str(held.job_id), attempt=held.attempt, reason=error.reason, is_last=delay is None
    )
    with courier.database.begin(held.tenant_id) as session:
        if delay is None:
            if jobs.fail(session, held, reason=error.reason):
                subject = str(held.job_id)
                audit.note(session, held.tenant_id, actor="courier", action="fetch.fail", subject=subject)
        else:
            jobs.retry(session, held, delay=delay)
    count_fetch(platform, "failed" if delay is None else "retry", reason=error.reason)
