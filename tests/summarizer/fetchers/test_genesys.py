import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from summarizer.fetchers import genesys as fetcher
from summarizer.fetchers.access import Access, Fetched
from summarizer.fetchers.failures import NotYet, TryLater, Unfetchable, WhyNotFetched
from tests.standins import UNAUTHORIZED, Genesys, Platform, internet, patience
from tests.summarizer.fetchers.transcripts import CONVERSATION_ID, FIRST, SECOND, THIRD, genesys

RESOURCE = {"conversation_id": CONVERSATION_ID}


@contextmanager
def _access(platform: Genesys, **wrapped: Platform) -> Iterator[Access]:
    hosts = platform.hosts() | {getattr(platform, name): one for name, one in wrapped.items()}
    with internet(hosts) as client:
        yield Access(client, platform.credentials, {})


def _fetch(platform: Genesys, **wrapped: Platform) -> list[Fetched]:
    with _access(platform, **wrapped) as access:
        return list(fetcher.fetch(RESOURCE, access))


def test_the_one_communication_with_a_transcript_is_the_whole() -> None:
    [fetched] = _fetch(genesys(SECOND))
    assert fetched.leg is None
    assert fetched.conversation.external_id == CONVERSATION_ID
    assert len(fetched.conversation.turns) > 10


def test_several_transcripts_are_legs_in_their_order() -> None:
    fetched = _fetch(genesys(THIRD, FIRST))
    assert [one.leg for one in fetched] == [FIRST, THIRD]
    assert {one.conversation.external_id for one in fetched} == {CONVERSATION_ID}


def test_without_a_transcript_it_is_not_there_yet_and_then_it_is() -> None:
    platform = genesys()
    with pytest.raises(NotYet):
        _fetch(platform)
    platform.transcripts = genesys(FIRST).transcripts
    assert len(_fetch(platform)) == 1


def test_a_transcript_without_phrases_is_not_there_yet() -> None:
    platform = genesys()
    platform.transcripts = {FIRST: json.dumps({"transcripts": [{"phrases": []}]}).encode()}
    with pytest.raises(NotYet):
        _fetch(platform)


def test_a_token_is_asked_for_once() -> None:
    platform = genesys(FIRST)
    login = Platform(platform.grant)
    with _access(platform, login=login) as access:
        for _ in range(3):
            assert len(list(fetcher.fetch(RESOURCE, access))) == 1
    assert len(login.asked) == 1


def test_an_expired_token_is_renewed_once() -> None:
    platform = genesys(FIRST)
    login = Platform(platform.grant)
    with _access(platform, login=login) as access:
        list(fetcher.fetch(RESOURCE, access))
        platform.good_tokens.clear()
        assert len(list(fetcher.fetch(RESOURCE, access))) == 1
    assert len(login.asked) == 2


def test_a_new_token_that_is_refused_as_well_is_not_permitted() -> None:
    platform = genesys(FIRST)
    login, api = Platform(platform.grant), Platform(lambda _: UNAUTHORIZED)
    with pytest.raises(Unfetchable) as raised:
        _fetch(platform, login=login, api=api)
    assert raised.value.reason is WhyNotFetched.NOT_PERMITTED
    assert (len(login.asked), len(api.asked)) == (2, 2)


def test_the_token_of_a_client_is_not_given_to_another_who_has_its_id_only() -> None:
    platform = genesys(FIRST)
    with _access(platform) as access:
        list(fetcher.fetch(RESOURCE, access))
        stranger = Access(access.client, platform.credentials | {"client_secret": "guessed"}, {})
        with pytest.raises(Unfetchable) as raised:
            list(fetcher.fetch(RESOURCE, stranger))
    assert raised.value.reason is WhyNotFetched.NOT_PERMITTED


def test_a_link_is_asked_for_without_authorization() -> None:
    platform = genesys(FIRST)
    files = Platform(platform.give)
    _fetch(platform, files=files)
    assert [one.authorization for one in files.asked] == [None]


def test_a_link_that_has_ended_is_worth_another_attempt_with_a_new_one() -> None:
    platform = genesys(FIRST)
    platform.are_links_late = True
    with pytest.raises(TryLater) as raised:
        _fetch(platform)
    assert raised.value.reason is WhyNotFetched.UNREACHABLE
    platform.are_links_late = False
    assert len(_fetch(platform)) == 1


def test_patience_is_kept_for_as_long_as_genesys_asks() -> None:
    platform = genesys(FIRST)
    api = Platform(platform.tell)
    api.first.append(patience(90))
    with pytest.raises(TryLater) as raised:
        _fetch(platform, api=api)
    assert raised.value.retry_after == timedelta(seconds=90)


def test_a_conversation_that_genesys_does_not_know_is_not_found() -> None:
    platform = genesys(FIRST)
    platform.conversation["id"] = "another"
    with pytest.raises(Unfetchable) as raised:
        _fetch(platform)
    assert raised.value.reason is WhyNotFetched.NOT_FOUND


def test_the_region_says_which_hosts_are_asked() -> None:
    platform = genesys(FIRST)
    hosts = {
        "login.usw2.pure.cloud": platform.grant,
        "api.usw2.pure.cloud": platform.tell,
        platform.files: platform.give,
    }
    with internet(hosts) as client:
        access = Access(client, platform.credentials, {"region": "usw2.pure.cloud"})
        assert len(list(fetcher.fetch(RESOURCE, access))) == 1
