"""A certificate is fetched once, soon, and never from where a redirect leads."""

from collections.abc import Callable
from functools import partial

import httpx
import pytest

from summarizer import outbound
from summarizer.certificates import MAX_BYTES, MAX_REMEMBERED, Fetch, certificates
from summarizer.errors import Unavailable
from summarizer.settings import Settings

ADDRESS = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem"


def _certificates(answer: Callable[[httpx.Request], httpx.Response]) -> Fetch:
    return certificates(lambda: httpx.Client(transport=httpx.MockTransport(answer)))


def test_what_was_fetched_is_remembered_and_only_so_much_of_it() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, content=b"pem")

    fetch = _certificates(answer)
    assert [fetch(ADDRESS) for _ in range(3)] == [b"pem"] * 3
    assert asked == [ADDRESS]
    for number in range(MAX_REMEMBERED):
        fetch(f"{ADDRESS}?{number}")
    fetch(ADDRESS)
    assert asked.count(ADDRESS) == 2


def test_what_failed_is_tried_again() -> None:
    answers = iter([httpx.Response(503), httpx.Response(200, content=b"pem")])
    fetch = _certificates(lambda _: next(answers))
    with pytest.raises(Unavailable):
        fetch(ADDRESS)
    assert fetch(ADDRESS) == b"pem"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(302, headers={"location": "https://evil.example"}),
        httpx.Response(404),
        httpx.Response(200, content=b"x" * (MAX_BYTES + 1)),
    ],
)
def test_what_is_no_certificate_is_not_there(answer: httpx.Response) -> None:
    with pytest.raises(Unavailable, match="cannot be fetched"):
        _certificates(lambda _: answer)(ADDRESS)


def test_a_host_that_does_not_answer_is_unavailable(settings: Settings) -> None:
    with pytest.raises(Unavailable):
        certificates(partial(outbound.client, settings))("https://127.0.0.1:1/a.pem")
