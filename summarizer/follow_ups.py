"""What is still to be done after a call, by whom: clauses of the call, copied, with the sentence that says so.

Told is the final state: an offer counts when somebody agrees to it; what is declined, taken back or done before the
call ends does not; what is said twice counts once. English and French, by rules; dates stay as they were spoken.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from summarizer.actions import english, french
from summarizer.actions.action import Action, Kind, Who
from summarizer.actions.wording import Parties, french_name, in_english, in_french
from summarizer.clauses.clause import clauses, parts, party
from summarizer.clauses.lexicon import tells
from summarizer.conversation import Conversation, Role
from summarizer.obligations.obligation import OTHER
from summarizer.roots import root
from summarizer.summary import Evidence
from summarizer.words import any_of, words

MAX_FOLLOW_UPS = 8  # of each hundred turns
MAX_ALIKE = 60  # of one owner and one verb are compared with each other, and of ends with what they may end
NEAR = 40  # turns within which "I've done that" means what was promised, whatever it was about


class Owner(StrEnum):
    """Who has to do it."""

    AGENT = "agent"  #: the contact center, whoever of its people it is
    CUSTOMER = "customer"
    THIRD_PARTY = "third_party"  #: somebody outside: a bank, a courier, a husband
    UNKNOWN = "unknown"  #: the roles are unknown


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One action, and the sentence of the call that says it."""

    owner: Owner
    action: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class _Candidate:
    follow_up: FollowUp
    kind: Kind
    verb: str  #: its root
    matter: frozenset[str]  #: roots of what it is about
    is_question: bool  #: or a wish of the customer, which binds nobody

    @property
    def place(self) -> tuple[int, int]:
        return self.follow_up.evidence.turn, self.follow_up.evidence.start


_End = tuple[tuple[int, int], frozenset[str]]  # its place, and what it is about

_AGREES = any_of(r"""
yes|yeah|yep|sure|of course|ok(?:ay)?|certainly|absolutely|no problem|will do|definitely|alright|great|perfect|please do
that would be|sounds good|fine|oui|d'accord|bien sûr|volontiers|parfait|entendu|très bien|avec plaisir
""")
_DECLINES = any_of(r"""
no,? thanks?(?: you)?|no,? (?:please )?(?:don't|do not)|(?:please )?(?:don't|do not)|that's not necessary|not necessary
i'd rather not|non,? merci|(?:ce n'est )?pas (?:la peine|nécessaire)|inutile|surtout pas
""")
_DONE = re.compile(
    r"\b(?:(?:i|we)(?:'ve| have)(?: just| already| now)?|i just|(?:has|have) (?:now |just )?been|j'ai|nous avons"
    r"|je viens de(?: vous)?|est|sont) (?P<verb>\w+)",
    re.IGNORECASE,
)
_OWNERS = {Role.AGENT: Owner.AGENT, Role.CUSTOMER: Owner.CUSTOMER}
_SIDES = {Owner.AGENT: Role.AGENT, Owner.CUSTOMER: Role.CUSTOMER}


def follow_ups(conversation: Conversation) -> tuple[FollowUp, ...]:
    """The most important of them in the order of the call, at most 8 of each hundred turns."""
    found = list(_candidates(conversation))
    answered = {(one.place[0], one.follow_up.owner) for one in found if one.kind is Kind.SAID}
    agreed = [one for one in found if _is_agreed(one, conversation, answered=answered)]
    ends = _ends(conversation)
    left = _distinct([one for one in agreed if not _is_ended(one, ends.get(one.verb, []))])
    limit = MAX_FOLLOW_UPS * ceil(len(conversation.turns) / 100)
    chosen = sorted(left, key=lambda one: (one.kind is not Kind.SAID, -len(one.matter)))[:limit]
    return tuple(one.follow_up for one in sorted(chosen, key=lambda one: one.place))


def _candidates(conversation: Conversation) -> Iterator[_Candidate]:
    """Everything that somebody says will be done, in order."""
    last = Who.TEAM  # of those that are neither here: what "he" and "they" stand for
    for index, turn in enumerate(conversation.turns):
        speaker = party(conversation.role_of(turn))
        for start, end in parts(turn.text):
            sentence = turn.text[start:end].replace("’", "'")
            for language, action in _actions(sentence):
                who = last if action.who is Who.SAME else action.who
                last = who if who in (Who.TEAM, Who.OUTSIDER) else last
                if _counts(who, speaker):
                    evidence = Evidence(index, start, end)
                    yield _candidate(sentence, action, _owner(who, speaker), evidence, speaker, language)


def _actions(sentence: str) -> list[tuple[str, Action]]:
    found = [*(("en", one) for one in english.actions(sentence)), *(("fr", one) for one in french.actions(sentence))]
    return sorted(found, key=lambda pair: pair[1].start)


