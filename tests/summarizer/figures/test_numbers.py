import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.figures import numbers
from summarizer.figures.digits import in_digits


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("en", "it costs $1,200.50", {"1200.5"}),
        ("en", "thirty five dollars", {"35"}),
        ("en", "two hundred and ten", {"210"}),
        ("en", "at 10:30", {"10", "30"}),
        ("en", "four one two", {"4", "1", "2"}),
        ("en", "on May 3rd", {"3"}),
        ("en", "35.00 dollars and 007", {"35", "7"}),
        ("en", "the one I wanted", set()),
        ("en", "first of all", set()),
        ("en", "Person1 takes flight HAT136", set()),
        ("en", "no numbers here", set()),
        ("en", "one point five million, 2 million, 10k", {"1500000", "2000000", "10000"}),
        ("en", "three and a half, 2½ and a dozen", {"3.5", "2.5", "12"}),
        ("en", "double four seven", {"4", "7"}),
        ("fr", "1 234,50 et 2,5 et 1.234", {"1234.5", "2.5", "1234"}),
        ("fr", "soixante-dix-huit, quatre-vingt-dix-neuf, septante-deux", {"78", "99", "72"}),
        ("fr", "deux cents euros et cinquante cents", {"200", "50"}),
        ("es", "veintidós, veintidos y dos mil quinientos", {"22", "2500"}),
        ("de", "zweiundvierzig, fuenfunddreissig und 1.234,50", {"42", "35", "1234.5"}),
        ("pt", "duzentos e dez", {"210"}),
        ("it", "quarantadue e ventitré", {"42", "23"}),
    ],
)
def test_digits_and_words_give_the_same_values(language: str, text: str, values: set[str]) -> None:
    assert numbers(text, language) == values


def test_the_language_is_read_from_the_words_when_nobody_names_it() -> None:
    assert numbers("Je vous confirme que le montant est de quarante-deux euros pour la semaine") == {"42"}
    assert numbers("Ich habe das Paket nicht bekommen und es sind zweiundvierzig Tage") == {"42"}


@given(st.integers(min_value=0, max_value=10**9), st.sampled_from(["en", "fr", "es", "de", "pt", "it"]))
def test_a_number_is_the_same_with_the_marks_of_its_language(number: int, language: str) -> None:
    mark = "," if language == "en" else "."
    assert numbers(f"{number:,}".replace(",", mark), language) == {str(number)}


@given(st.text(max_size=80), st.sampled_from(["en", "fr", "es", "de", "pt", "it"]))
def test_any_text_can_be_read(text: str, language: str) -> None:
    assert isinstance(numbers(text, language), set)
    assert isinstance(in_digits(text, language), str)
