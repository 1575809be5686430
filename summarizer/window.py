"""Long conversations: cut into windows the model can read, so that every word is read once, and joined again.

A window is a row of pieces. A turn that is longer than a window is cut at a space, and each part keeps
its speaker, because a continued turn without its header is soon given to somebody else.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from summarizer.conversation import Conversation
from summarizer.summary import Aspect, Claim
from summarizer.words import telling_stems

CHARACTERS_PER_TOKEN = 3  # a cautious first guess when a long turn has to be cut
FIGURE_WORTH = 6  # words: an amount, a date or a reference is what people look for in a long call
MAX_CLAIMS = 24  # of a summary; a call of more windows than this still gets one from each


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters `start` to `end` (exclusive) of the turn at index `turn`."""

    turn: int
    start: int
    end: int


Window = tuple[Piece, ...]
Cost = Callable[[Piece], int]  # tokens that a piece takes in a prompt, its speaker included


def whole(conversation: Conversation) -> Window:
    """One window that holds every turn that says something."""
    return tuple(Piece(index, 0, len(turn.text)) for index, turn in enumerate(conversation.turns) if turn.text.strip())


def windows(conversation: Conversation, *, cost: Cost, max_tokens: int) -> list[Window]:
    """Cut into windows of at most `max_tokens` each, of about the same size, in order, nothing left out.

    Each leg of a transferred conversation has windows of its own, so that every agent's part has its say.
    """
    return [
        tuple(window)
        for pieces in _by_leg(conversation)
        for window in _windows_of(conversation, pieces, cost=cost, max_tokens=max_tokens)
    ]


def text_of(conversation: Conversation, piece: Piece) -> str:
    """The words of one piece."""
    return conversation.turns[piece.turn].text[piece.start : piece.end]


def _by_leg(conversation: Conversation) -> list[Window]:
    """The pieces of each leg; of all turns where there is but one."""
    ends = [leg.turns.stop for leg in conversation.legs[:-1]]
    groups = groupby(whole(conversation), key=lambda piece: bisect_right(ends, piece.turn))
    return [tuple(group) for _, group in groups]


def _windows_of(conversation: Conversation, pieces: Window, *, cost: Cost, max_tokens: int) -> list[list[Piece]]:
    parts = [part for piece in pieces for part in _fit(conversation, piece, cost=cost, max_tokens=max_tokens)]
    costs = [cost(part) for part in parts]
    return [parts[cut] for cut in _pack(costs, limit=_even_limit(costs, max_tokens))]


def _even_limit(costs: list[int], max_tokens: int) -> int:
    """The smallest limit that needs no more windows, so that the last one is not a goodbye without its call."""
    fewest = len(_pack(costs, limit=max_tokens))
    limits = range(max(costs), max(max_tokens, *costs) + 1)
    return limits[bisect_left(limits, -fewest, key=lambda limit: -len(_pack(costs, limit=limit)))]


def _pack(costs: list[int], *, limit: int) -> list[slice]:
    """Fill one window after the other, each to at most `limit`."""
    cuts: list[slice] = []
    start = used = 0
    for index, cost in enumerate(costs):
        if index > start and used + cost > limit:
            cuts.append(slice(start, index))
            start, used = index, 0
        used += cost
    return [*cuts, slice(start, len(costs))]


def _fit(conversation: Conversation, piece: Piece, *, cost: Cost, max_tokens: int) -> Iterator[Piece]:
    """The piece itself, or its parts when it alone is longer than a window."""
    if cost(piece) <= max_tokens:
        yield piece
        return
    start = piece.start
    while start < piece.end:
        part = _first_part(conversation, replace(piece, start=start), cost=cost, max_tokens=max_tokens)
        if text_of(conversation, part).strip():
            yield part
        start = part.end


def _first_part(conversation: Conversation, piece: Piece, *, cost: Cost, max_tokens: int) -> Piece:
    """As much of the piece as fits, up to a space where there is one; never nothing."""
    size = min(piece.end - piece.start, max_tokens * CHARACTERS_PER_TOKEN)
    while size > 1 and cost(replace(piece, end=piece.start + size)) > max_tokens:
        size = size * 3 // 4
    end = piece.start + max(size, 1)
    if end < piece.end:
        space = conversation.turns[piece.turn].text.rfind(" ", piece.start + 1, end)
        end = space + 1 if space > piece.start else end
    return replace(piece, end=end)


def join(parts: list[list[Claim]]) -> tuple[Claim, ...]:
    """The claims of all windows in order, each window with an equal share, so that none is left out.

    Only the first window can say why the customer made contact, and only the last how it ended; between
    them a claim of that aspect is narrative.
    """
    share = max(MAX_CLAIMS // max(len(parts), 1), 1)
    joined: dict[str, Claim] = {}
    for index, part in enumerate(parts):
        for claim in _most_telling(part, share=share):
            aspect = _aspect_in(claim.aspect, is_first=index == 0, is_last=index == len(parts) - 1)
            joined.setdefault(claim.text, replace(claim, aspect=aspect))
    return tuple(joined.values())


def _most_telling(part: list[Claim], *, share: int) -> list[Claim]:
    """The claims that tell most, figures above all, in their order; all of them where they have room."""
    ranked = sorted(part, key=lambda claim: -len(telling_stems(claim.text)) - FIGURE_WORTH * _tells_figure(claim))
    chosen = ranked[:share]
    return [claim for claim in part if claim in chosen]


def _tells_figure(claim: Claim) -> bool:
    return any(char.isdigit() for char in claim.text)


def _aspect_in(aspect: Aspect, *, is_first: bool, is_last: bool) -> Aspect:
    misplaced = (aspect is Aspect.REASON and not is_first) or (aspect is Aspect.RESOLUTION and not is_last)
    return Aspect.SUMMARY if misplaced else aspect
