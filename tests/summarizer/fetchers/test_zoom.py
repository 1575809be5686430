import pytest

from summarizer.errors import InvalidTranscript
from summarizer.fetchers import zoom as fetcher
from summarizer.fetchers.access import Access, Fetched
from summarizer.fetchers.failures import Unfetchable, WhyNotFetched
from tests.standins import UNAUTHORIZED, Asked, Platform, Reply, internet
from tests.summarizer.fetchers.transcripts import CAPTIONS

LINK = "https://zoom.us/rec/webhook_download/abc"


def _captions(asked: Asked) -> Reply:
    return Reply(200, CAPTIONS) if asked.authorization == "Bearer token-1" else UNAUTHORIZED


def _redirect(to: str) -> Platform:
    return Platform(lambda _: Reply(302, headers={"Location": to}))


def _fetch(platforms: dict[str, Platform], link: str = LINK) -> list[Fetched]:
    resource = {"download_url": link, "download_token": "token-1", "meeting_uuid": "4444AAA=="}
    with internet(platforms) as client:
        return list(fetcher.fetch(resource, Access(client, {}, {})))


def test_captions_are_a_conversation_with_the_meetings_id() -> None:
    [fetched] = _fetch({"zoom.us": Platform(_captions)})
    assert fetched.conversation.external_id == "4444AAA=="
    assert [turn.text for turn in fetched.conversation.turns] == ["My card fell into the water."]


def test_a_redirect_within_zoom_is_followed_and_the_token_stays_behind() -> None:
    files = Platform(lambda _: Reply(200, CAPTIONS))
    assert len(_fetch({"zoom.us": _redirect("https://ssrweb.zoom.us/file"), "ssrweb.zoom.us": files})) == 1
    assert [one.authorization for one in files.asked] == [None]


def test_a_redirect_on_the_same_host_takes_the_token_along() -> None:
    platform = Platform(_captions)
    platform.first.append(Reply(302, headers={"Location": "/file"}))
    assert len(_fetch({"zoom.us": platform})) == 1
    assert platform.paths == ["/rec/webhook_download/abc", "/file"]


def test_a_second_redirect_is_not_followed() -> None:
    platform = _redirect("https://zoom.us/again")
    with pytest.raises(Unfetchable) as raised:
        _fetch({"zoom.us": platform})
    assert raised.value.reason is WhyNotFetched.PLATFORM_FAILED
    assert len(platform.asked) == 2


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/x",
        "https://zoom.us.evil.example/x",
        "https://notzoom.us/x",
        "http://zoom.us/x",
        "https://zoom.us:8443/x",
        "https://zoom.us@evil.example/x",
        "https://someone@zoom.us/x",
        "file:///etc/passwd",
        "https://[zoom.us/x",
    ],
)
def test_another_host_is_asked_neither_at_first_nor_by_redirect(link: str) -> None:
    evil = Platform(_captions)
    platforms = {"evil.example": evil, "zoom.us.evil.example": evil, "notzoom.us": evil}
    with pytest.raises(Unfetchable):
        _fetch(platforms, link)
    with pytest.raises(Unfetchable):
        _fetch({**platforms, "zoom.us": _redirect(link)})
    assert evil.asked == []


def test_a_token_that_has_ended_is_not_permitted() -> None:
    with pytest.raises(Unfetchable) as raised:
        _fetch({"zoom.us": Platform(lambda _: UNAUTHORIZED)})
    assert raised.value.reason is WhyNotFetched.NOT_PERMITTED


def test_a_page_that_is_no_captions_is_no_conversation() -> None:
    with pytest.raises(InvalidTranscript):
        _fetch({"zoom.us": Platform(lambda _: Reply(200, b"<html>Sign in</html>"))})
