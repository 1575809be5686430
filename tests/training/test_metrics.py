"""The scores mean what their names say."""

import pytest

from summarizer.conversation import Conversation, Participant, Turn
from training.metrics import has_unsupported_name, has_unsupported_number, interval, rouge, score

CALL = Conversation((Turn("c", "My bill of 35 dollars went to Angela."),), (Participant("c"),))


def test_the_same_text_has_full_overlap() -> None:
    assert rouge("a lost card", ["a lost card"])["rougeL"] == pytest.approx(100)


def test_several_references_are_averaged_not_maximized() -> None:
    assert rouge("lost card", ["lost card", "new phone"])["rouge1"] == pytest.approx(50)


def test_a_number_nobody_said_is_found() -> None:
    assert has_unsupported_number("The bill was 36 dollars.", CALL)
    assert not has_unsupported_number("The bill was 35 dollars.", CALL)


def test_a_name_nobody_said_is_found() -> None:
    assert has_unsupported_name("The bill went to Monica.", CALL)
    assert not has_unsupported_name("The bill went to Angela.", CALL)


def test_the_interval_holds_the_mean() -> None:
    low, high = interval([float(one) for one in range(100)])
    assert low < 49.5 < high


def test_a_missing_summary_counts_as_empty() -> None:
    assert score([""], [CALL], [["a bill"]]).empty == 100
