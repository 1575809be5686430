"""Reading what a platform's event only names: one file for each platform, and their table.

`fetch` gives conversations, or raises NotFetched and whatever `formats` raises for a document that is no transcript.
Adding a platform is one file with `fetch` and one row.
"""

from collections.abc import Callable, Iterable, Mapping

from summarizer.fetchers import amazon, genesys, twilio, zoom
from summarizer.fetchers.access import Access, Fetched

Fetch = Callable[[Mapping[str, str], Access], Iterable[Fetched]]

FETCHERS: Mapping[str, Fetch] = {
    "amazon": amazon.fetch,
    "genesys": genesys.fetch,
    "twilio": twilio.fetch,
    "zoom": zoom.fetch,
}
