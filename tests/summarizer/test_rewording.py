"""What failed is not written again."""

import pytest

from summarizer.prompt import LABELS
from summarizer.rewording import Rewording, opening


def is_accepted(text: str, *failed: str) -> bool:
    rewording = Rewording(failed, labels=LABELS.values())
    return all(rewording.accepts(text[:at], text[at]) for at in range(len(text)))


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("The customer asked: Why?", "The customer asked"),
        ("Person2 told Person1 that it rains.", "Person2 told"),
        ("A caller is here.", "A caller is"),
        ("Agent2 called.", "Agent2 called"),
        ("The agent", "The agent"),
        ("", ""),
    ],
)
def test_a_sentence_opens_with_who_did_what(text: str, begins: str) -> None:
    assert opening(text) == begins


def test_a_line_may_not_open_as_one_that_failed() -> None:
    failed = "The customer asked: Why?"
    assert not is_accepted("Reason: The customer asked if it rains.\n", failed)
    assert not is_accepted("Actions: the customer asked", failed)
    assert is_accepted("Reason: The customer needs a card.\nActions: The agent asked why.\n", failed)


def test_a_line_stands_behind_a_label() -> None:
    assert is_accepted("Follow-up: The agent calls.\n\nSummary: x\n", "y z")
    assert not is_accepted("Customer: The agent", "y z")
    assert not is_accepted("Reason\n", "y z")


def test_no_word_stands_twice_in_a_row() -> None:
    assert not is_accepted("Reason: The agent called their their ", "x y")
    assert is_accepted("Reason: The agent called 1 1 and theirs", "x y")