def _counts(who: Who, speaker: Role | None) -> bool:
    """Of what the contact center will do or needs, its customer knows nothing."""
    return speaker is not Role.CUSTOMER or who is not Who.TEAM


def _owner(who: Who, speaker: Role | None) -> Owner:
    if who is Who.OUTSIDER:
        return Owner.THIRD_PARTY
    if speaker is None:
        return Owner.UNKNOWN
    return _OWNERS[OTHER[speaker] if who is Who.LISTENER else speaker]


def _candidate(
    sentence: str, action: Action, owner: Owner, evidence: Evidence, speaker: Role | None, language: str
) -> _Candidate:
    parties = Parties(speaker, OTHER[speaker] if speaker else None, _SIDES.get(owner))
    text = _worded(sentence[action.start : action.end], action, parties, language=language)
    verb = root(action.opening.split()[0].split("'")[-1] if action.opening else action.verb)
    spoken = [word.text for word in words(sentence[action.start : action.end].lower())]
    is_demand = action.kind is Kind.SAID and action.who is Who.LISTENER and speaker is Role.CUSTOMER
    return _Candidate(
        FollowUp(owner, text, evidence),
        kind=Kind.OFFERED if is_demand else action.kind,
        verb=verb,
        matter=frozenset(root(one) for one in spoken if tells(one)) - {verb},
        is_question=sentence.endswith("?") or speaker is Role.CUSTOMER,
    )


def _worded(clause: str, action: Action, parties: Parties, *, language: str) -> str:
    if language == "en":
        return _uncapitalized(in_english(clause, parties))
    opening = action.opening or ""
    for mark in ("you", "me"):
        opening = opening.replace(f"{{{mark}}}", french_name(mark, parties))
    return _uncapitalized(f"{opening}{in_french(clause, parties)}".replace("à le ", "au "))


def _uncapitalized(text: str) -> str:
    return text[:1].lower() + text[1:]


def _is_agreed(one: _Candidate, conversation: Conversation, *, answered: set[tuple[int, Owner]]) -> bool:
    """What is said counts unless it is declined; an offer and a question only if somebody agrees."""
    turn = conversation.turns[one.place[0]]
    answer = next((other.text for other in conversation.turns[one.place[0] + 1 : one.place[0] + 2]), "").lstrip()
    is_declined = bool(_DECLINES.match(answer)) and not turn.text[one.follow_up.evidence.end :].rstrip().endswith("?")
    if one.kind is Kind.SAID or is_declined:
        return not is_declined
    if one.kind is Kind.ASKED and (one.place[0] + 1, one.follow_up.owner) in answered:
        return False  # the answer says it better
    return bool(_AGREES.match(answer)) or (one.kind is Kind.ASKED and not one.is_question)


def _ends(conversation: Conversation) -> dict[str, list[_End]]:
    """Of each deed where it is said to be done or denied, and of what matter, in order."""
    found: dict[str, list[_End]] = {}
    for index, turn in enumerate(conversation.turns):
        for start, end in parts(turn.text):
            sentence = turn.text[start:end].replace("’", "'")
            for match in _DONE.finditer(sentence):
                found.setdefault(root(match["verb"]), []).append(((index, start), frozenset()))
            for clause in clauses(sentence, speaker=party(conversation.role_of(turn))):
                for deed in clause.denied if clause.is_sure else ():
                    found.setdefault(deed, []).append(((index, start), clause.matter - {deed}))
    return found


def _is_ended(one: _Candidate, ends: list[_End]) -> bool:
    """Done, or taken back, later in the call."""
    first = bisect_right(ends, one.place, key=lambda end: end[0])
    return any(
        matter & one.matter or (not matter and place[0] - one.place[0] <= NEAR)
        for place, matter in ends[first : first + MAX_ALIKE]
    )


def _distinct(found: list[_Candidate]) -> list[_Candidate]:
    """Of what is said twice the more complete, or else the later."""
    alike: dict[tuple[Owner, str], list[_Candidate]] = {}
    for one in found:
        kept = alike.setdefault((one.follow_up.owner, one.verb), [])
        same = next((other for other in kept[-MAX_ALIKE:] if _is_same(one, other)), None)
        if same is None:
            kept.append(one)
        elif len(one.matter) >= len(same.matter):
            kept[kept.index(same)] = one
    return sorted((one for kept in alike.values() for one in kept), key=lambda one: one.place)


def _is_same(one: _Candidate, other: _Candidate) -> bool:
    """About the same matter, and not of another amount or number."""
    figures, others = ({word for word in each.matter if any(map(str.isdigit, word))} for each in (one, other))
    if figures and others and not figures & others:
        return False
    return 2 * len(one.matter & other.matter) >= min(len(one.matter), len(other.matter))
