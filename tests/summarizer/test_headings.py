from datetime import date

import pytest

from summarizer.conversation import Role
from summarizer.headings import LANGUAGES, MOODS, headings
from summarizer.summary import Outcome, SectionName


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word(language: str) -> None:
    words = headings(language)
    assert (set(words.sections), set(words.speakers)) == (set(SectionName), set(Role))
    assert (set(words.outcomes), set(words.moods)) == (set(Outcome), set(MOODS))
    cells = [*words.sections.values(), *words.speakers.values(), *words.outcomes.values(), *words.moods.values()]
    assert all(cell.strip() for cell in [*cells, words.not_stated, words.third_party, words.notice])
    assert len(set(words.sections.values())) == len(SectionName)
    assert not words.is_fallback


@pytest.mark.parametrize(
    ("language", "due", "quoted"),
    [
        ("en-GB", "due Nov 27, 2026", "“hi”"),
        ("fr", "échéance 27 nov. 2026", "« hi »"),
        ("de", "bis 27.11.2026", "„hi“"),
        ("zh", "截止 2026年11月27日", "“hi”"),
    ],
)
def test_dates_and_quotations_are_written_as_the_reader_does(language: str, due: str, quoted: str) -> None:
    words = headings(language)
    assert (words.due(date(2026, 11, 27)), words.quote("hi")) == (due, quoted)


@pytest.mark.parametrize("language", ["tlh", "xx-YY"])
def test_a_language_without_words_gets_english_ones_and_says_so(language: str) -> None:
    assert (headings(language).language, headings(language).is_fallback) == ("en", True)
    assert not headings(None).is_fallback


def test_an_owner_is_a_role_or_a_third_party() -> None:
    words = headings("fr")
    assert [words.owner(one) for one in ("agent", "customer", "third_party", "unknown")] == [
        "Conseiller",
        "Client",
        "Tiers",
        "Interlocuteur",
    ]
