"""What people in a call say that they, or the others, will do, could do, have done or are asked to do.

"I will send you the form", "you will receive a call", "our team will get back to you" are promises; "I'll be happy to
help" and "I will check" promise no deed. Not caught: promises without a verb of `deeds`, or made by a mere "sure" (that
counts as an offer), the condition of one, and other languages than English and French (`french`).
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from summarizer.clauses.clause import party
from summarizer.conversation import Conversation, Role
from summarizer.obligations import french
from summarizer.obligations.deeds import is_order, plain
from summarizer.obligations.obligation import GETS, MAX_CLAUSE, MUST, NOT, OTHER, TEAM, WILL, Mood, Obligation, owed
from summarizer.summary import Evidence
from summarizer.words import sentences, telling_stems

NUM_TURNS_BEFORE = 2  # of a promise: what its "it" and "that" stand for

_BY_SPEAKER = re.compile(rf"\b(?:i|we) ?{WILL}{NOT}\b")
_TO_LISTENER = re.compile(rf"\byou ?(?:should|{WILL})(?= (?:\w+ly |also |then )?{GETS})")
_BY_TEAM = re.compile(rf"\b(?:{TEAM}|they) ?(?:{WILL}|would){NOT}\b")
_PASSIVE = re.compile(rf"{WILL} (?=(?:be|get) \w+(?:ed|nt|id)\b)")
_OFFER = re.compile(rf"\b(?:(?:i|we) (?:can|could)(?!'t)|(?:i|we)(?:'d| would) (?:be \w+|like|love) to|let me)\b{NOT}")
_DONE = re.compile(r"\b(?:i|we)(?:'ve| have| just|(?= \w+ed\b| sent\b))")
_REQUEST = re.compile(
    rf"\b(?:please|kindly|(?:can|could|would|will|if) you(?: please)?|you ?(?:{MUST}|can|may|could)(?!'t)"
    rf"|(?:need|want|like|ask|advise|invite|encourage) you to|(?:suggest|recommend)(?: that)? you|feel free to)\b{NOT}"
    r"(?! be \w+ed\b)"
)
_ASSENT = re.compile(
    r"(?:yes|sure|of course|ok|okay|certainly|absolutely|no problem|will do|definitely|alright)\b", re.IGNORECASE
)


def promises(conversation: Conversation) -> list[Obligation]:
    """What somebody in the call says will be done."""
    return [one for one in obligations(conversation) if one.is_follow_up]


def obligations(conversation: Conversation) -> list[Obligation]:
    """Everything somebody in the call promises, offers, has done or is asked for, with its sentence as evidence."""
    turns = conversation.turns
    stems = [telling_stems(turn.text) for turn in turns]
    found: list[Obligation] = []
    for index, turn in enumerate(turns):
        around = frozenset[str]().union(*stems[max(0, index - NUM_TURNS_BEFORE) : index + 1])
        is_accepted = any(_ASSENT.match(answer.text) for answer in turns[index + 1 : index + 2])
        for start, end in sentences(turn.text):
            for one in _said(plain(turn.text[start:end]), party(conversation.role_of(turn))):
                mood = Mood.OFFER if is_accepted and one.mood is Mood.MUST else one.mood
                found.append(replace(one, mood=mood, around=around, evidence=Evidence(index, start, end)))
    return found


def _said(sentence: str, speaker: Role | None) -> Iterator[Obligation]:
    """What one sentence of the call puts on whom."""
    listener = OTHER[speaker] if speaker else None
    forms = [
        (_BY_SPEAKER, Mood.WILL, speaker),
        (_OFFER, Mood.OFFER, speaker),
        (_DONE, Mood.DONE, speaker),
        (_REQUEST, Mood.MUST, listener),
    ]
    if speaker is not Role.CUSTOMER:
        forms += [(form, Mood.WILL, speaker) for form in (_TO_LISTENER, _BY_TEAM, _PASSIVE)]
    for form, mood, owner in forms:
        for match in form.finditer(sentence):
            subject = sentence[max(0, match.start() - MAX_CLAUSE) : match.start()]
            clause = sentence[match.end() : match.end() + MAX_CLAUSE]
            yield from owed(clause, mood, owner, subject=subject if form in (_BY_TEAM, _PASSIVE) else "")
    if is_order(sentence):
        yield from owed(sentence[:MAX_CLAUSE], Mood.MUST, listener)
    yield from french.said(sentence, speaker)
