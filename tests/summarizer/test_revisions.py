from datetime import UTC, datetime, timedelta

import pytest

from summarizer.conversation import Conversation
from summarizer.revisions import is_newer
from tests.builders import LOST_CARD, a_conversation

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def _said(num_turns: int, *, minutes: int | None = None, last: str = "") -> Conversation:
    lines = LOST_CARD[:num_turns]
    lines = (*lines[:-1], (lines[-1][0], lines[-1][1] + last))
    return a_conversation(lines, as_of=None if minutes is None else NOON + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("arrived", "current", "newer"),
    [
        (_said(4, minutes=2), _said(4, minutes=1), True),
        (_said(3, minutes=1), _said(4, minutes=2), False),
        (_said(3, minutes=3), _said(4, minutes=2), True),  # the sender says so, and a transcript may become shorter
        (_said(4, minutes=1), _said(3, minutes=1), True),  # at the same moment the fuller one
        (_said(3, minutes=1), _said(4, minutes=1), False),
        (_said(4), _said(3), True),
        (_said(3), _said(4), False),  # only the beginning of what is there
        (_said(4, last=" Bye."), _said(4), True),  # differs, and came later
        (_said(4, minutes=1), _said(3), True),
        (_said(2, minutes=1), _said(3), False),
    ],
)
def test_the_senders_time_decides_and_else_what_is_said(
    arrived: Conversation, current: Conversation, newer: bool
) -> None:
    assert is_newer(arrived, current) is newer


def test_of_two_at_the_same_moment_one_is_newer_whichever_came_first() -> None:
    one, other = _said(4, minutes=1, last=" Aaa"), _said(4, minutes=1, last=" Bbb")
    assert is_newer(one, other) is not is_newer(other, one)
