"""What an endpoint may be told of."""

from enum import StrEnum


class Event(StrEnum):
    """What happened."""

    COMPLETED = "summary.completed"
    FAILED = "summary.failed"  #: there will be no summary, for a reason
    EDITED = "summary.edited"
    TEST = "endpoint.test"  #: nothing; somebody wants to see a callback arrive


SUBSCRIBABLE = (Event.COMPLETED, Event.FAILED, Event.EDITED)
