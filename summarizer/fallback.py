"""An extractive summary that says it is one: quotations from the turns that say most.

Why the customer made contact stands near the beginning, how it ended near the end, so the choice is by
part of the conversation and role, then by how many telling words a turn has for its length, above all
those that the customer's reason has too.
"""

from collections import Counter
from collections.abc import Collection
from math import sqrt

from summarizer.conversation import Conversation, Role
from summarizer.evidence import quoted
from summarizer.headings import Headings, headings
from summarizer.prompt import one_line, speaker_labels
from summarizer.summary import Aspect, Claim, Evidence, Kind
from summarizer.window import Piece, Window, text_of
from summarizer.words import sentences, telling_stems

MAX_QUOTE_CHARACTERS = 240
MIN_REQUEST_WORDS = 4  # of a turn that can say why somebody made contact
ENGLISH = headings("en")


def extract(
    conversation: Conversation, window: Window, *, avoid: Collection[int] = (), words: Headings = ENGLISH
) -> list[Claim]:
    """At most three quotations from one window, in the order in which they were said, where it can from other turns."""
    window = tuple(piece for piece in window if piece.turn not in avoid) or window
    first_half, second_half = window[: -(-len(window) // 2)], window[len(window) // 2 :]
    counts = Counter(one for piece in window for one in _telling(conversation, piece))
    repeated = {one for one, count in counts.items() if count > 1}
    reason = _first_request(conversation, first_half) or _best(
        conversation, first_half, role=Role.CUSTOMER, topics=repeated
    )
    about = _telling(conversation, reason) if reason else repeated
    choices = [
        (Aspect.REASON, reason),
        (Aspect.ACTIONS, _best(conversation, window, role=Role.AGENT, topics=about)),
        (Aspect.RESOLUTION, _best(conversation, second_half, role=Role.AGENT, topics=about)),
    ]
    if all(piece is None for _, piece in choices):
        halves = (first_half, second_half)
        choices = [(Aspect.SUMMARY, _best(conversation, half, role=None, topics=repeated)) for half in halves]
    return _quotations(conversation, choices, words=words)


def _telling(conversation: Conversation, piece: Piece) -> set[str]:
    return telling_stems(text_of(conversation, piece), language=conversation.language)


def _first_request(conversation: Conversation, window: Window) -> Piece | None:
    """The customer's first turn that says more than a greeting: there people tell why they made contact."""
    for piece in window:
        is_customers = conversation.role_of(conversation.turns[piece.turn]) is Role.CUSTOMER
        if is_customers and len(_telling(conversation, piece)) >= MIN_REQUEST_WORDS:
            return piece
    return None


def _best(conversation: Conversation, window: Window, *, role: Role | None, topics: set[str]) -> Piece | None:
    """The piece of this role with the most telling words for its length, those of the topics counting threefold."""

    def worth(piece: Piece) -> float:
        stems = _telling(conversation, piece)
        return (len(stems) + 2 * len(stems & topics)) / sqrt(max(len(stems), 1))

    pieces = [piece for piece in window if role is None or conversation.role_of(conversation.turns[piece.turn]) is role]
    best = max(pieces, key=worth, default=None)
    return best if best is not None and worth(best) > 0 else None


def _quotations(
    conversation: Conversation, choices: list[tuple[Aspect, Piece | None]], *, words: Headings
) -> list[Claim]:
    labels = speaker_labels(conversation, words.speakers)
    quotations: dict[Piece, Claim] = {}
    for aspect, piece in choices:
        if piece is None or piece in quotations:
            continue
        evidence = _excerpt(conversation, piece)
        label = labels[conversation.turns[piece.turn].participant]
        text = f"{label}: {words.quote(one_line(quoted(evidence, conversation)))}"
        quotations[piece] = Claim(aspect, text, (evidence,), Kind.EXTRACTIVE)
    return [quotations[piece] for piece in sorted(quotations, key=lambda piece: (piece.turn, piece.start))]


def _excerpt(conversation: Conversation, piece: Piece) -> Evidence:
    """The piece itself or, when it is long, its most telling sentences in a row."""
    text = text_of(conversation, piece)
    spans = sentences(text)
    start, end = max(
        ((left, right) for left, _ in spans for _, right in spans if 0 < right - left <= MAX_QUOTE_CHARACTERS),
        key=lambda span: len(telling_stems(text[span[0] : span[1]], language=conversation.language)),
        default=spans[0],
    )
    return Evidence(piece.turn, piece.start + start, piece.start + _cut(text, start, end))


def _cut(text: str, start: int, end: int) -> int:
    """Where a sentence that is too long ends, at a space if it has one."""
    if end - start <= MAX_QUOTE_CHARACTERS:
        return end
    latest = start + MAX_QUOTE_CHARACTERS
    space = text.rfind(" ", start + 1, latest)
    return space if space > start else latest
