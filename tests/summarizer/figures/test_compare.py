import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.figures import figures, figures_of_turns

THURSDAY = date(2026, 11, 26)
# What a person would accept and we do not is marked "missed"; nothing is the other way round.
PAIRS = [json.loads(line) for line in Path("tests/data/figures/pairs.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['language']}: {pair['said']} / {pair['claimed']}")
def test_a_claim_is_supported_by_what_was_said_in_other_words_alone(pair: dict[str, Any]) -> None:
    said, _ = figures_of_turns([pair["said"]], language=pair["language"], said_on=THURSDAY)
    claimed = figures(pair["claimed"], language=pair["language"], said_on=THURSDAY)
    assert (said.unsupported(claimed) == set()) is (pair["supported"] and not pair.get("missed", False))


def test_what_nobody_said_is_named() -> None:
    said, _ = figures_of_turns(["It is 42 dollars on Friday"], language="en")
    claimed = figures("The customer pays 42 € for case AB4471 on May 3 at 3 pm.", language="en")
    assert said.unsupported(claimed) == {"42 €", "05-03", "15:00", "#AB4471"}


def test_a_reference_may_be_dictated_over_several_turns() -> None:
    said, turns = figures_of_turns(["it's four four", "uh-huh", "seven one"], language="en")
    assert said.support("4471")
    assert not any(turn.support("4471") for turn in turns)


def test_a_speaker_may_change_the_language() -> None:
    turns = ["The total is forty two dollars and that is all", "¿Y para el lunes son treinta y cinco dólares con todo?"]
    said, _ = figures_of_turns(turns, language="en")
    assert said.unsupported(figures("The customer pays $42, then $35.", language="en")) == set()


FRAGMENTS = st.lists(
    st.sampled_from(
        """one two twenty hundred million point and half a double 4 12 2026 1,234.50 1.234,50 $ € % dollars euros cents
        days week hours May June 3rd 3.5. 12/24 Friday tomorrow next last within by at 10:30 pm o'clock past to noon
        AB-4471 HAT136 as in Alpha - , . 24/7 the of from deux cents heures et demie Uhr halb mañana ５ ½""".split()
    ),
    max_size=14,
)
LANGUAGES = st.sampled_from(["en", "fr", "es", "de", "pt", "it"])


@given(FRAGMENTS | st.text(max_size=100).map(str.split), LANGUAGES, st.dates())
def test_every_text_supports_itself(parts: list[str], language: str, said_on: date) -> None:
    text = " ".join(parts)
    said, _ = figures_of_turns([text], language=language, said_on=said_on)
    assert said.unsupported(figures(text, language=language, said_on=said_on)) == set()


@given(FRAGMENTS, FRAGMENTS)
def test_what_else_is_said_takes_no_support_away(said: list[str], more: list[str]) -> None:
    claimed = figures(" ".join(said), language="en")
    alone, _ = figures_of_turns([" ".join(said)], language="en")
    both, _ = figures_of_turns([" ".join(said), " ".join(more)], language="en")
    assert both.unsupported(claimed) <= alone.unsupported(claimed)


@pytest.mark.parametrize(
    "part", ["one ", "4 ", "4, ", "1'", "12:", "42 dollars ", "may 3 to ", "A as in ", "5 to ", "AB-"]
)
def test_the_time_grows_no_faster_than_the_text(part: str) -> None:
    text = (part * 20_000)[:20_000]
    start = time.perf_counter()
    figures_of_turns([text], language="fr", said_on=THURSDAY)
    assert time.perf_counter() - start < 2.0
