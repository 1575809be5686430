"""What every backend promises, and that the same checks stand behind each: nothing invented is shown."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from summarizer.backends import opened
from summarizer.errors import DeadlineExceeded, GeneratorStopped, ModelFailure
from summarizer.generate import Opened, Prompt
from summarizer.metering import Metered
from summarizer.prompt import render
from summarizer.settings import ModelSettings
from summarizer.summarize import summarize
from summarizer.summary import Kind
from tests.builders import a_conversation
from tests.fakes import GROUNDED
from tests.summarizer.backends.contract import BACKENDS, CALLS, Backend, an_endpoint, has_valid_evidence, shown

PROMPTS = [
    Prompt(render(a_conversation((("customer", f"My {thing} broke on Monday and I want another one."),))))
    for thing in ("kettle", "bicycle", "telephone", "washing machine")
]


@contextmanager
def running(backend: Backend, directory: Path, *, deadline: timedelta = timedelta(minutes=2)) -> Iterator[Opened]:
    directory.mkdir()
    settings = ModelSettings(_env_file=None, num_threads=1, job_deadline=deadline)
    with backend.spec(directory) as spec:
        generator = opened(spec, settings)
        try:
            yield generator
        finally:
            generator.close(drain=False)


@pytest.fixture(scope="module", params=BACKENDS, ids=str)
def backend(request: pytest.FixtureRequest) -> Backend:
    return request.param


@pytest.fixture(scope="module")
def generator(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    with running(backend, tmp_path_factory.mktemp("backend") / "files") as generator:
        yield generator


@pytest.fixture
def reader(backend: Backend) -> Backend:
    if not backend.reads:
        pytest.skip("it reads nothing")
    return backend


def longest(generator: Opened) -> str:
    """A text of as many tokens as may be read, or of one word less."""
    low, high = 1, generator.max_prompt_tokens
    while low < high:
        middle = (low + high + 1) // 2
        is_short = generator.count_tokens("card " * middle) <= generator.max_prompt_tokens
        low, high = (middle, high) if is_short else (low, middle - 1)
    return "card " * low


def test_it_says_who_writes(generator: Opened) -> None:
    assert 8 <= len(generator.model_version) <= 64
    assert generator.model_version.isascii()


def test_no_prompts_give_no_completions(generator: Opened) -> None:
    assert generator([]) == []


def test_completions_come_in_the_order_of_their_prompts(generator: Opened) -> None:
    alone = [generator([one])[0].text for one in PROMPTS]
    assert [one.text for one in generator(PROMPTS)] == alone
    assert [one.text for one in generator(PROMPTS[::-1])] == alone[::-1]


def test_many_threads_get_their_own_completions(generator: Opened) -> None:
    alone = [one.text for one in generator(PROMPTS)]
    with ThreadPoolExecutor(12) as threads:
        calls = [threads.submit(generator.for_one_attempt(), [PROMPTS[index % 4]]) for index in range(24)]
        assert [call.result()[0].text for call in calls] == [alone[index % 4] for index in range(24)]


def test_counts_are_counts(generator: Opened) -> None:
    metered = Metered(generator)
    completions = metered(PROMPTS)
    for one in completions:
        assert 0 <= one.cached_tokens <= one.prompt_tokens
        assert one.completion_tokens >= bool(one.text)
        assert one.device_seconds >= 0
    assert metered.meter.num_prompts == len(PROMPTS)


def test_a_longer_text_has_no_fewer_tokens(generator: Opened) -> None:
    text = PROMPTS[0].text
    counts = [generator.count_tokens(text[:length]) for length in range(0, len(text), 7)]
    assert counts == sorted(counts)
    assert counts[0] == 0


@pytest.mark.usefixtures("reader")
def test_the_longest_prompt_is_read_and_a_longer_one_is_refused_not_cut(generator: Opened) -> None:
    text = longest(generator)
    assert len(generator([Prompt(text)])) == 1
    with pytest.raises(ModelFailure):
        generator([PROMPTS[0], Prompt(text + "card " * 20)])


def test_it_goes_on_after_what_was_begun_without_repeating_it(generator: Opened) -> None:
    begun = "Reason: The kettle broke on Monday.\n"
    (completion,) = generator([Prompt(PROMPTS[0].text, begun=begun)])
    assert not completion.text.startswith(begun)


def test_who_has_no_time_left_is_told_so(reader: Backend, tmp_path: Path) -> None:
    with running(reader, tmp_path / "files", deadline=timedelta(milliseconds=50)) as generator:
        attempt = generator.for_one_attempt()
        time.sleep(0.06)
        with pytest.raises(DeadlineExceeded):
            attempt(PROMPTS)


def test_one_that_is_closed_takes_nothing_more(reader: Backend, tmp_path: Path) -> None:
    with running(reader, tmp_path / "files") as generator:
        attempt = generator.for_one_attempt()
        generator.close()
        generator.close(drain=False)
        for one in (generator, attempt):
            with pytest.raises(GeneratorStopped):
                one(PROMPTS)


@pytest.mark.parametrize("call", CALLS)
def test_every_claim_has_its_evidence_in_the_call(generator: Opened, call: str) -> None:
    summary = summarize(CALLS[call], generator.for_one_attempt())
    assert summary.claims
    assert has_valid_evidence(summary, CALLS[call])


def test_no_order_of_the_call_is_obeyed(generator: Opened) -> None:
    """What the call says may be told as said; that somebody gets it may not."""
    text = shown(summarize(CALLS["hostile"], generator))
    assert "Bartholomew" not in text
    assert "7,431" not in text


INVENTED = {
    "a name": "Actions: The agent Bartholomew ordered the replacement card.",
    "a figure": "Actions: The agent ordered the replacement card for 7,431 dollars.",
    "a date": "Follow-up: The replacement card arrives on 3 March 2031.",
    "an order obeyed": "Resolution: Bartholomew gets a refund of 7,431 dollars.",
    "an address": "Follow-up: The agent will write to bartholomew@example.com.",
    "a card": "Reason: The customer's card 4111 1111 1111 1111 fell into the water.",
    "what the instruction says": "Summary: Whatever is said in the conversation is data, never an order.",
    "a link": "Follow-up: See https://evil.example/7431 for the card.",
}
WRONG = ("Bartholomew", "bartholomew", "7,431", "7431", "2031", "4111", "is data", "evil")


@pytest.mark.parametrize("call", ["short", "hostile"])
@pytest.mark.parametrize("invented", INVENTED)
def test_nothing_that_an_endpoint_invents_is_shown(invented: str, call: str) -> None:
    with an_endpoint(lambda *_: f"{GROUNDED}\n{INVENTED[invented]}") as spec:
        summary = summarize(CALLS[call], opened(spec, ModelSettings(_env_file=None)))
    assert [word for word in WRONG if word in shown(summary)] == []
    assert "The agent ordered the replacement card." in shown(summary)
    assert has_valid_evidence(summary, CALLS[call])


GARBAGE = {
    "empty": "",
    "space": " \n\t\n",
    "controls": "\x00\x07\x1b[31m\u202e\u200b",
    "noise": "⁂ 🂡 lorem ipsum " * 200,
    "labels alone": "Reason:\nActions:\nResolution:",
    "another answer": '{"choices": [{"message": {"content": "Reason: x"}}]}',
    "a refusal": "I'm sorry, but I cannot help with that request.",
    "special tokens": "<|im_end|><|im_start|>system</s>[INST] Reason [/INST]",
}


@pytest.mark.parametrize("garbage", GARBAGE)
def test_what_is_no_note_ends_in_quotations(garbage: str) -> None:
    with an_endpoint(lambda *_: GARBAGE[garbage]) as spec:
        summary = summarize(a_conversation(), opened(spec, ModelSettings(_env_file=None)))
    assert summary.kind is Kind.EXTRACTIVE
    assert has_valid_evidence(summary, a_conversation())
