"""Who owes what, as it is said in a call and as a summary tells it. English, by rules.

A promise is a deed of `training.deeds` that somebody will do: "I will send you the form", "you will receive a call",
"our team will get back to you". "I'll be happy to help" and "I will check" promise no deed. What is not caught:
promises without such a verb, or made by a mere "sure" (that counts as an offer); the condition of one; other languages;
and in a summary whose deed it is where "they" may be either party, or where people are called by name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from summarizer.conversation import Conversation, Role
from summarizer.words import stem, telling_stems
from training.dataset import split_sentences
from training.deeds import deeds_in, done_by, family_of, is_order, matter_of, plain, verbs

NUM_TURNS_BEFORE = 2  # of a promise: what its "it" and "that" stand for
NUM_SUBJECT_WORDS = 4  # before the verb: "your last parking refund will be processed"
OTHER = {Role.AGENT: Role.CUSTOMER, Role.CUSTOMER: Role.AGENT}

_WILL = r"(?:will|shall|'ll|(?:is|am|are|'m|'re|'s) (?:going to|gonna)|promis\w+ to|agree[sd]? to|offer\w* to)"
_MUST = r"(?:must|should|(?:has|have|had|needs?|needed|is|are) to|(?:will|'ll) (?:need|have) to)"
_NOT = r"(?! (?:not|never|no longer|don't|do not)\b)"
_GETS = r"(?:receive|receiving|(?:be|get) \w+(?:ed|nt|id)\b)"
_TEAM = (
    r"(?:team|department|colleagues?|manager|technician|engineers?|specialist|expert|supervisor|someone|somebody"
    r"|driver|courier|staff|office|store)"
)
_AGENT = r"(?:agents?|representative|advisor)"
_CUSTOMER = r"(?:customers?|client|caller)"
_ROLE = rf"(?:(?P<agent>{_AGENT})|(?P<customer>{_CUSTOMER}))"
_ADVERBS = r"(?: (?:also|then|now|still|just|\w+ly))*"

_BY_SPEAKER = re.compile(rf"\b(?:i|we) ?{_WILL}{_NOT}\b")
_TO_LISTENER = re.compile(rf"\byou ?(?:should|{_WILL})(?= (?:\w+ly |also |then )?{_GETS})")
_BY_TEAM = re.compile(rf"\b(?:{_TEAM}|they) ?(?:{_WILL}|would){_NOT}\b")
_PASSIVE = re.compile(rf"{_WILL} (?=(?:be|get) \w+(?:ed|nt|id)\b)")
_OFFER = re.compile(rf"\b(?:(?:i|we) (?:can|could)(?!'t)|(?:i|we)(?:'d| would) be \w+ to|let me)\b{_NOT}")
_DONE = re.compile(r"\b(?:i|we)(?:'ve| have| just|(?= \w+ed\b| sent\b))")
_REQUEST = re.compile(
    rf"\b(?:please|kindly|(?:can|could|would|will|if) you(?: please)?|you ?(?:{_MUST}|can|may|could)(?!'t)"
    rf"|(?:need|want|like|ask|advise|invite|encourage) you to|(?:suggest|recommend)(?: that)? you|feel free to)\b{_NOT}"
    r"(?! be \w+ed\b)"
)
_ASSENT = re.compile(
    r"(?:yes|sure|of course|ok|okay|certainly|absolutely|no problem|will do|definitely|alright)\b", re.IGNORECASE
)

_OWES = re.compile(rf"(?P<will>{_WILL}|\bwould(?! like))(?! (?:need|have) to){_NOT}\b|(?P<must>\b{_MUST}){_NOT}\b")
_ASKED = re.compile(
    rf"\b(?:was|were|is|are|been|being) (?:asked|told|advised|requested|instructed|reminded) to{_NOT}\b"
)
_ASKS = re.compile(
    r"\b(?:ask|request|tell|told|advis|instruct|remind|urg|suggest|inform)\w*"
    rf"(?P<whom> (?:the )?(?:{_AGENT}|{_CUSTOMER}|them|him|her))? to{_NOT}\b"
)
_RECEIVED = re.compile(rf" (?:\w+ly |also |then )?{_GETS}")
_SUBJECT = re.compile(rf"\b{_ROLE}(?:'s {_TEAM})?{_ADVERBS} ?$")
_TEAM_SUBJECT = re.compile(rf"\b{_TEAM}{_ADVERBS} ?$")
_PRONOUN = re.compile(rf"\b(?:they|he|she){_ADVERBS} ?$")
_SAME_SUBJECT = re.compile(rf"(?:\band|,|\bbut){_ADVERBS} ?$")
_CLAUSE_START = re.compile(r"(?:^|[.,;]|\band|\bbut|\bthat) ?(?:the |here )?$")
_CLAUSE = re.compile(r"[,;:]|\b(?:and|but|that)\b")
_NEW_VERB = re.compile(r"(?:\band|\bbut|,)(?: also)? \w+(?:[^s]s|ed)\b")
_OPEN_QUESTION = re.compile(
    r"\b(?:ask|enquir|inquir|wonder|question|know)\w*\b.*\b(?:when|if|whether|how|why|what|who|where)\b"
)


class Mood(StrEnum):
    """How sure it is that it will be done."""

    WILL = "will"  #: somebody says so
    OFFER = "offer"  #: somebody could
    DONE = "done"  #: somebody says that it has been done
    MUST = "must"  #: somebody else asks for it


@dataclass(frozen=True, slots=True)
class Obligation:
    """What one party owes the other; of a summary the owner may be unknown."""

    owner: Role | None
    mood: Mood
    deeds: frozenset[str]  #: families, or the stem of a verb that is of none
    matter: frozenset[str]  #: stems of what it is about
    around: frozenset[str] = frozenset()  #: stems of the turns it stands in
    is_follow_up: bool = False  #: somebody says that one of the deeds we know will be done


def promises(conversation: Conversation) -> list[Obligation]:
    """What somebody in the call says will be done."""
    return [one for one in obligations(conversation) if one.is_follow_up]


def obligations(conversation: Conversation) -> list[Obligation]:
    """Everything somebody in the call promises, offers, has done or is asked for."""
    turns = conversation.turns
    stems = [telling_stems(turn.text) for turn in turns]
    found: list[Obligation] = []
    for index, turn in enumerate(turns):
        around = frozenset[str]().union(*stems[max(0, index - NUM_TURNS_BEFORE) : index + 1])
        is_accepted = any(_ASSENT.match(answer.text) for answer in turns[index + 1 : index + 2])
        for sentence in split_sentences(turn.text):
            for one in _said(plain(sentence), _party(conversation.role_of(turn))):
                mood = Mood.OFFER if is_accepted and one.mood is Mood.MUST else one.mood
                found.append(replace(one, mood=mood, around=around))
    return found


def stated(summary: str) -> list[Obligation]:
    """Everything a summary says that somebody will or must do."""
    return [one for sentence in split_sentences(summary) for one in _told(plain(sentence))]


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
            subject = sentence[: match.start()] if form in (_BY_TEAM, _PASSIVE) else ""
            yield from _obligation(sentence[match.end() :], mood, owner, subject=subject)
    if is_order(sentence):
        yield from _obligation(sentence, Mood.MUST, listener)


def _told(sentence: str) -> Iterator[Obligation]:
    """What one sentence of a summary puts on whom."""
    marks = _marks(sentence)
    for mark, end in zip(marks, [*(after.start() for after in marks[1:]), len(sentence)], strict=False):
        before, clause = sentence[: mark.start()], _NEW_VERB.split(sentence[mark.end() : end], maxsplit=1)[0]
        if mark.re is _ASKS:
            yield from _obligation(clause, Mood.MUST, _whom(mark["whom"], before))
        elif mark.re is _ASKED or mark["must"]:
            yield from _obligation(clause, Mood.MUST, _subject(before, is_sure=True))
        elif not _OPEN_QUESTION.search(before):
            is_about_subject = _RECEIVED.match(clause) or _TEAM_SUBJECT.search(before)
            subject = _CLAUSE.split(before)[-1] if is_about_subject else ""
            yield from _obligation(clause, Mood.WILL, _who_will(before, clause), subject=subject)


def _marks(sentence: str) -> list[re.Match[str]]:
    """Where it says that somebody owes something; of two that overlap the first."""
    found = [match for form in (_OWES, _ASKED, _ASKS) for match in form.finditer(sentence)]
    marks: list[re.Match[str]] = []
    for match in sorted(found, key=re.Match.start):
        if not marks or marks[-1].end() <= match.start():
            marks.append(match)
    return marks


def _obligation(clause: str, mood: Mood, owner: Role | None, *, subject: str = "") -> Iterator[Obligation]:
    """At most one, by the verb that the clause begins with; of a passive and of a team the subject tells it too."""
    found = verbs(clause)
    if not found:
        return
    known = [one for one in found if family_of(one)]
    about = " ".join(subject.split()[-NUM_SUBJECT_WORDS:])
    deeds = done_by(clause) | (deeds_in(about) if known and _RECEIVED.match(clause) else frozenset())
    matter = (matter_of(clause) | matter_of(about)) - {stem(one) for one in known or found[:1]}
    yield Obligation(owner, mood, deeds, matter, is_follow_up=mood is Mood.WILL and bool(known))


def _who_will(before: str, clause: str) -> Role | None:
    """The subject, unless it is the one that gets something."""
    if not _RECEIVED.match(clause):
        return _subject(before, is_sure=False)
    gets = _SUBJECT.search(before)
    return OTHER[_role(gets)] if gets else None


def _subject(before: str, *, is_sure: bool) -> Role | None:
    """Whose deed it is by the words before the verb; a pronoun counts only where it need not be sure."""
    if match := _SUBJECT.search(before):
        return _role(match)
    named = [(_role(match), before[: match.start()]) for match in re.finditer(rf"\b{_ROLE}\b", before)]
    if named and _SAME_SUBJECT.search(before):
        return next((role for role, ahead in reversed(named) if _CLAUSE_START.search(ahead)), named[0][0])
    if not is_sure and _PRONOUN.search(before) and len({role for role, _ in named}) == 1:
        return named[0][0]
    return Role.AGENT if _TEAM_SUBJECT.search(before) else None


def _whom(named: str | None, before: str) -> Role | None:
    """Who is asked; "the agent asks to send" asks the customer, but what a customer asks to do is open."""
    if named and (match := re.search(_ROLE, named)):
        return _role(match)
    asks = _subject(before, is_sure=True)
    return OTHER[asks] if asks and (named or asks is Role.AGENT) else None


def _role(match: re.Match[str]) -> Role:
    return Role.AGENT if match["agent"] else Role.CUSTOMER


def _party(role: Role) -> Role | None:
    """The contact center's people and its bot are one party."""
    return None if role is Role.UNKNOWN else Role.CUSTOMER if role is Role.CUSTOMER else Role.AGENT
