"""The kinds of jobs, what they are about, and who does them."""

from enum import StrEnum


class Kind(StrEnum):
    """What a job asks for."""

    SUMMARIZE = "summarize"  #: one revision of a conversation, now
    BACKFILL = "backfill"  #: the same, after everything that is live
    FETCH = "fetch"  #: the transcript that a platform's event only names
    DELIVER = "deliver"  #: one event, to one endpoint


SUMMARIES = (Kind.SUMMARIZE, Kind.BACKFILL)
COURIERS = (Kind.FETCH, Kind.DELIVER)  #: they wait for other machines, and no model
