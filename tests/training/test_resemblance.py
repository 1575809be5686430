"""A text repeats another by what it says, not by how it is written down, and being alike is not enough."""

import pytest

from training.resemblance import NEAR, Repeat, Seen, fingerprint_of, words_of

CALL = " ".join(f"word{index}" for index in range(100))


def repeat(text: str, *, of: str) -> Repeat | None:
    seen = Seen()
    seen.add(fingerprint_of(words_of(of)))
    return seen.repeat(fingerprint_of(words_of(text)))


def with_changes(num: int) -> str:
    """The call with so many words replaced far apart, each of which is in five runs of words."""
    words = CALL.split()
    for index in range(num):
        words[10 + 8 * index] = f"else{index}"
    return " ".join(words)


def test_case_spaces_and_marks_do_not_make_another_text() -> None:
    assert repeat("I lost my card!", of="i lost  my card") is Repeat.EXACT


@pytest.mark.parametrize(("changes", "found"), [(1, Repeat.NEAR), (2, Repeat.NEAR), (3, None), (6, None)])
def test_a_near_duplicate_shares_four_fifths_of_its_runs_of_words(changes: int, found: Repeat | None) -> None:
    both, either = 96 - 5 * changes, 96 + 5 * changes
    assert (both / either >= NEAR) == (found is not None)
    assert repeat(with_changes(changes), of=CALL) is found


def test_a_beginning_is_not_the_whole() -> None:
    assert repeat(" ".join(CALL.split()[:50]), of=CALL) is None


def test_short_texts_repeat_each_other_only_when_they_are_the_same() -> None:
    assert repeat("hi there", of="hi") is None
    assert repeat("", of="hi") is None
    assert repeat("Hi", of="hi") is Repeat.EXACT


def test_the_same_words_in_another_order_are_another_text() -> None:
    assert repeat(" ".join(reversed(CALL.split())), of=CALL) is None
