"""A run that was stopped and started again makes the same steps as one that was not."""

import itertools
import os
import random
import signal
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.training.models import a_model, a_tokenizer
from training.loop import Interrupted, Plan, schedule, train
from training.rows import Change, Row

PLAN = Plan(steps=6, batch_tokens=128, lr=1e-3, warmup=2, prompt_share=0.3, seed=1, save_every=3)


def some_rows() -> list[Row]:
    rng = random.Random(1)
    return [Row(tuple(rng.randrange(4, 300) for _ in range(rng.randint(5, 30))), num_prompt=4) for _ in range(40)]


class Killed(Exception):
    """The process dies here."""


def test_a_killed_run_goes_on_to_the_same_losses(tmp_path: Path) -> None:
    whole = train(a_model(a_tokenizer()), some_rows(), plan=PLAN, out=tmp_path / "whole")
    with pytest.raises(Killed):
        train(a_model(a_tokenizer()), some_rows(), plan=PLAN, out=tmp_path / "parts", change=kill_at(row=20))
    assert [path.name for path in (tmp_path / "parts").iterdir()] == ["step-00000003"]
    parts = train(a_model(a_tokenizer(), seed=9), some_rows(), plan=PLAN, out=tmp_path / "parts")
    assert parts.losses == pytest.approx(whole.losses, rel=1e-5)
    assert parts.rates == whole.rates


def kill_at(*, row: int) -> Change:
    """Leaves rows as they are until this one, in the fifth batch."""
    seen = itertools.count()

    def kill(ids: Sequence[int], _: random.Random) -> list[int]:
        if next(seen) == row:
            raise Killed
        return list(ids)

    return kill


def test_a_run_that_is_asked_to_end_saves_its_state_first(tmp_path: Path) -> None:
    def ask_to_end(ids: Sequence[int], _: random.Random) -> list[int]:
        os.kill(os.getpid(), signal.SIGTERM)
        return list(ids)

    with pytest.raises(Interrupted):
        train(a_model(a_tokenizer()), some_rows(), plan=PLAN, out=tmp_path, change=ask_to_end)
    assert [path.name for path in tmp_path.iterdir()] == ["step-00000001"]


def test_a_few_steps_lower_the_loss(tmp_path: Path) -> None:
    plan = replace(PLAN, steps=60, lr=1e-2, save_every=60)
    losses = train(a_model(a_tokenizer()), some_rows(), plan=plan, out=tmp_path).losses
    assert sum(losses[-5:]) < 0.9 * sum(losses[:5])


def test_the_rate_goes_up_and_down_again() -> None:
    rates = [schedule(step, steps=100, warmup=10) for step in range(100)]
    assert rates.index(max(rates)) in (9, 10)
    assert rates[-1] == pytest.approx(0.05, abs=0.01)
