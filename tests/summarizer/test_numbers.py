import pytest

from summarizer.numbers import numbers


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("it costs $1,200.50", {"1200.5"}),
        ("thirty five dollars", {"30", "5", "35"}),
        ("two hundred and ten", {"2", "10", "210"}),
        ("at 10:30", {"10:30", "10", "30"}),
        ("four one two", {"4", "1", "2", "7", "412"}),
        ("on May 3rd", {"3"}),
        ("35.00 dollars and 007", {"35", "7"}),
        ("the one I wanted", set()),
        ("Person1 takes flight HAT136", set()),
        ("no numbers here", set()),
    ],
)
def test_digits_and_words_give_the_same_values(text: str, values: set[str]) -> None:
    assert numbers(text) == values
