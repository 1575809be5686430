"""What a summary says that somebody will or must do. English, and French by `french`.

Not caught: whose deed it is where "they" may be either party, or where people are called by name.
"""

import re
from collections.abc import Iterator

from summarizer.conversation import Role
from summarizer.obligations import french
from summarizer.obligations.deeds import plain_sentences
from summarizer.obligations.obligation import MUST, NOT, OTHER, RECEIVED, TEAM, WILL, Mood, Obligation, owed

_AGENT = r"(?:agents?|representative|advisor)"
_CUSTOMER = r"(?:customers?|client|caller)"
_ROLE = rf"(?:(?P<agent>{_AGENT})|(?P<customer>{_CUSTOMER}))"
_ADVERBS = r"(?: (?:also|then|now|still|just|\w+ly))*"

_OWES = re.compile(rf"(?P<will>{WILL}|\bwould(?! like))(?! (?:need|have) to){NOT}\b|(?P<must>\b{MUST}){NOT}\b")
_ASKED = re.compile(rf"\b(?:was|were|is|are|been|being) (?:asked|told|advised|requested|instructed|reminded) to{NOT}\b")
_ASKS = re.compile(
    r"\b(?:ask|request|tell|told|advis|instruct|remind|urg|suggest|inform)\w*"
    rf"(?P<whom> (?:the )?(?:{_AGENT}|{_CUSTOMER}|them|him|her))? to{NOT}\b"
)
_SUBJECT = re.compile(rf"\b{_ROLE}(?:'s {TEAM})?{_ADVERBS} ?$")
_TEAM_SUBJECT = re.compile(rf"\b{TEAM}{_ADVERBS} ?$")
_PRONOUN = re.compile(rf"\b(?:they|he|she){_ADVERBS} ?$")
_SAME_SUBJECT = re.compile(rf"(?:\band|,|\bbut){_ADVERBS} ?$")
_CLAUSE_START = re.compile(r"(?:^|[.,;]|\band|\bbut|\bthat) ?(?:the |here )?$")
_CLAUSE = re.compile(r"[,;:]|\b(?:and|but|that)\b")
_NEW_VERB = re.compile(r"(?:\band|\bbut|,)(?: also)? \w+(?:[^s]s|ed)\b")
_OPEN_QUESTION = re.compile(
    r"\b(?:ask|enquir|inquir|wonder|question|know)\w*\b.*\b(?:when|if|whether|how|why|what|who|where)\b"
)


def stated(summary: str) -> list[Obligation]:
    """Everything a summary says that somebody will or must do."""
    return [one for sentence in plain_sentences(summary) for one in (*_told(sentence), *french.told(sentence))]


def _told(sentence: str) -> Iterator[Obligation]:
    """What one sentence of a summary puts on whom."""
    marks = _marks(sentence)
    for mark, end in zip(marks, [*(after.start() for after in marks[1:]), len(sentence)], strict=False):
        before, clause = sentence[: mark.start()], _NEW_VERB.split(sentence[mark.end() : end], maxsplit=1)[0]
        if mark.re is _ASKS:
            yield from owed(clause, Mood.MUST, _whom(mark["whom"], before))
        elif mark.re is _ASKED or mark["must"]:
            yield from owed(clause, Mood.MUST, _subject(before, is_sure=True))
        elif not _OPEN_QUESTION.search(before):
            is_about_subject = RECEIVED.match(clause) or _TEAM_SUBJECT.search(before)
            subject = _CLAUSE.split(before)[-1] if is_about_subject else ""
            yield from owed(clause, Mood.WILL, _who_will(before, clause), subject=subject)


def _marks(sentence: str) -> list[re.Match[str]]:
    """Where it says that somebody owes something; of two that overlap the first."""
    found = [match for form in (_OWES, _ASKED, _ASKS) for match in form.finditer(sentence)]
    marks: list[re.Match[str]] = []
    for match in sorted(found, key=re.Match.start):
        if not marks or marks[-1].end() <= match.start():
            marks.append(match)
    return marks


def _who_will(before: str, clause: str) -> Role | None:
    """The subject, unless it is the one that gets something."""
    if not RECEIVED.match(clause):
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
