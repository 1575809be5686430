"""Where several agents speak, a sentence says which of them it is about: `Agent2 told…`, as quotations do."""

import re
from collections.abc import Iterable
from dataclasses import replace

from summarizer.conversation import Conversation
from summarizer.headings import Headings
from summarizer.legs import agents_of
from summarizer.prompt import speaker_labels
from summarizer.summary import Claim

_THE_AGENT = re.compile(r"\b(?:(?:the|an) agent|l'agent|le conseiller|la conseillère)\b(?![\w-])", re.IGNORECASE)


def with_agents_named(claim: Claim, conversation: Conversation, words: Headings) -> Claim:
    """The claim with the label of the one agent that its evidence is of; unchanged where that is not one."""
    if len(agents_of(conversation, range(len(conversation.turns)))) < 2:
        return claim
    turns = {part.turn for part in claim.evidence}
    said = agents_of(conversation, sorted(turns)) or _agents_beside(conversation, turns)
    if len(said) != 1:
        return claim
    label = speaker_labels(conversation, words.speakers)[said[0]]
    return replace(claim, text=_THE_AGENT.sub(label, claim.text))


def _agents_beside(conversation: Conversation, turns: Iterable[int]) -> list[str]:
    """Of the legs in which these turns stand: to whom a customer says something."""
    legs = [leg for leg in conversation.legs if any(turn in leg.turns for turn in turns)]
    return list(dict.fromkeys(agent for leg in legs for agent in agents_of(conversation, leg.turns)))
