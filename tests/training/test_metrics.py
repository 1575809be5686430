"""The scores mean what their names say."""

import pytest

from summarizer.conversation import Conversation, Participant, Role, Turn
from training.metrics import (
    has_unsupported_name,
    has_unsupported_number,
    has_wrong_person,
    interval,
    paper_rouge,
    rouge,
    score,
)

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


def test_the_papers_protocol_ignores_marks_and_pools_the_references_of_a_conversation() -> None:
    scores = paper_rouge(["The cat sat on the mat.", "x"], [["the cat, sat on the mat", "a dog"], ["y"]])
    precision, recall = 6 / (6 + 6), 6 / (6 + 2)
    assert scores["rouge1"] == pytest.approx(100 * 2 * precision * recall / (precision + recall) / 2)
    assert paper_rouge(["cannot go"], [["can not go"]])["rouge1"] == pytest.approx(40)


def test_what_another_person_said_is_found() -> None:
    call = Conversation(
        (Turn("a", "Your invoice has been sent to the old address."), Turn("c", "My neighbour opened the letter.")),
        (Participant("a", Role.AGENT), Participant("c", Role.CUSTOMER)),
    )
    assert has_wrong_person("The agent opened the neighbour's letter.", call)
    assert not has_wrong_person("The customer said a neighbour opened the letter.", call)


def test_follow_ups_are_recalled_over_the_conversations_that_have_any() -> None:
    people = (Participant("a", Role.AGENT), Participant("c", Role.CUSTOMER))
    promised = Conversation((Turn("a", "I will send you the form."), Turn("c", "Thanks.")), people)
    asked = Conversation((Turn("a", "Please send us the form."), Turn("c", "Okay.")), people)
    right, swapped = "The agent will send the form.", "The customer will send the form."
    calls = [promised, promised, asked, asked]
    scores = score([right, "A form was discussed.", right, swapped], calls, [["a form"]] * 4)
    assert scores.follow_up_recall == 50
    assert scores.swapped_owners == 25
    assert scores.unsupported_follow_ups == 0
    assert score(["The agent will refund the fare."], [promised], [["a form"]]).unsupported_follow_ups == 100


def test_without_a_promise_there_is_no_recall() -> None:
    assert score(["A bill."], [CALL], [["a bill"]]).follow_up_recall is None
