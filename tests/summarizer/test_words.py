import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.words import content_stems, is_content, sentences, stem, telling_stems, words


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


def test_a_vowel_sign_belongs_to_its_word() -> None:
    assert [word.text for word in words("नमस्ते, मुझे होटल चाहिए")] == ["नमस्ते", "मुझे", "होटल", "चाहिए"]


@pytest.mark.parametrize(
    ("text", "language", "stems"),
    [
        ("Le client a demandé à la conseillère un remboursement.", "fr", {"rembours"}),
        ("Qu'est-ce que c'est ? L'adresse d’hier.", "fr-CA", {"adres", "hier"}),
        ("La agente le dijo al cliente que hay un reembolso.", "es", {"reembols"}),
        ("O atendente disse ao cliente que há um reembolso.", "pt-BR", {"reembols"}),
        ("L'operatrice ha detto al cliente dell'ordine.", "it", {"ordin"}),
        ("Die Kundin fragte den Mitarbeiter nach der Rechnung.", "de", {"rech"}),
        ("Their son has lost the router.", "en", {"son", "lost", "router"}),
        ("Their son has lost the router.", None, {"lost", "router"}),
    ],
)
def test_each_language_has_its_own_words_that_say_nothing(text: str, language: str | None, stems: set[str]) -> None:
    assert content_stems(text, language=language) == stems


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Bonjour madame, merci, au revoir !"),
        ("es", "Hola, buenos días, muchas gracias. ¡Adiós!"),
        ("pt", "Olá, bom dia, muito obrigada. Tchau!"),
        ("it", "Buongiorno, grazie, arrivederci."),
        ("de", "Guten Tag, vielen Dank, auf Wiederhören."),
    ],
)
def test_greetings_tell_nothing_in_any_of_our_languages(language: str, text: str) -> None:
    assert telling_stems(text, language=language) == set()


@given(st.text(), st.sampled_from(["fr", "es", "pt", "it", "de", "en", "xx", None]))
def test_what_tells_is_content_and_content_is_a_stem_of_a_word(text: str, language: str | None) -> None:
    known = {stem(word.text, language=language) for word in words(text) if is_content(word, language=language)}
    assert telling_stems(text, language=language) <= content_stems(text, language=language) == known
