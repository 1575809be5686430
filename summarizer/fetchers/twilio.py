"""Twilio Conversational Intelligence v2: the transcript, and its sentences page by page.

https://www.twilio.com/docs/conversational-intelligence/api/transcript-sentence-resource
"""

import json
from collections.abc import Iterator, Mapping

import httpx

from summarizer import formats
from summarizer.fetchers.access import MAX_BYTES, Access, Fetched, answer, content, identifier, named, parsed
from summarizer.fetchers.failures import NotYet, Unfetchable, WhyNotFetched
from summarizer.formats import twilio
from summarizer.formats.node import Node

BASE = "https://intelligence.twilio.com"
PAGE_SIZE = 1000
MAX_PAGES = 1000

_FAILED = {"failed", "canceled", "error"}


def fetch(resource: Mapping[str, str], access: Access) -> Iterator[Fetched]:
    """The one conversation of a transcript; raises NotYet until Twilio has completed it."""
    base = access.address("base_url", BASE)
    address = f"{base}/v2/Transcripts/{identifier(named(resource, 'transcript_sid'))}"
    transcript = Node.of(_get(access, address), what="a Twilio transcript")
    status = transcript.text("status")
    if status in _FAILED:
        raise Unfetchable(WhyNotFetched.PLATFORM_FAILED)
    if status != "completed":
        raise NotYet
    pages = [page.fields for page in _pages(access, f"{address}/Sentences?PageSize={PAGE_SIZE}", base=parsed(base))]
    whole = json.dumps(twilio.merged(transcript.fields, pages))
    yield Fetched(formats.read(whole.encode(), "twilio"))


def _pages(access: Access, first: str, *, base: httpx.URL) -> Iterator[Node]:
    """Each page names the next; the account's token goes to no other host, and all pages together have a bound."""
    address = first
    num_bytes = 0
    for _ in range(MAX_PAGES):
        raw = _get(access, address)
        num_bytes += len(raw)
        if num_bytes > MAX_BYTES:
            raise Unfetchable(WhyNotFetched.UNREADABLE)
        page = Node.of(raw, what="a page of Twilio sentences")
        yield page
        following = page.node("meta").text("next_page_url")
        if not following:
            return
        address = _within(base, following)
    raise Unfetchable(WhyNotFetched.PLATFORM_FAILED)


def _within(base: httpx.URL, address: str) -> str:
    url = parsed(address)
    if (url.scheme, url.netloc) != (base.scheme, base.netloc):
        raise Unfetchable(WhyNotFetched.PLATFORM_FAILED)
    return address


def _get(access: Access, address: str) -> bytes:
    return content(answer(access, address, auth=(access.credential("account_sid"), access.credential("auth_token"))))
