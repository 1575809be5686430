"""Facts are planted where they should be, and counted as found only when something of theirs alone comes up."""

import random
from itertools import cycle

from summarizer.summary import Aspect, Claim, Evidence, Summary
from tests.builders import a_conversation
from tests.fakes import FakeGenerator
from training.planted import DEPTHS, look, make_call, make_facts, rates

GENERATOR = FakeGenerator()


def test_each_tenth_of_the_call_gets_one_fact() -> None:
    facts = make_facts(random.Random(0))
    call = make_call(facts, cycle([a_conversation()]), GENERATOR, num_tokens=5_000)
    words = [len(turn.text.split()) for turn in call.turns]
    assert 4_800 < sum(words) < 5_600
    for fact in facts:
        place = next(index for index, turn in enumerate(call.turns) if fact.reference in turn.text)
        assert abs(sum(words[:place]) / sum(words) - (fact.depth + fact.place) / DEPTHS) < 0.03


def test_no_two_facts_share_what_they_are_found_by() -> None:
    facts = make_facts(random.Random(1))
    assert len({fact.reference for fact in facts}) == len({fact.amount for fact in facts}) == DEPTHS


def test_a_fact_is_found_by_its_own_figures_only() -> None:
    facts = make_facts(random.Random(2))
    told = Claim(Aspect.SUMMARY, f"The agent refunds {facts[3].amount} euros.", (Evidence(0, 0, 1),))
    found = look(facts, Summary((told,)))
    assert rates(found, "in_sentences") == [float(depth == 3) for depth in range(DEPTHS)]
    assert rates(found, "in_sections") == [0.0] * DEPTHS
