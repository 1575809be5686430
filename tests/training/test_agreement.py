"""Correlations are what their names say, and a summary in the call's own words scores above an invented one."""

import pytest

from summarizer.conversation import Conversation, Participant, Turn
from training.agreement import Judged, agreement, agreements, grounding_score, ranks

CALL = Conversation((Turn("Tom", "I bought a red bicycle in Paris yesterday."),), (Participant("Tom"),))
TRUE, FALSE = "Tom bought a red bicycle in Paris.", "Anna sold her green car to a doctor."


def _judged(system: str, summary: str, consistency: float) -> Judged:
    return Judged("d", system, CALL, summary, consistency)


def test_equal_values_share_a_rank() -> None:
    assert ranks([3.0, 1.0, 3.0]).tolist() == [1.5, 0.0, 1.5]


def test_a_measure_that_orders_as_people_do_agrees_wholly() -> None:
    judged = [_judged("B", TRUE, 5), _judged("C", TRUE, 3), _judged("D", TRUE, 1)]
    found = agreement([0.9, 0.5, 0.1], judged)
    assert (found.spearman, found.systems_spearman) == (pytest.approx(1.0), pytest.approx(1.0))
    assert agreement([0.1, 0.5, 0.9], judged).pearson == pytest.approx(-1.0)


def test_the_reference_is_not_asked() -> None:
    judged = [_judged("A", TRUE, 5), _judged("B", TRUE, 5), _judged("C", FALSE, 1)]
    assert agreements(judged)["our score"].pearson == pytest.approx(1.0)


def test_what_was_said_scores_above_what_was_not() -> None:
    assert grounding_score(TRUE, CALL) > 0.6 > 0.2 > grounding_score(FALSE, CALL)
