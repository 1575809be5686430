"""Amazon SNS: the confirmation that a topic may send us its events; it brings no conversation.

https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html
"""

from collections.abc import Iterable, Mapping

from summarizer.fetchers.access import Access, Fetched, answer, content, named
from summarizer.fetchers.failures import Unfetchable, WhyNotFetched
from summarizer.signatures.sns import is_amazons


def fetch(resource: Mapping[str, str], access: Access) -> Iterable[Fetched]:
    """Nothing, once the subscription is confirmed; no other host than Amazon's is asked."""
    link = named(resource, "subscribe_url")
    if not is_amazons(link):
        raise Unfetchable(WhyNotFetched.NOT_PERMITTED)
    content(answer(access, link))
    return ()
