"""Does the conversation say what the claim says? A claim that fails one check is dropped.

It must say something; numbers and names must occur in the conversation, a number beside something else
that the claim says; most of its words must stand in the evidence; what a role is said to have done must
rest on a turn of that role; and what somebody told the summarizer to write is no fact: without those turns the claim
must still hold, or say who said it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from summarizer.conversation import Conversation, Role
from summarizer.numbers import numbers
from summarizer.orders import names_us, orders_in
from summarizer.summary import Claim, Evidence
from summarizer.words import content_stems, is_content, stem, telling_stems, words

MIN_SUPPORT = 0.6  # share of a claim's content words that its evidence holds
MIN_CONTENT_WORDS = 2  # a claim of fewer says nothing that could be checked

_SUBJECTS = {"customer": Role.CUSTOMER, "agent": Role.AGENT, "bot": Role.BOT, "supervisor": Role.SUPERVISOR}
_TOLD = re.compile(
    r"(?:the )?(?P<who>customer|agent|bot|supervisor)\s(?:\w+\s)?(?:sa(?:id|ys)|told|tells|ask\w*"
    r"|request\w*|want\w*|claim\w*"
    r"|demand\w*|insist\w*|instruct\w*|tr(?:ied|ies)|attempt\w*|dictat\w*)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?:\b(?:and|but|so)|[;.])\s+(?:the )?\w+\s+\w", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """Numbers and words of a conversation, gathered once for all claims about it."""

    numbers: set[str]
    stems: set[str]
    turns: list[tuple[set[str], set[str]]]  #: numbers and content stems of each turn that says a number
    ordered: "Ordered | None" = None  #: None in almost all conversations: nobody speaks to the summarizer


@dataclass(frozen=True, slots=True)
class Ordered:
    """What some turns order the summarizer to write, and what the others say."""

    turns: frozenset[int]
    givers: frozenset[str]  #: participants
    stems: set[str]  #: content words of the orders
    other_stems: set[str]
    other_numbers: set[str]


def what_is_said(conversation: Conversation) -> Said:
    """Everything claims about this conversation are held against."""
    said = " ".join(turn.text for turn in conversation.turns)
    turns = [(numbers(turn.text), content_stems(turn.text)) for turn in conversation.turns]
    return Said(
        numbers=numbers(said),
        stems={stem(word.text) for word in words(said)},
        turns=[turn for turn in turns if turn[0]],
        ordered=_what_is_ordered(conversation),
    )


def _what_is_ordered(conversation: Conversation) -> Ordered | None:
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
        other_numbers=numbers(others),
    )


def verified(claims: list[Claim], conversation: Conversation, *, said: Said) -> list[Claim]:
    """The claims that pass every check, in their order."""
    return [
        claim
        for claim in claims
        if claim.evidence
        and says_something(claim.text)
        and not stutters(claim.text)
        and numbers(claim.text) <= said.numbers
        and unknown_names(claim.text, said.stems) == set()
        and numbers_fit(claim, said)
        and support(claim, conversation) >= MIN_SUPPORT
        and is_by_its_subject(claim, conversation)
        and (said.ordered is None or is_no_order(claim, conversation, ordered=said.ordered))
    ]


def says_something(text: str) -> bool:
    """More than who somebody is: a few telling words, and one of them no name."""
    telling = [word for word in words(text) if telling_stems(word.text)]
    return len({stem(word.text) for word in telling}) >= MIN_CONTENT_WORDS and not all(one.is_name for one in telling)


def stutters(text: str) -> bool:
    """The same word twice in a row, as a model writes that has lost its thread."""
    spoken = [word.text.casefold() for word in words(text)]
    return any(first == second and first.isalpha() for first, second in pairwise(spoken))


def unknown_names(text: str, known_words: set[str]) -> set[str]:
    """Words written as names that nobody says; the first word counts too, for a name may stand there."""
    return {
        word.text for word in words(text) if word.is_name and is_content(word) and stem(word.text) not in known_words
    }


def numbers_fit(claim: Claim, said: Said) -> bool:
    """Each number stands in a turn that holds another word of the claim, or it is a number of something else."""
    claimed = content_stems(claim.text)
    return all(
        any(number in found and stems & claimed - {number} for found, stems in said.turns)
        for number in numbers(claim.text)
    )


def support(claim: Claim, conversation: Conversation) -> float:
    """Share of the claim's content words that its evidence holds, 0 to 1."""
    claimed = content_stems(claim.text)
    held = {one for part in claim.evidence for one in content_stems(quoted(part, conversation))}
    return len(claimed & held) / len(claimed) if claimed else 0.0


def is_by_its_subject(claim: Claim, conversation: Conversation) -> bool:
    """When the claim says what a role did, at least one of its turns is that role's."""
    role = _subject(claim.text)
    if role is None or all(one.role is not role for one in conversation.participants):
        return True
    return any(conversation.role_of(conversation.turns[part.turn]) is role for part in claim.evidence)


def is_no_order(claim: Claim, conversation: Conversation, *, ordered: Ordered) -> bool:
    """It says who said it, or is no echo of an order and rests on more than the word of whoever gave one."""
    if names_us(claim.text):
        return False
    if is_told(claim.text, _roles_of(ordered.givers, conversation)):
        return True
    claimed = content_stems(claim.text)
    is_echo = len(claimed & ordered.stems) >= MIN_SUPPORT * len(claimed)
    is_known = numbers(claim.text) <= ordered.other_numbers and not unknown_names(claim.text, ordered.other_stems)
    return not is_echo and is_known and _has_other_witness(claim, conversation, ordered=ordered)


def is_told(text: str, roles: set[Role]) -> bool:
    """Opens with one of these roles, who says, asks or wants, and does not go on to what another did."""
    told = _TOLD.match(text)
    return told is not None and _SUBJECTS.get(told["who"].casefold()) in roles and not _GOES_ON.search(text)


def _has_other_witness(claim: Claim, conversation: Conversation, *, ordered: Ordered) -> bool:
    """A turn of somebody who gave no order; of one who did, only what the claim says of them."""
    subject = _subject(claim.text)
    witnesses = {conversation.turns[part.turn].participant for part in claim.evidence if part.turn not in ordered.turns}
    return any(one not in ordered.givers or conversation.participant(one).role is subject for one in witnesses)


def _roles_of(participants: Iterable[str], conversation: Conversation) -> set[Role]:
    return {conversation.participant(one).role for one in participants}


def quoted(evidence: Evidence, conversation: Conversation) -> str:
    """The characters a piece of evidence points at."""
    return conversation.turns[evidence.turn].text[evidence.start : evidence.end]


def _subject(text: str) -> Role | None:
    first = [word.text.casefold() for word in words(text)[:2]]
    subject = first[1] if first[:1] == ["the"] and len(first) > 1 else (first or [""])[0]
    return _SUBJECTS.get(subject)
