"""Prompt lookup: what followed the last few tokens before may follow them again, since summaries copy.

A guess costs little to check: the model scores several tokens in one step almost as fast as one, as long as the
batch is small. Every guessed token is chosen anew from its scores, so that no guess changes what is written.

Saxena: Prompt Lookup Decoding (2023), https://github.com/apoorvumang/prompt-lookup-decoding.
"""

from collections.abc import Sequence

MATCH = 3  # tokens that must have come before in the same order
LONGEST = 8  # tokens guessed at once


class Lookup:
    """Guesses for one text; it learns from how the last ones went."""

    def __init__(self, prompt: Sequence[int]) -> None:
        self._text = list(prompt)
        self._places: dict[tuple[int, ...], int] = {}  # from three tokens to where the text went on after them
        self._num_indexed = 0
        self._trust = LONGEST // 2

    def append(self, token: int) -> None:
        """The text goes on."""
        self._text.append(token)

    def guess(self, num_tokens: int) -> list[int]:
        """At most `num_tokens` that may come next."""
        for end in range(max(self._num_indexed, MATCH), len(self._text)):
            self._places[tuple(self._text[end - MATCH : end])] = end
        self._num_indexed = len(self._text)
        place = self._places.get(tuple(self._text[-MATCH:]))
        return [] if place is None else self._text[place : place + min(num_tokens, self._trust)]

    def learn(self, *, num_guessed: int, num_right: int) -> None:
        """Guess further after a guess that was all right, less far after one that was all wrong."""
        if num_guessed and num_right == num_guessed:
            self._trust = min(2 * self._trust, LONGEST)
        elif num_guessed and not num_right:
            self._trust = max(self._trust // 2, 1)
