"""The checked sentences as a reader wants them: by aspect, in two lengths, and as a headline."""

import re
from collections.abc import Sequence
from dataclasses import replace

from summarizer.sections.made import Made, Material, told
from summarizer.summary import Aspect, Claim

HEADLINE_WORDS = 12
ELLIPSIS = "…"

# What a short narrative cannot do without comes first.
_WORTH = (Aspect.REASON, Aspect.RESOLUTION, Aspect.ACTIONS, Aspect.FOLLOW_UPS, Aspect.SUMMARY)
_CLAUSE = re.compile(r"(?<=[^\W\d])[,;:](?=\s)|\s(?=(?:and|but|because|which|et|mais|car|parce|qui)\s)")


def reason(material: Material) -> Made:
    """Why the customer made contact."""
    return told(_of(material, Aspect.REASON))


def actions(material: Material) -> Made:
    """What the agent did."""
    return told(_of(material, Aspect.ACTIONS))


def concise(material: Material) -> Made:
    """The sentences that matter most, in reading order, in few words."""
    return told(within(material.claims, max_words=material.template.concise_words))


def detailed(material: Material) -> Made:
    """As many of the sentences as the template lets a reader read."""
    return told(within(material.claims, max_words=material.template.detailed_words))


def headline(material: Material) -> Made:
    """The reason, or else the first sentence, in at most twelve words."""
    claim = next(iter(_of(material, Aspect.REASON) or material.claims), None)
    return told([replace(claim, text=shortened(claim.text, max_words=HEADLINE_WORDS))]) if claim else Made()


def within(claims: Sequence[Claim], *, max_words: int) -> list[Claim]:
    """The claims of most worth that have room together, in their order; the first of them is cut if it has none."""
    ranked = sorted(range(len(claims)), key=lambda at: (_WORTH.index(claims[at].aspect), -claims[at].score))
    chosen: list[int] = []
    left = max_words
    for at in ranked:
        length = len(claims[at].text.split())
        if length <= left:
            chosen.append(at)
            left -= length
    if ranked and not chosen:
        first = claims[ranked[0]]
        return [replace(first, text=shortened(first.text, max_words=max_words))]
    return [claims[at] for at in sorted(chosen)]


def shortened(text: str, *, max_words: int) -> str:
    """The text up to the last end of a clause that has room, without it as many words as have; without a full stop."""
    if len(text.split()) <= max_words:
        return text.rstrip(". ")
    ends = [match.start() for match in _CLAUSE.finditer(text)]
    fitting = [end for end in ends if max_words // 2 <= len(text[:end].split()) <= max_words]
    cut = text[: fitting[-1]] if fitting else " ".join(text.split()[:max_words])
    closing = "”" if cut.count("“") > cut.count("”") else ""
    return f"{cut.rstrip(' ,;:')}{ELLIPSIS}{closing}"


def _of(material: Material, aspect: Aspect) -> list[Claim]:
    return [claim for claim in material.claims if claim.aspect is aspect]
