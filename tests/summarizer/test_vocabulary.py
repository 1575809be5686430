import pytest

from summarizer.vocabulary import language_key, vocabulary
from summarizer.vocabulary.folding import folded


@pytest.mark.parametrize(
    ("tag", "language"), [("fr", "fr"), ("fr-CA", "fr"), ("PT_br", "pt"), ("zh", None), ("", None), (None, None)]
)
def test_a_tag_finds_its_language(tag: str | None, language: str | None) -> None:
    assert language_key(tag) == language
    assert vocabulary(tag).language == language


@pytest.mark.parametrize("language", ["en", "fr", "es", "de", "pt", "it"])
def test_each_language_has_every_list(language: str) -> None:
    known = vocabulary(language)
    assert len(known.function_words) > 150
    assert min(len(known.reporting), len(known.roles), len(known.fillers)) >= 8
    assert known.endings or language == "en"


@pytest.mark.parametrize(
    ("word", "plain"),
    [("Été", "ete"), ("Straße", "strasse"), ("l’Avis", "l'avis"), ("e\u0301", "e"), ("नमस्ते", "नमस्ते"), ("が", "が")],
)
def test_latin_letters_lose_their_accents_and_others_keep_their_marks(word: str, plain: str) -> None:
    assert folded(word) == plain
