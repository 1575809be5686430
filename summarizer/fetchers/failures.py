"""Why a transcript was not fetched, as a tree.

NotFetched
├── Unfetchable     another attempt would end the same
└── TryLater        the way there is closed for now
    └── NotYet      the platform has no transcript yet
"""

from datetime import timedelta
from enum import StrEnum

from summarizer.errors import SummarizerError


class WhyNotFetched(StrEnum):
    """What stands in a failed job."""

    NOT_FOUND = "not_found"  #: the platform has no such transcript, or had none in all the time we waited
    NOT_PERMITTED = "not_permitted"  #: the source's credentials are missing or refused
    UNREADABLE = "unreadable"  #: what came is no transcript, or larger than we take
    PLATFORM_FAILED = "platform_failed"  #: the platform says so, or does what its API does not promise
    UNREACHABLE = "unreachable"  #: no answer, or one that asks for patience, at every attempt
    WORKER_LOST = "worker_lost"  #: the courier died at every attempt


class NotFetched(SummarizerError):
    """What an event names was not fetched; says a code and nothing that a platform answered."""

    def __init__(self, reason: WhyNotFetched) -> None:
        super().__init__(reason)
        self.reason = reason


class Unfetchable(NotFetched):
    """Another attempt would end the same."""


class TryLater(NotFetched):
    """Another attempt may do better, and not before `retry_after` where the platform says so."""

    def __init__(self, reason: WhyNotFetched, *, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class NotYet(TryLater):
    """The platform has no transcript yet."""

    def __init__(self) -> None:
        super().__init__(WhyNotFetched.NOT_FOUND)
