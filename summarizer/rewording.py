"""How a line is written again: behind a label, otherwise than what failed, and no word twice in a row.

Without this a greedy model writes at the second attempt what it wrote at the first.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

from summarizer.words import ROLE_WORDS, words

_SUBJECT = re.compile(rf"(?:the|an?|(?:{'|'.join(ROLE_WORDS)})\d*)", re.IGNORECASE)
MOST_LOOKED_AT = 80  # characters back from the end, for a word that stands there twice


class Rewording:
    """What may be written in place of statements that failed."""

    def __init__(self, failed: Iterable[str], *, labels: Iterable[str]) -> None:
        self._openings = {opening(text).casefold() for text in failed}
        self._labels = [f"{label}:" for label in labels]

    def accepts(self, written: str, more: str) -> bool:
        """Whether the text written so far may go on with `more`; a line break ends it."""
        begun = written[written.rfind("\n") + 1 :]
        *whole, last = (begun + more).split("\n")
        return (
            all(self._may_stand(line) for line in whole if line)
            and self._may_stand(last, is_whole=False)
            and not _stutters((begun + more)[-MOST_LOOKED_AT:])
        )

    def _may_stand(self, line: str, *, is_whole: bool = True) -> bool:
        label = next((one for one in self._labels if line.startswith(one)), None)
        if label is None:
            return not is_whole and any(one.startswith(line) for one in self._labels)
        body = line.removeprefix(label).strip().casefold()
        return not any(_begins(body, one) for one in self._openings)


def opening(text: str) -> str:
    """Who it is about and the next word, mostly the verb; all of it when there is no other word."""
    for word in words(text):
        if not _SUBJECT.fullmatch(word.text):
            return text[: word.end]
    return text


def _begins(text: str, beginning: str) -> bool:
    """With the beginning as whole words; its last word counts before it is known to have ended."""
    return text.startswith(beginning) and not text[len(beginning) : len(beginning) + 1].isalnum()


def _stutters(text: str) -> bool:
    spoken = [word.text.casefold() for word in words(text)]
    return any(one == other and one.isalpha() for one, other in pairwise(spoken))
