"""Requests of all threads stand in one line, and each gets what is its own: a text, its failure, or its deadline."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from summarizer.backends.asking import Around, Asked, Asking
from summarizer.backends.local import IsOver, Local
from summarizer.engine.tokenizer import literal
from summarizer.errors import DeadlineExceeded, DeviceLost, GeneratorStopped, ModelFailure
from summarizer.generate import Prompt
from tests.summarizer.engine.builders import END, VOCABULARY, a_tokenizer

MINUTE = timedelta(minutes=1)
SHORT = timedelta(milliseconds=300)


class Copier:
    """A Writer that writes what it reads, once its gate is open; it cannot read an exclamation mark."""

    num_places = 1
    max_batch = 2

    def __init__(self) -> None:
        self.tokenizer = a_tokenizer()
        self.batches: list[list[str]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.is_writing = threading.Event()

    def write(self, batch: Sequence[Asked], is_over: IsOver) -> list[list[int] | ModelFailure]:
        texts = [self.tokenizer.decode(one.ids) for one in batch]
        self.batches.append(texts)
        self.is_writing.set()
        while not self.gate.wait(0.005) and not all(map(is_over, range(len(batch)))):
            time.sleep(0.001)
        if "lost" in texts:
            raise DeviceLost("It was lost.")
        if "bug" in texts:
            raise KeyError("Zanzibarwatermark")
        return [ModelFailure("no numbers") if "!" in text else one.ids for text, one in zip(texts, batch, strict=True)]


@pytest.fixture
def copier() -> Copier:
    return Copier()


@pytest.fixture
def opened(copier: Copier) -> Iterator[Callable[..., Local]]:
    """Opens it with a deadline."""
    made: list[Local] = []

    def open_(deadline: timedelta | None = None) -> Local:
        tokenizer = literal(a_tokenizer(), vocabulary_size=VOCABULARY, end_tokens=frozenset({END}))
        asking = Asking(tokenizer, Around(), frozenset({END}), max_prompt_tokens=300, max_new_tokens=300)
        made.append(Local(copier, asking, model_version="1" * 64, deadline=deadline))
        return made[-1]

    yield open_
    copier.gate.set()
    for one in made:
        one.close(drain=False)


def texts_of(model: Local, *texts: str, patience: timedelta = timedelta(0)) -> list[str]:
    return [one.text for one in model([Prompt(text) for text in texts], patience=patience)]


def test_what_waits_is_written_in_batches_whoever_asked(copier: Copier, opened: Callable[..., Local]) -> None:
    model = opened()
    copier.gate.clear()
    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(texts_of, model, "first")
        copier.is_writing.wait()
        others = [threads.submit(texts_of, model, f"{number}") for number in range(4)]
        while len(model._line.waiting) < 4:
            time.sleep(0.001)
        copier.gate.set()
        assert first.result() == ["first"]
        assert [one.result() for one in others] == [[f"{number}"] for number in range(4)]
    assert [len(batch) for batch in copier.batches] == [1, 2, 2]


def test_whoever_is_in_a_hurry_goes_before_whoever_has_patience(copier: Copier, opened: Callable[..., Local]) -> None:
    model = opened()
    copier.gate.clear()
    with ThreadPoolExecutor(4) as threads:
        calls = [threads.submit(texts_of, model, "first", "first")]
        copier.is_writing.wait()
        calls.append(threads.submit(texts_of, model, "backfill", "backfill", patience=MINUTE))
        while len(model._line.waiting) < 2:
            time.sleep(0.001)
        calls.append(threads.submit(texts_of, model, "live", "live"))
        while len(model._line.waiting) < 4:
            time.sleep(0.001)
        copier.gate.set()
        for one in calls:
            one.result()
    assert [batch[0] for batch in copier.batches] == ["first", "live", "backfill"]


def test_one_bad_row_fails_its_own_call_and_no_other(copier: Copier, opened: Callable[..., Local]) -> None:
    model = opened()
    copier.gate.clear()
    with ThreadPoolExecutor(4) as threads:
        calls = [threads.submit(texts_of, model, "first")]
        copier.is_writing.wait()
        calls += [threads.submit(texts_of, model, text) for text in ("bad!", "good")]
        while len(model._line.waiting) < 2:
            time.sleep(0.001)
        copier.gate.set()
        assert calls[2].result() == ["good"]
        with pytest.raises(ModelFailure, match="no numbers"):
            calls[1].result()


def test_who_waits_in_the_line_until_the_deadline_is_told_so(copier: Copier, opened: Callable[..., Local]) -> None:
    model = opened(SHORT)
    copier.gate.clear()
    for _ in range(2):  # the second of them never comes to be written
        with pytest.raises(DeadlineExceeded):
            texts_of(model, "a", "b", "c")
    copier.gate.set()
    assert texts_of(model, "d") == ["d"]
    assert all(batch != ["c"] for batch in copier.batches)


def test_who_is_written_when_it_is_closed_hears_so(copier: Copier, opened: Callable[..., Local]) -> None:
    model = opened()
    copier.gate.clear()
    with ThreadPoolExecutor(4) as threads:
        calls = [threads.submit(texts_of, model, text) for text in ("a", "b", "c")]
        copier.is_writing.wait()
        model.close(drain=False)
        for one in calls:
            with pytest.raises(GeneratorStopped):
                one.result()
    with pytest.raises(GeneratorStopped):
        texts_of(model, "d")


def test_who_was_there_before_it_closed_is_still_served(copier: Copier, opened: Callable[..., Local]) -> None:
    model = opened()
    copier.gate.clear()
    with ThreadPoolExecutor(4) as threads:
        call = threads.submit(texts_of, model, "a", "b", "c")
        copier.is_writing.wait()
        closing = threads.submit(model.close)
        copier.gate.set()
        assert call.result() == ["a", "b", "c"]
        closing.result()


def test_a_lost_device_is_known_as_such_and_a_bug_says_nothing_of_the_call(opened: Callable[..., Local]) -> None:
    model = opened()
    with pytest.raises(DeviceLost):
        texts_of(model, "lost")
    with pytest.raises(ModelFailure, match="KeyError") as found:
        texts_of(model, "bug")
    assert "Zanzibar" not in str(found.value)
    assert texts_of(model, "after") == ["after"]


def test_a_prompt_that_is_too_long_is_refused_not_cut(copier: Copier, opened: Callable[..., Local]) -> None:
    with pytest.raises(ModelFailure, match="longer than 300"):
        texts_of(opened(), "short", "card " * 301)
    assert copier.batches == []
