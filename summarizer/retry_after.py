"""What a `Retry-After` header asks for (RFC 9110, 10.2.3)."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

MAX_WAIT = timedelta(days=1)


def retry_after(text: str | None, *, now: datetime) -> timedelta | None:
    """The wait from seconds or from a date, at most a day; None when the header is not there or cannot be read."""
    if text is None:
        return None
    try:
        wait = timedelta(seconds=int(text)) if text.isdecimal() else parsedate_to_datetime(text) - now
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, timedelta(0)), MAX_WAIT)
