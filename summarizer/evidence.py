"""The characters of the conversation on which a sentence rests, and whether they are there."""

from summarizer.conversation import Conversation
from summarizer.summary import Claim, Evidence, Kind


def quoted(evidence: Evidence, conversation: Conversation) -> str:
    """The characters a piece of evidence points at."""
    return conversation.turns[evidence.turn].text[evidence.start : evidence.end]


def is_there(evidence: Evidence, conversation: Conversation) -> bool:
    """The turn exists, and the range holds something that was said."""
    if not 0 <= evidence.turn < len(conversation.turns):
        return False
    length = len(conversation.turns[evidence.turn].text)
    return 0 <= evidence.start < evidence.end <= length and bool(quoted(evidence, conversation).strip())


def is_quotation(claim: Claim, conversation: Conversation) -> bool:
    """It is said to be a quotation, and holds the very words of its evidence."""
    said = "".join(" ".join(quoted(part, conversation).split()) for part in claim.evidence)
    return claim.kind is Kind.EXTRACTIVE and bool(said) and said in " ".join(claim.text.split())
