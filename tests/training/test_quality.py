"""The page of numbers says what is wrong with a set of examples."""

from summarizer.summary import Aspect, Draft, Statement
from tests.builders import a_conversation
from training.quality import Example, num_near_duplicates, report

LONG = [f"word{index}" for index in range(120)]


def an_example(*said: str, told: str = "The customer wants a card.", language: str = "en") -> Example:
    lines = tuple(("customer", text) for text in said)
    return a_conversation(lines, language=language), Draft((Statement(Aspect.REASON, told),))


def test_what_is_the_same_but_for_case_and_marks_counts_once() -> None:
    found = report([an_example("I lost my card!"), an_example("i lost my card"), an_example("I found my card")])
    assert (found["examples"], found["duplicates"]) == (3, 1)


def test_a_text_with_a_few_other_words_is_a_near_duplicate() -> None:
    changed = [*LONG[:60], "else", *LONG[61:]]
    other = [f"other{index}" for index in range(120)]
    assert num_near_duplicates([LONG, changed, other]) == 1
    assert num_near_duplicates([LONG, LONG, LONG]) == 2
    assert num_near_duplicates([["short"], ["text"]]) == 0


def test_personal_data_and_rude_words_are_counted() -> None:
    found = report([an_example("Write to jo@example.com"), an_example("This is shit."), an_example("All is well")])
    assert (found["with_personal_data"], found["with_rude_words"]) == (1, 1)


def test_languages_lengths_and_phrases_are_told() -> None:
    found = report(
        [
            an_example("one two three", told="The customer wants a card."),
            an_example("one", told="The customer wants money.", language="fr"),
        ]
    )
    assert found["languages"] == {"en": 1, "fr": 1}
    assert found["words_said"] == {"least": 1, "median": 2, "most": 3}
    assert found["most_common_beginnings"] == {"the customer wants": 1.0}


def test_nothing_is_told_of_nothing() -> None:
    assert report([])["examples"] == 0
