"""What somebody told the summarizer to write is no fact.

Without those turns a claim must still hold, or say who said it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from summarizer.conversation import Conversation, Role
from summarizer.doers import subject_of
from summarizer.figures import Figures, union
from summarizer.orders import names_us, orders_in
from summarizer.summary import Claim
from summarizer.words import content_stems, stem, words

MIN_ECHO = 0.6  # share of a claim's content words that the orders hold

_SUBJECTS = {"customer": Role.CUSTOMER, "agent": Role.AGENT, "bot": Role.BOT, "supervisor": Role.SUPERVISOR}
_TOLD = re.compile(
    r"(?:the )?(?P<who>customer|agent|bot|supervisor)\s(?:\w+\s)?(?:sa(?:id|ys)|told|tells|ask\w*"
    r"|request\w*|want\w*|claim\w*"
    r"|demand\w*|insist\w*|instruct\w*|tr(?:ied|ies)|attempt\w*|dictat\w*)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?:\b(?:and|but|so)|[;.])\s+(?:the )?\w+\s+\w", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ordered:
    """What some turns order the summarizer to write, and what the others say."""

    turns: frozenset[int]
    givers: frozenset[str]  #: participants
    stems: set[str]  #: content words of the orders
    other_stems: set[str]
    other_figures: Figures


def what_is_ordered(conversation: Conversation, stated: Sequence[Figures]) -> Ordered | None:
    """Orders to the summarizer, None when there are none; `stated` are the figures of each turn."""
    turns = orders_in(conversation)
    if not turns:
        return None
    orders = [turn for index, turn in enumerate(conversation.turns) if index in turns]
    others = " ".join(turn.text for index, turn in enumerate(conversation.turns) if index not in turns)
    return Ordered(
        turns=turns,
        givers=frozenset(turn.participant for turn in orders),
        stems={one for turn in orders for one in content_stems(turn.text)},
        other_stems={stem(word.text) for word in words(others)},
        other_figures=union(each for index, each in enumerate(stated) if index not in turns),
    )


def is_no_order(claim: Claim, conversation: Conversation, *, ordered: Ordered, is_known: bool) -> bool:
    """It says who said it, or is no echo of an order and rests on more than the word of whoever gave one.

    `is_known` says that the figures and names of the claim stand in the other turns too.
    """
    if names_us(claim.text):
        return False
    if is_told(claim.text, _roles_of(ordered.givers, conversation)):
        return True
    claimed = content_stems(claim.text)
    is_echo = len(claimed & ordered.stems) >= MIN_ECHO * len(claimed)
    return not is_echo and is_known and _has_other_witness(claim, conversation, ordered=ordered)


def is_told(text: str, roles: set[Role]) -> bool:
    """Opens with one of these roles, who says, asks or wants, and does not go on to what another did."""
    told = _TOLD.match(text)
    return told is not None and _SUBJECTS.get(told["who"].casefold()) in roles and not _GOES_ON.search(text)


def _has_other_witness(claim: Claim, conversation: Conversation, *, ordered: Ordered) -> bool:
    """A turn of somebody who gave no order; of one who did, only what the claim says of them."""
    subject = subject_of(claim.text)
    witnesses = {conversation.turns[part.turn].participant for part in claim.evidence if part.turn not in ordered.turns}
    return any(one not in ordered.givers or conversation.participant(one).role is subject for one in witnesses)


def _roles_of(participants: Iterable[str], conversation: Conversation) -> set[Role]:
    return {conversation.participant(one).role for one in participants}
