import pytest

from summarizer.figures import references
from summarizer.figures.references import dictated


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("order AB-4471 and flight HAT136", {"AB4471", "HAT136"}),
        ("account 555-0192", {"5550192"}),
        ("#123456", {"123456"}),
        ("Person12 caught COVID-19 at 10am in 2019-2020, 24/7", set()),
        ("20000 points and 4471", set()),
        ("1,234,567 or 1234567.50", set()),
    ],
)
def test_a_reference_mixes_letters_and_digits_or_is_long(text: str, found: set[str]) -> None:
    assert references(text, "en") == found


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("A as in Alpha B 4 4 7 1", "AB4471"),
        ("A wie Anton, B wie Berta, 44 71", "AB4471"),
        ("case 55 18", "5518"),
        ("4 4, uh, 7 1", "4471"),
        ("4 4 dash 7 1", "4471"),
        ("4 4\nyes\n7 1", "4471"),
        ("oh 4 1 2 9", "04129"),
        ("flight hat 1 3 6", "HAT136"),
    ],
)
def test_what_is_dictated_makes_the_reference(text: str, reference: str) -> None:
    assert reference in dictated(text)


def test_a_part_of_what_is_dictated_at_once_is_another_reference() -> None:
    assert "447" not in dictated("4 4 7 1")
