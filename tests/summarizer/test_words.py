import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.words import content_stems, sentences, stem, telling_stems, words


@given(st.text())
def test_a_words_place_is_where_it_stands(text: str) -> None:
    assert all(text[word.start : word.end] == word.text for word in words(text))


@given(st.text())
def test_sentences_do_not_overlap_and_hold_every_word(text: str) -> None:
    spans = sentences(text)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))
    assert all(any(start <= word.start < end for start, end in spans) for word in words(text))


@pytest.mark.parametrize("form", ["book", "books", "booked", "booking", "Booking"])
def test_forms_of_a_word_share_a_stem(form: str) -> None:
    assert stem(form) == "book"


def test_function_words_roles_and_reporting_verbs_say_nothing() -> None:
    assert content_stems("The customer said that they wanted a refund") == {"refund"}


def test_a_numbered_label_is_a_role_and_a_flight_is_one_word() -> None:
    assert content_stems("Agent2 booked HAT136 for Person1's friend") == {"book", "hat136", "friend"}


def test_fillers_tell_nothing() -> None:
    assert telling_stems("Mm-hm. Okay, thank you, bye!") == set()


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    text = "Hi, Mr. Smith. It cost 3.50 dollars in 2008. Ok?"
    assert [text[start:end] for start, end in sentences(text)] == [
        "Hi, Mr. Smith.",
        "It cost 3.50 dollars in 2008.",
        "Ok?",
    ]


def test_a_chinese_character_is_a_word() -> None:
    assert [word.text for word in words("退款 ok")] == ["退", "款", "ok"]
