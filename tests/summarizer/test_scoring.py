from dataclasses import replace

import pytest

from summarizer.scoring import score
from summarizer.summary import Aspect, Claim, Evidence
from tests.builders import a_conversation

CALL = a_conversation()
WHOLE = Evidence(2, 0, len(CALL.turns[2].text))


def _scored(text: str) -> float:
    return score(Claim(Aspect.ACTIONS, text, (WHOLE,)), CALL)


def test_the_very_words_of_the_evidence_score_one() -> None:
    assert _scored("I have ordered the replacement card and it arrives in 5 business days") == pytest.approx(1.0)


def test_words_that_nobody_says_score_nought() -> None:
    assert _scored("Bananas ripen quickly") == pytest.approx(0.0)


def test_the_same_words_in_another_order_score_less() -> None:
    told = _scored("ordered the replacement card")
    turned = _scored("card the ordered replacement")
    assert 0 < turned < told


def test_a_sentence_without_evidence_scores_nought() -> None:
    bare = replace(Claim(Aspect.ACTIONS, "The agent ordered a card.", (WHOLE,)), evidence=())
    assert score(bare, CALL) == pytest.approx(0.0)
