"""How well its evidence holds a claim, as a number that is stored with it.

Half of it is the share of the claim's content words that the evidence has, half the share of its neighbouring words
that stand together there as well: what a claim tells in the words of the call is seldom wrong. On DialSummEval it
agrees with people's judgment of consistency better than ROUGE against a reference does (training/agreement.py).
"""

from itertools import pairwise

from summarizer.conversation import Conversation
from summarizer.evidence import quoted
from summarizer.summary import Claim
from summarizer.verify import support
from summarizer.words import stem, words


def score(claim: Claim, conversation: Conversation) -> float:
    """From 0, nothing of it stands in the evidence, to 1, all of it in the same words."""
    return (support(claim, conversation) + togetherness(claim, conversation)) / 2


def togetherness(claim: Claim, conversation: Conversation) -> float:
    """Share of the pairs of neighbouring words of a claim that are neighbours in its evidence; 1 without a pair."""
    pairs = _pairs(claim.text)
    held = {pair for part in claim.evidence for pair in _pairs(quoted(part, conversation))}
    return sum(pair in held for pair in pairs) / len(pairs) if pairs else 1.0


def _pairs(text: str) -> list[tuple[str, str]]:
    return list(pairwise(stem(word.text) for word in words(text)))
