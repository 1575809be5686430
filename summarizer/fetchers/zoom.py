"""Zoom: the captions of a recording, behind the link and the token of its event.

https://developers.zoom.us/docs/api/meetings/events/#tag/recording/postrecording.transcript_completed
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from summarizer import formats
from summarizer.fetchers.access import Access, Answer, Fetched, answer, content, named, parsed
from summarizer.fetchers.failures import Unfetchable, WhyNotFetched
from summarizer.platforms.zoom import is_zooms

_REDIRECTS = (301, 302, 303, 307, 308)


def fetch(resource: Mapping[str, str], access: Access) -> Iterator[Fetched]:
    """The one conversation of a recording, by the id of its meeting."""
    captions = content(_download(access, named(resource, "download_url"), token=resource.get("download_token", "")))
    conversation = formats.read(captions, "webvtt")
    yield Fetched(replace(conversation, external_id=named(resource, "meeting_uuid")))


def _download(access: Access, link: str, *, token: str) -> Answer:
    """One redirect is followed, and takes the token along on the same host only, as browsers and curl have it."""
    if not token:
        raise Unfetchable(WhyNotFetched.NOT_PERMITTED)
    authorization = {"Authorization": f"Bearer {token}"}
    found = answer(access, _checked(link), headers=authorization)
    if found.status not in _REDIRECTS or found.location is None:
        return found
    url = parsed(link)
    target = str(url.join(parsed(found.location)))
    is_same_host = parsed(target).netloc == url.netloc
    return answer(access, _checked(target), headers=authorization if is_same_host else None)


def _checked(link: str) -> str:
    """A link to Zoom; raises Unfetchable for every other."""
    if not is_zooms(link):
        raise Unfetchable(WhyNotFetched.NOT_PERMITTED)
    return link
