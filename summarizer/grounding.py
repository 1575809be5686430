"""Each statement to the turns that support it.

Evidence is the smallest row of turns that together hold the statement's words: greedy set cover, in which
a word that few turns hold weighs more than one that many do.
"""

from collections import Counter

from summarizer.conversation import Conversation
from summarizer.equivalents import equivalents
from summarizer.summary import Claim, Draft, Evidence, Statement
from summarizer.window import Piece, Window, text_of
from summarizer.words import content_stems, is_content, sentences, stem, words

MAX_EVIDENCE = 4  # a claim that needs more turns than this is a retelling


def ground(draft: Draft, conversation: Conversation, window: Window) -> list[Claim]:
    """Claims of one window's draft; the evidence of a claim is empty when no turn holds its words."""
    stems = {piece: content_stems(text_of(conversation, piece), language=conversation.language) for piece in window}
    spread = Counter(one for found in stems.values() for one in found)
    return [
        Claim(statement.aspect, statement.text, _evidence(statement, conversation, stems=stems, spread=spread))
        for statement in draft.statements
    ]


def _evidence(
    statement: Statement, conversation: Conversation, *, stems: dict[Piece, set[str]], spread: Counter[str]
) -> tuple[Evidence, ...]:
    told = equivalents(statement.text, language=conversation.language)
    missing = {one for each in told for one in each} & spread.keys()
    chosen: list[tuple[Piece, set[str]]] = []
    while missing and len(chosen) < MAX_EVIDENCE:
        best = max(stems, key=lambda piece: sum(1 / spread[one] for one in stems[piece] & missing))
        chosen.append((best, stems[best] & missing))
        missing = missing - stems[best]
    return tuple(
        _span(conversation, piece, found)
        for piece, found in sorted(chosen, key=lambda pair: (pair[0].turn, pair[0].start))
    )


def _span(conversation: Conversation, piece: Piece, found: set[str]) -> Evidence:
    """From the first to the last sentence of the piece that holds one of the words."""
    text, language = text_of(conversation, piece), conversation.language
    holding_words = (word for word in words(text) if is_content(word, language=language))
    places = [word.start for word in holding_words if stem(word.text, language=language) in found]
    holding = [(start, end) for start, end in sentences(text) if any(start <= place < end for place in places)]
    return Evidence(piece.turn, piece.start + holding[0][0], piece.start + holding[-1][1])
