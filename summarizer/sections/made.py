"""What sections are made from, and what is made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from summarizer.conversation import Conversation
from summarizer.headings import Headings
from summarizer.summary import Claim, Evidence, Item, mean_score
from summarizer.template import Template


@dataclass(frozen=True, slots=True)
class Material:
    """Everything a section may use; `words` are ours in the reader's language."""

    claims: tuple[Claim, ...]
    conversation: Conversation
    template: Template
    words: Headings


@dataclass(frozen=True, slots=True)
class Made:
    """A section without its name and heading; without a text nothing is stated."""

    text: str = ""
    value: str | None = None
    score: float | None = None
    evidence: tuple[Evidence, ...] = ()
    items: tuple[Item, ...] = ()


def told(claims: Sequence[Claim]) -> Made:
    """Sentences one after the other, with all their evidence."""
    if not claims:
        return Made()
    return Made(
        text=" ".join(claim.text for claim in claims),
        score=mean_score(claims),
        evidence=in_order(part for claim in claims for part in claim.evidence),
    )


def in_order(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Each once, as they were said."""
    return tuple(sorted(set(evidence), key=lambda part: (part.turn, part.start, part.end)))
