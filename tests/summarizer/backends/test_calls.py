"""Requests under way: nobody waits for what nobody does any more, and a device's seconds are shared."""

import threading
import time
from collections import deque

import pytest

from summarizer.backends.calls import NUM_AT_ONCE, Calls, Shares
from summarizer.errors import GeneratorStopped, ModelFailure


def test_closing_does_not_wait_for_what_a_failure_made_needless() -> None:
    calls: Calls[int, int] = Calls()
    are_asked = threading.Event()

    def ask(question: int, _: threading.Event) -> int:
        if question == 0:
            are_asked.wait(5)
            raise ModelFailure("broken")
        time.sleep(0.3)
        return question

    def fail() -> None:
        with pytest.raises(ModelFailure):
            calls.all(ask, list(range(100)))

    failed = threading.Thread(target=fail)
    failed.start()
    time.sleep(0.05)
    closing = threading.Thread(target=calls.close, kwargs={"drain": True})
    closing.start()
    are_asked.set()
    for one in (failed, closing):
        one.join(2)
        assert not one.is_alive()


def test_whoever_still_tries_is_told_that_nobody_waits() -> None:
    calls: Calls[int, int] = Calls()
    told: deque[bool] = deque()

    def ask(question: int, is_over: threading.Event) -> int:
        if question == NUM_AT_ONCE - 1:
            raise ModelFailure("broken")
        told.append(is_over.wait(5))
        raise GeneratorStopped("nobody waits")

    with pytest.raises(ModelFailure, match="broken"):
        calls.all(ask, list(range(NUM_AT_ONCE)))
    time.sleep(0.1)
    assert list(told) == [True] * (NUM_AT_ONCE - 1)


def test_requests_beside_each_other_share_the_seconds() -> None:
    shares = Shares()
    with shares.measured() as alone:
        time.sleep(0.05)
    with shares.measured() as outer, shares.measured() as inner:
        time.sleep(0.1)
    assert alone.seconds >= 0.05
    assert 0.1 <= outer.seconds + inner.seconds < 0.2
    assert inner.seconds == pytest.approx(outer.seconds, rel=0.2)


def test_what_fails_takes_its_share_too() -> None:
    shares = Shares()
    with pytest.raises(ValueError, match="broken"), shares.measured():
        raise ValueError("broken")
    with shares.measured() as share:
        time.sleep(0.05)
    assert share.seconds >= 0.05
