from collections.abc import Mapping

import pytest

from summarizer.errors import EmptyConversation, InvalidJson
from summarizer.fetchers import twilio as fetcher
from summarizer.fetchers.access import MAX_BYTES, Access, Fetched
from summarizer.fetchers.failures import NotYet, TryLater, Unfetchable, WhyNotFetched
from tests.standins import Answers, Platform, Reply, internet
from tests.summarizer.fetchers.transcripts import TWILIO, twilio

HOST = "intelligence.twilio.com"


def _fetch(answers: Answers, *, sid: str = "GT1", credentials: Mapping[str, str] = TWILIO) -> list[Fetched]:
    with internet({HOST: answers}) as client:
        return list(fetcher.fetch({"transcript_sid": sid, "service_sid": "GA1"}, Access(client, credentials, {})))


def test_all_pages_are_read_in_their_order() -> None:
    platform = twilio()
    [fetched] = _fetch(platform)
    said = [sentence["transcript"] for page in platform.pages for sentence in page["sentences"]]
    assert [turn.text for turn in fetched.conversation.turns] == said
    assert len(said) > len(platform.pages[0]["sentences"])
    assert fetched.conversation.external_id == "call-1"


@pytest.mark.parametrize("status", ["queued", "in-progress", "new"])
def test_a_transcript_that_is_not_completed_is_not_there_yet(status: str) -> None:
    with pytest.raises(NotYet):
        _fetch(twilio(status=status))


@pytest.mark.parametrize("status", ["failed", "canceled", "error"])
def test_a_transcript_that_twilio_gave_up_is_not_asked_for_again(status: str) -> None:
    with pytest.raises(Unfetchable) as raised:
        _fetch(twilio(status=status))
    assert raised.value.reason is WhyNotFetched.PLATFORM_FAILED


@pytest.mark.parametrize("base", ["https://evil.example", "http://intelligence.twilio.com", f"https://{HOST}:444"])
def test_a_next_page_at_another_host_is_not_followed(base: str) -> None:
    evil = Platform(lambda _: Reply(500))
    platform = twilio()
    platform.base = base
    with internet({HOST: platform, "evil.example": evil}) as client, pytest.raises(Unfetchable) as raised:
        list(fetcher.fetch({"transcript_sid": "GT1"}, Access(client, TWILIO, {})))
    assert raised.value.reason is WhyNotFetched.PLATFORM_FAILED
    assert evil.asked == []


def test_pages_without_an_end_come_to_one() -> None:
    platform = twilio()
    platform.pages = [{"sentences": []}] * (fetcher.MAX_PAGES + 1)
    asked = Platform(platform)
    with pytest.raises(Unfetchable):
        _fetch(asked)
    assert len(asked.asked) == 1 + fetcher.MAX_PAGES


def test_wrong_credentials_and_none_are_not_permitted() -> None:
    for credentials in (TWILIO | {"auth_token": "another"}, {}):
        with pytest.raises(Unfetchable) as raised:
            _fetch(twilio(), credentials=credentials)
        assert raised.value.reason is WhyNotFetched.NOT_PERMITTED


@pytest.mark.parametrize("sid", ["GT2", "../Services/GA1", "GT1/Sentences", "", "GT1?x=1"])
def test_an_unknown_transcript_is_not_found(sid: str) -> None:
    with pytest.raises(Unfetchable) as raised:
        _fetch(twilio(), sid=sid)
    assert raised.value.reason is WhyNotFetched.NOT_FOUND


def test_an_answer_that_is_too_large_is_not_read_to_its_end() -> None:
    with pytest.raises(Unfetchable) as raised:
        _fetch(lambda _: Reply(200, b" " * (MAX_BYTES + 1)))
    assert raised.value.reason is WhyNotFetched.UNREADABLE


def test_half_an_answer_is_tried_again() -> None:
    with pytest.raises(TryLater) as raised:
        _fetch(lambda _: Reply(200, b'{"sid":', length=1000))
    assert raised.value.reason is WhyNotFetched.UNREACHABLE


def test_what_is_no_json_is_said_to_be_none() -> None:
    with pytest.raises(InvalidJson):
        _fetch(lambda _: Reply(200, b"<html>"))


def test_a_completed_transcript_without_words_is_no_conversation() -> None:
    platform = twilio()
    platform.pages = [{"sentences": []}]
    with pytest.raises(EmptyConversation):
        _fetch(platform)


def test_the_address_is_the_sources_own_where_it_has_one() -> None:
    platform = twilio()
    platform.base = "https://twilio.internal"
    with internet({"twilio.internal": platform}) as client:
        options = {"base_url": "https://twilio.internal/"}
        [fetched] = fetcher.fetch({"transcript_sid": "GT1"}, Access(client, TWILIO, options))
    assert fetched.leg is None


def test_a_fetch_that_takes_too_long_ends_between_two_answers() -> None:
    with internet({HOST: twilio()}) as client, pytest.raises(TryLater):
        list(fetcher.fetch({"transcript_sid": "GT1"}, Access(client, TWILIO, {}, ends_at=0.0)))


def test_a_cookie_of_one_answer_is_sent_with_no_other_request() -> None:
    platform = twilio()
    asked = Platform(lambda one: Reply(200, platform(one).body, {"Set-Cookie": "session=1; Path=/"}))
    with internet({HOST: asked}) as client:
        list(fetcher.fetch({"transcript_sid": "GT1"}, Access(client, TWILIO, {})))
    assert len(asked.asked) > 1
    assert all("cookie" not in one.headers for one in asked.asked)
