"""A guess is what followed the same words before."""

from summarizer.engine.speculation import LONGEST, MATCH, Lookup

CALL = [11, 12, 13, 14, 15, 16, 17, 18, 19, 20]


def test_what_followed_before_is_guessed() -> None:
    lookup = Lookup([*CALL, 90, 91])
    for token in CALL[:MATCH]:
        lookup.append(token)
    assert lookup.guess(3) == CALL[MATCH : MATCH + 3]


def test_the_latest_place_counts() -> None:
    lookup = Lookup([1, 2, 3, 4, 1, 2, 3, 5, 1, 2, 3])
    assert lookup.guess(1) == [5]


def test_nothing_is_guessed_where_nothing_matches() -> None:
    assert Lookup([1, 2, 3, 4, 5]).guess(4) == []
    assert Lookup([1]).guess(4) == []
    assert Lookup(CALL + CALL[:3]).guess(0) == []


def test_a_completion_can_repeat_itself() -> None:
    lookup = Lookup([1])
    for token in (5, 6, 7, 8, 5, 6, 7):
        lookup.append(token)
    assert lookup.guess(1) == [8]


def test_guesses_grow_while_they_are_right_and_shrink_when_they_are_wrong() -> None:
    lookup = Lookup([*range(100, 130), *range(100, 103)])
    assert len(lookup.guess(20)) == LONGEST // 2
    lookup.learn(num_guessed=4, num_right=4)
    assert len(lookup.guess(20)) == LONGEST
    for _ in range(9):
        lookup.learn(num_guessed=4, num_right=0)
    assert len(lookup.guess(20)) == 1
