"""How many requests of each tenant are served: a bucket of tokens for each, in each process.

A bucket fills at the tenant's rate and holds no more than a burst; a request takes a token or is refused.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from summarizer.errors import TooManyRequests
from summarizer.settings import Settings


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many tokens there were at a time, in seconds of the clock."""

    tokens: float
    at: float

    def filled(self, now: float, *, per_second: float, most: float) -> "Bucket":
        """The bucket as it is now."""
        return Bucket(min(most, self.tokens + (now - self.at) * per_second), now)


class Rates:
    """Counts the requests of tenants; who they are was proven before."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = settings.requests_per_second
        self._burst_seconds = settings.request_burst / settings.requests_per_second
        self._clock = clock
        self._buckets: dict[UUID, Bucket] = {}
        self._changed = threading.Lock()  # guards the buckets

    def count(self, tenant_id: UUID, *, per_second: float | None) -> None:
        """One more request, at the tenant's own rate if it has one; raises TooManyRequests."""
        per_second = self._per_second if per_second is None else per_second
        most = max(1.0, per_second * self._burst_seconds)
        with self._changed:
            now = self._clock()
            bucket = self._buckets.get(tenant_id, Bucket(most, now)).filled(now, per_second=per_second, most=most)
            is_served = bucket.tokens >= 1
            self._buckets[tenant_id] = Bucket(bucket.tokens - 1, now) if is_served else bucket
        if not is_served:
            raise TooManyRequests(timedelta(seconds=(1 - bucket.tokens) / per_second))
