"""Which of two transcripts of one conversation is the newer one, in whatever order they come."""

from summarizer.conversation import Conversation
from summarizer.formats import canonical


def is_newer(arrived: Conversation, current: Conversation) -> bool:
    """Does what arrived take the place of what is there?

    By the sender's own time where both have one; else what is only the beginning of the other is older, and what
    merely differs is newer, because it came later.
    """
    if arrived.as_of is not None and current.as_of is not None and arrived.as_of != current.as_of:
        return arrived.as_of > current.as_of
    if arrived.as_of is not None and arrived.as_of == current.as_of:
        return _fullness(arrived) > _fullness(current)
    return not _is_beginning(arrived, current)


def _fullness(one: Conversation) -> tuple[int, bytes]:
    """How much is said; then everything there is, so that the order in which two came never decides."""
    return sum(len(turn.text) for turn in one.turns), canonical.write(one)


def _is_beginning(one: Conversation, other: Conversation) -> bool:
    said, longer = ([turn.text for turn in each.turns] for each in (one, other))
    return len(said) < len(longer) and longer[: len(said)] == said
