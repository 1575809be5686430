"""A server that speaks OpenAI's API is asked as it is published, never told more than the words, and may fail."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest

from summarizer import outbound
from summarizer.backends import opened
from summarizer.backends.endpoint import LONGEST_WAIT, MAX_BYTES, Endpoint, reach_of
from summarizer.conversation import Participant, Role, Turn
from summarizer.errors import DeadlineExceeded, GeneratorStopped, ModelFailure
from summarizer.generate import Completion, Prompt
from summarizer.prompt import instruct, render
from summarizer.settings import ModelSettings
from summarizer.specs import EndpointSpec
from summarizer.summarize import summarize
from tests.builders import LOST_CARD, a_conversation
from tests.openai_server import MODEL, Asked, Reply, Server, as_if_outside, serving

OUTSIDE = "https://api.example.com/v1"
TEXT = render(a_conversation())


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def a_spec(server: Server, **changes: Any) -> EndpointSpec:
    return EndpointSpec(**{"url": server.url, "model": MODEL, "on_premises": True, **changes})


def an_endpoint(server: Server, *, deadline: float | None = 10.0, **changes: Any) -> Endpoint:
    return Endpoint(a_spec(server, **changes), deadline=deadline and timedelta(seconds=deadline))


def a_rented_one(server: Server, **changes: Any) -> Endpoint:
    """Its words leave the installation."""
    return Endpoint(a_spec(server, url=OUTSIDE, on_premises=False, **changes), client=as_if_outside(server))


def answered(message: dict[str, Any], finish_reason: str = "stop", **more: Any) -> Reply:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish_reason}
    return Reply(200, json.dumps({"object": "chat.completion", "choices": [choice], **more}).encode())


def test_it_is_asked_as_the_api_is_published(server: Server, tmp_path: Path) -> None:
    server.key = "sk-secret"
    (tmp_path / "key").write_text("sk-secret\n")
    (completion,) = an_endpoint(server, key_file=tmp_path / "key", max_new_tokens=300)([Prompt(TEXT)])
    (asked,) = server.asked
    assert completion.text.startswith("Reason: My card fell into the water")
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == "Bearer sk-secret"
    assert asked.body == {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": instruct(TEXT).system},
            {"role": "user", "content": TEXT},
        ],
        "temperature": 0,
        "max_tokens": 300,
        "stream": False,
    }


def test_tokens_are_those_that_the_server_counts(server: Server) -> None:
    endpoint = an_endpoint(server)
    endpoint([Prompt(TEXT)])
    (completion,) = endpoint([Prompt(TEXT)])
    assert completion.prompt_tokens > completion.cached_tokens > 0
    assert completion.completion_tokens > 0
    assert completion.device_seconds == 0.0  # it is somebody else's


@pytest.mark.parametrize("usage", [None, {"prompt_tokens": -1, "completion_tokens": 1}, {"prompt_tokens": 10**30}, "x"])
def test_without_a_credible_count_ours_is_taken(server: Server, usage: object) -> None:
    server.always = answered({"content": "Reason: x"}, usage=usage)
    endpoint = an_endpoint(server)
    (completion,) = endpoint([Prompt(TEXT)])
    told = instruct(TEXT)
    assert completion == Completion("Reason: x", endpoint.count_tokens(told.system + told.user), 3)


def test_our_own_hardware_behind_it_is_measured_and_shared(server: Server) -> None:
    server.seconds = 0.3
    completions = an_endpoint(server, device="rtx4090")([Prompt(f"{TEXT}{index}") for index in range(4)])
    assert 0.3 <= sum(one.device_seconds for one in completions) < 0.6


def test_prompts_of_one_call_are_asked_beside_each_other_and_answered_in_order(server: Server) -> None:
    server.write = lambda _, user: user.rsplit("\n", 1)[-1]
    server.seconds = 0.05
    completions = an_endpoint(server)([Prompt(f"{TEXT}{index}") for index in range(20)])
    assert [one.text for one in completions] == [str(index) for index in range(20)]
    assert 1 < server.most_at_once <= 8


def test_what_was_begun_is_gone_on_with(server: Server) -> None:
    endpoint = an_endpoint(server, max_new_tokens=100)
    begun = "Reason: The card fell into the water.\n"
    endpoint([Prompt(TEXT, begun=begun)])
    assert begun in server.asked[0].user
    assert server.asked[0].body["max_tokens"] == 100 - endpoint.count_tokens(begun)


def test_where_as_much_was_begun_as_may_be_written_nobody_is_asked(server: Server) -> None:
    (completion,) = an_endpoint(server, max_new_tokens=16)([Prompt(TEXT, begun="Reason: a. " * 10)])
    assert completion.text == ""
    assert server.asked == []


def test_in_one_attempt_nobody_pays_twice_for_the_same_answer(server: Server) -> None:
    endpoint = an_endpoint(server)
    attempt = endpoint.for_one_attempt()
    (first,), (second,) = attempt([Prompt(TEXT)]), attempt([Prompt(TEXT)])
    assert second == Completion(first.text, 0, 0)
    assert len(server.asked) == 1
    endpoint.for_one_attempt()([Prompt(TEXT)])
    assert len(server.asked) == 2


def test_a_completion_that_is_cut_off_is_one(server: Server) -> None:
    server.always = answered({"content": "Reason: The card fell into"}, "length")
    assert an_endpoint(server)([Prompt(TEXT)])[0].text == "Reason: The card fell into"


def test_another_model_place_or_instruction_is_another_version(server: Server) -> None:
    version = an_endpoint(server).model_version
    assert version == an_endpoint(server).model_version
    assert version.startswith("endpoint-")
    assert len(version) == len("endpoint-") + 24
    assert version != an_endpoint(server, model="another").model_version
    assert version != a_rented_one(server).model_version


def test_a_prompt_that_is_too_long_is_refused_before_anybody_is_asked(server: Server) -> None:
    endpoint = an_endpoint(server)
    with pytest.raises(ModelFailure, match="longer than"):
        endpoint([Prompt(TEXT), Prompt("word " * 6000)])
    assert server.asked == []


@pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
def test_what_passes_is_asked_again(server: Server, status: int) -> None:
    server.first = [Reply(status, headers={"Retry-After": "0"})]
    assert an_endpoint(server)([Prompt(TEXT)])[0].text
    assert len(server.asked) == 2


def test_a_wait_that_the_server_tells_is_waited(server: Server) -> None:
    server.first = [Reply(429, headers={"Retry-After": "1"})]
    began = time.monotonic()
    assert an_endpoint(server)([Prompt(TEXT)])[0].text
    assert time.monotonic() - began >= 1


@pytest.mark.parametrize("wait", [LONGEST_WAIT + 1, 20])
def test_whoever_asks_for_a_longer_wait_than_there_is_time_is_not_asked_again(server: Server, wait: float) -> None:
    server.always = Reply(429, headers={"Retry-After": str(int(wait))})
    began = time.monotonic()
    with pytest.raises(ModelFailure, match="answered 429"):
        an_endpoint(server)([Prompt(TEXT)])
    assert time.monotonic() - began < 1
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 408, 413, 422])
def test_what_does_not_pass_is_not_asked_again(server: Server, status: int) -> None:
    server.always = Reply(
        status, b'{"error": {"message": "the call"}}', {"Location": "http://127.0.0.1/", "Retry-After": "0"}
    )
    with pytest.raises(ModelFailure, match=f"^The endpoint answered {status}.$"):
        an_endpoint(server)([Prompt(TEXT)])
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"<html>"),
        Reply(200, b""),
        Reply(200, b"[" * 100_000),
        Reply(200, b'{"choices": []}'),
        Reply(200, b'{"choices": null}'),
        Reply(200, b'{"error": {"message": "no"}}'),
        Reply(200, b'{"choices": [{"message": {"content": ["x"]}}]}'),
        Reply(200, b'\xff{"choices": []}'),
        Reply(200, b" " * (MAX_BYTES + 1)),
        answered({"content": "half of it"}, "content_filter"),
        answered({"content": None, "refusal": "I cannot"}),
    ],
    ids=lambda reply: repr(reply.raw[:20]),
)
def test_an_answer_that_is_no_completion_is_a_failure_that_tells_nothing_of_it(server: Server, reply: Reply) -> None:
    server.always = reply
    with pytest.raises(ModelFailure) as failure:
        an_endpoint(server)([Prompt(TEXT)])
    assert str(failure.value).startswith("The endpoint")
    assert failure.value.__cause__ is None
    assert len(server.asked) == 1


def test_a_connection_that_is_cut_is_asked_again(server: Server) -> None:
    server.first = [Reply(200, b"x" * 100, is_cut=True)]
    assert an_endpoint(server)([Prompt(TEXT)])[0].text


def test_nobody_there_is_a_failure() -> None:
    with serving() as server:
        pass
    with pytest.raises(ModelFailure, match="could not be asked: ConnectError"):
        an_endpoint(server, max_attempts=2)([Prompt(TEXT)])


def test_one_that_hangs_is_left_when_its_time_is_over(server: Server) -> None:
    server.always = Reply(hangs=True)
    with pytest.raises(ModelFailure, match="did not answer in time") as failure:
        an_endpoint(server, timeout_seconds=0.2)([Prompt(TEXT)])
    assert not isinstance(failure.value, DeadlineExceeded)
    assert len(server.asked) == 1  # another try would take as long


def test_all_calls_of_one_attempt_have_its_time_together(server: Server) -> None:
    attempt = an_endpoint(server, deadline=0.5).for_one_attempt()
    assert attempt([Prompt(TEXT)])
    server.always = Reply(hangs=True)
    began = time.monotonic()
    for another in ("a", "b"):
        with pytest.raises(DeadlineExceeded):
            attempt([Prompt(TEXT + another)])
    assert time.monotonic() - began < 1


def test_closing_takes_nothing_more(server: Server) -> None:
    endpoint = an_endpoint(server)
    endpoint.close()
    with pytest.raises(GeneratorStopped):
        endpoint([Prompt(TEXT)])


@pytest.mark.parametrize("reply", [Reply(hangs=True), Reply(503, headers={"Retry-After": "9"})])
def test_closing_without_waiting_lets_go_of_who_waits(server: Server, reply: Reply) -> None:
    server.always = reply
    endpoint = an_endpoint(server)
    threading.Timer(0.2, endpoint.close, kwargs={"drain": False}).start()
    began = time.monotonic()
    with pytest.raises(GeneratorStopped):
        endpoint([Prompt(TEXT)])
    assert time.monotonic() - began < 2


def test_closing_finishes_what_is_under_way(server: Server) -> None:
    server.seconds = 0.4
    endpoint = an_endpoint(server)
    threading.Timer(0.1, endpoint.close).start()
    assert endpoint([Prompt(TEXT)])[0].text


def test_one_failure_fails_all_and_the_others_are_not_asked_any_more(server: Server) -> None:
    server.first = [Reply(400)]
    server.seconds = 0.2
    with pytest.raises(ModelFailure, match="400"):
        an_endpoint(server)([Prompt(TEXT) for _ in range(30)])
    time.sleep(0.3)
    assert len(server.asked) < 20


PERSONS = (
    ("agent", "Hello, my name is Priya Raghunathan. How can I help?"),
    (
        "customer",
        "My name is Jonathan Abernathy, my number is 206-555-0142 and I write from jon.abernathy@example.com.",
    ),
    ("agent", "And the card, please?"),
    ("customer", "It is 4111 1111"),
    ("agent", "Go on."),
    ("customer", "1111 1111, and my IBAN is DE89 3704 0044 0532 0130 00."),
    ("agent", "I have blocked the card 4111 1111 1111 1111 for you."),
)
PRIVATE = ("Priya", "Raghunathan", "Jonathan", "Abernathy", "0142", "jon.", "4111", "1111", "DE89", "0532")


def test_no_personal_data_leaves_even_if_nobody_masked_the_call_before(server: Server) -> None:
    summarize(a_conversation(PERSONS), a_rented_one(server))
    sent = b" ".join(one.raw for one in server.asked).decode()
    assert [word for word in PRIVATE if word in sent] == []
    assert "[PHONE]" in sent
    assert "[EMAIL]" in sent
    assert "[CARD]" in sent
    assert "Customer: " in sent
    assert "How can I help?" in sent


def test_what_was_begun_is_masked_as_well(server: Server) -> None:
    a_rented_one(server)([Prompt(render(a_conversation()), begun="Reason: Write to jon.abernathy@example.com.\n")])
    assert "abernathy" not in server.asked[0].user
    assert "Reason: Write to [EMAIL]" in server.asked[0].user


def test_a_call_without_personal_data_is_read_as_it_is(server: Server) -> None:
    a_rented_one(server)([Prompt(TEXT)])
    assert server.asked[0].user == TEXT


def test_on_premises_the_words_are_read_as_they_are(server: Server) -> None:
    summarize(a_conversation(PERSONS), an_endpoint(server))
    assert "206-555-0142" in server.asked[0].user


def test_nothing_tells_whose_words_they_are(server: Server) -> None:
    people = (Participant("agent-7781", Role.AGENT, name="Q. Zimmer"), Participant("customer-9912", Role.CUSTOMER))
    turns = tuple(Turn({"agent": "agent-7781"}.get(role, "customer-9912"), text) for role, text in LOST_CARD)
    conversation = a_conversation(turns=turns, participants=people, external_id="ext-5523", queue="vip")
    summarize(conversation, a_rented_one(server))
    (asked, *_) = server.asked
    whole = asked.raw.decode() + str(asked.headers)
    assert not any(word in whole for word in ("7781", "9912", "5523", "vip", "Zimmer", "cookie"))
    assert set(asked.body) == {"model", "messages", "temperature", "max_tokens", "stream"}


def test_words_and_key_are_in_no_log_and_no_error(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "key").write_text("sk-secret")
    server.always = Reply(500, b"My card fell into the water: sk-secret", {"Retry-After": "0"})
    with caplog.at_level(logging.DEBUG), pytest.raises(ModelFailure) as failure:
        an_endpoint(server, key_file=tmp_path / "key")([Prompt(TEXT)])
    told = caplog.text + repr(failure.value) + "".join(capsys.readouterr())
    assert "The endpoint answered 500." in told  # why another backend wrote
    assert "sk-secret" not in told
    assert "water" not in told


@pytest.mark.parametrize("held", ["", "two keys", "a\nb", "ключ"])
def test_a_file_without_a_key_is_said_when_it_is_opened(server: Server, tmp_path: Path, held: str) -> None:
    (tmp_path / "key").write_text(held)
    with pytest.raises(ModelFailure, match="file of the endpoint's key") as failure:
        an_endpoint(server, key_file=tmp_path / "key")
    assert not held or held not in str(failure.value)


def test_a_new_key_counts_at_once(server: Server, tmp_path: Path) -> None:
    server.key = "new"
    (tmp_path / "key").write_text("old")
    endpoint = an_endpoint(server, key_file=tmp_path / "key")
    with pytest.raises(ModelFailure, match="401"):
        endpoint([Prompt(TEXT)])
    (tmp_path / "key").write_text("new")
    assert endpoint([Prompt(TEXT)])[0].text


def test_one_without_room_for_a_conversation_cannot_be_opened(server: Server) -> None:
    with pytest.raises(ModelFailure, match="no room"):
        an_endpoint(server, max_prompt_tokens=256, characters_per_token=1.0)


@pytest.mark.parametrize(
    "url", ["http://api.example.com/v1", "https://127.0.0.1/v1", "https://10.0.0.1:8000/v1", "http://vllm/v1"]
)
def test_what_is_not_on_premises_is_called_at_public_addresses_over_tls(url: str) -> None:
    spec = EndpointSpec(url=url, model=MODEL)
    with pytest.raises(ModelFailure, match="may not be called"):
        opened(spec, ModelSettings(_env_file=None))


def test_a_public_address_on_premises_is_not_called() -> None:
    spec = EndpointSpec(url="http://8.8.8.8/v1", model=MODEL, on_premises=True)
    with pytest.raises(ModelFailure, match="may not be called"):
        opened(spec, ModelSettings(_env_file=None))


class Wire(httpcore.NetworkBackend):
    """Remembers where it was to connect, and goes nowhere."""

    def __init__(self) -> None:
        self.called: list[str] = []

    def connect_tcp(self, host: str, *_: Any, **__: Any) -> httpcore.NetworkStream:
        self.called.append(host)
        raise httpcore.ConnectError("nobody there")


def called(url: str, address: str, *, on_premises: bool) -> list[str]:
    """Where it is connected to when the endpoint's name stands for this address."""
    spec = EndpointSpec(url=url, model=MODEL, on_premises=on_premises, max_attempts=1)
    wire = Wire()
    client = outbound.within(reach_of(spec), resolve=lambda *_: [address], network=wire)
    with pytest.raises(ModelFailure):
        Endpoint(spec, client=client)([Prompt(TEXT)])
    return wire.called


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "169.254.169.254", "::ffff:8.8.8.8", "0.0.0.0"])
def test_a_name_on_premises_that_stands_for_an_outside_address_is_not_called(address: str) -> None:
    assert called("http://vllm:8000/v1", address, on_premises=True) == []
    assert called("https://vllm.example.com/v1", address, on_premises=True) == []


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "172.20.0.5", "192.168.1.9", "100.64.0.1", "::1", "fd00::1"]
)
def test_a_private_address_is_called_on_premises_and_not_else(address: str) -> None:
    assert called("http://vllm:8000/v1", address, on_premises=True) == [address]
    assert called("https://api.example.com/v1", address, on_premises=False) == []


def test_a_public_address_is_called_at_the_port_that_its_owner_wrote() -> None:
    assert called("https://api.example.com:8443/v1", "8.8.8.8", on_premises=False) == ["8.8.8.8"]


def test_neither_proxies_nor_cookies_are_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    server.first = [Reply(503, headers={"Set-Cookie": "id=1", "Retry-After": "0"})]
    assert an_endpoint(server)([Prompt(TEXT)])
    assert "cookie" not in server.asked[1].headers


def test_the_server_speaks_the_rest_of_the_api(server: Server) -> None:
    server.key = "k"
    assert httpx.get(f"{server.url}/models").status_code == 401
    models = httpx.get(f"{server.url}/models", headers={"Authorization": "Bearer k"}).json()
    assert [one["id"] for one in models["data"]] == [MODEL]
    assert isinstance(server.asked[0], Asked)
