"""What an attempt to tell an endpoint means: done, again after a while, or never again. Standard Webhooks 1.0.0."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

SCHEDULE = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)  #: between attempts: three days in all
JITTER = 0.2
THROTTLED = (429, 502, 503, 504)


class Failure(StrEnum):
    """Why an endpoint was not told."""

    TIMEOUT = "timeout"  #: it did not answer in time
    UNRESOLVED = "unresolved"  #: its name has no address
    CONNECT = "connect"  #: nobody listens there, or the connection broke
    TLS = "tls"  #: its certificate or its TLS is not good
    ADDRESS_REFUSED = "address_refused"  #: its name stands for an address that we do not call
    PROTOCOL = "protocol"  #: what it answers is not HTTP
    REDIRECT = "redirect"  #: it sends us elsewhere, where we do not go
    STATUS = "status"  #: it answered, but not with 2xx
    GONE = "gone"  #: it answered 410
    DISABLED = "endpoint_disabled"  #: it was disabled before it was told
    INTERNAL = "internal"  #: we could not say it


class Because(StrEnum):
    """Why an endpoint is disabled."""

    REQUESTED = "requested"  #: its tenant said so
    GONE = "gone"  #: it answered 410
    FAILING = "failing"  #: it failed for days, and never once succeeded


@dataclass(frozen=True, slots=True)
class Done:
    """The endpoint knows."""


@dataclass(frozen=True, slots=True)
class Again:
    """It will be tried again."""

    failure: Failure
    delay: timedelta


@dataclass(frozen=True, slots=True)
class Dead:
    """It is not tried again unless a person asks; `disables` is why the endpoint is told nothing more."""

    failure: Failure
    disables: Because | None = None


def judge(
    outcome: int | Failure, *, attempt: int, max_attempts: int, retry_after: timedelta | None, chance: float
) -> Done | Again | Dead:
    """What the attempt of this number, counted from 1, means; `outcome` is its status or why there is none.

    `chance`, from 0 to 1, spreads the next attempt. An endpoint that asks for time gets it, but is not asked earlier
    than planned, or it would use up its attempts.
    """
    failure = outcome if isinstance(outcome, Failure) else failure_of(outcome)
    if failure is None:
        return Done()
    if failure is Failure.GONE:
        return Dead(failure, disables=Because.GONE)
    if attempt >= min(max_attempts, len(SCHEDULE) + 1):
        return Dead(failure)
    delay = SCHEDULE[attempt - 1] * (1 + JITTER * (2 * chance - 1))
    if retry_after is not None and outcome in THROTTLED:
        delay = max(delay, retry_after)
    return Again(failure, delay)


def failure_of(status: int) -> Failure | None:
    """What is wrong about an answer, None if nothing is."""
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return Failure.REDIRECT
    return Failure.GONE if status == 410 else Failure.STATUS
