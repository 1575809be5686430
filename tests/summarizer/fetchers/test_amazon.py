import pytest

from summarizer.fetchers import amazon as fetcher
from summarizer.fetchers.access import Access
from summarizer.fetchers.failures import Unfetchable
from tests.standins import Platform, Reply, internet

HOST = "sns.eu-west-1.amazonaws.com"
CONFIRM = f"https://{HOST}/?Action=ConfirmSubscription&Token=2336"


def test_a_subscription_is_confirmed_and_brings_no_conversation() -> None:
    amazon = Platform(lambda _: Reply(200, b"<ConfirmSubscriptionResponse/>"))
    with internet({HOST: amazon}) as client:
        assert list(fetcher.fetch({"subscribe_url": CONFIRM}, Access(client, {}, {}))) == []
    assert amazon.asked[0].query["Action"] == ["ConfirmSubscription"]


@pytest.mark.parametrize("link", ["https://evil.example/", f"https://{HOST}.evil.example/", f"http://{HOST}/", ""])
def test_nobody_but_amazon_is_asked(link: str) -> None:
    evil = Platform(lambda _: Reply(200))
    hosts = {"evil.example": evil, f"{HOST}.evil.example": evil, HOST: evil}
    with internet(hosts) as client, pytest.raises(Unfetchable):
        list(fetcher.fetch({"subscribe_url": link}, Access(client, {}, {})))
    assert evil.asked == []


def test_a_token_that_amazon_refuses_confirms_nothing() -> None:
    with internet({HOST: Platform(lambda _: Reply(400))}) as client, pytest.raises(Unfetchable):
        list(fetcher.fetch({"subscribe_url": CONFIRM}, Access(client, {}, {})))
