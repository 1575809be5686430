"""The English forms: I'll send you ..., you need to ..., the bank will ..., could you ...?, I can ...

What one does while the other waits ("I'll check that") is no action for after the call, nor is what is not sure.
"""

import re
from collections.abc import Iterator

from summarizer.actions.action import Action, Kind, Who, end_of_clause
from summarizer.words import any_of

_WILL = r"(?: ?'ll| will| shall|(?: am| ?'m| are| ?'re| is| ?'s) (?:going to|gonna))"
_ADVERB = r"(?:also|then|just|first|still|again|please|go ahead and|(?!(?:rep|app|supp|comp|re)ly\b)\w+ly)\b"
_ADVERBS = rf"(?: {_ADVERB}){{0,3}}"
_MAKE_SURE = r"(?: (?:be|make) sure (?:to|that you))?"
_NOW = (
    r"(?:not|never|no|check|look|see|pull|help|assist|hold(?! the| your)|put|connect|wait|have|go|take|tell|try|explain"
    r"|say|do|need|like|love|want|note|read|guess|stay|talk|bear|repeat|walk|keep it|verify|ask|know|give|start"
    r"|find|make|get(?! back| in touch)|be(?! \w+ing)|open|transfer|remain|happen|change|use|proceed|retrieve|continue"
    r"|work|add|only|hurry|appreciate|understand|definitely|probably)\b"
)
_VERB = rf"{_ADVERBS}{_MAKE_SURE} (?!{_NOW}|{_ADVERB})(?P<verb>[a-z-]+)"
_LATER = (
    r"(?P<verb>(?:re)?send|e-?mail|mail|post|ship|deliver|call|ring|phone|contact|text|write|reply|respond|follow up"
    r"|reach out|refund|reimburse|credit|pay|waive|replace|exchange|repair|renew|escalate|forward|pass|raise|submit"
    r"|review|report|file|return|visit|drop|collect|sign|fill|complete|upload|scan|register|book|order|schedule"
    r"|arrange|cancel|bring|get back|get in touch|install|move|remove|prepare|pick up)\b"
)
_MUST = r"(?: must| need to| have to| should| are to|(?: ?'ll| will) (?:need|have) to)"
_GETS = r"(?: \w+ly| also| then)?(?P<gets> (?:receive|get|hear (?:back )?from|be (?:\w+ed|sent|paid|put)))\b"

_TEAM = (
    r"team|department|colleagues?|manager|technician|engineers?|specialist|expert|supervisor|staff|office|warehouse"
    r"|agent|advisor|desk|representative|adjuster|consultant"
)
_OUTSIDER = (
    r"bank|insurer|insurance(?: company)?|landlord|manufacturer|courier|driver|depot|seller|merchant|airline|hotel"
    r"|doctor|police|neighbou?r|husband|wife|son|daughter|father|mother|brother|sister|partner|friend|lawyer"
    r"|accountant|carrier|post office|garage|supplier|vendor|provider|electrician|plumber|boss|assistant|school"
    r"|hospital|embassy|notary|tenant|roommate"
)
_NAMED = rf"(?:(?P<outsider>{_OUTSIDER})|(?P<team>{_TEAM})|(?P<same>they|he|she))(?: (?!will|shall|is|are)[a-z]+)?"
_SOMEBODY = r"\b(?P<anybody>(?:someone|somebody)(?: (?:from|in|at|of) (?:\w+ ){0,2}\w+)?)"
_SAYS = (
    (re.compile(rf"\b(?:i|we){_WILL}{_VERB}", re.IGNORECASE), Who.SPEAKER),
    (re.compile(rf"\byou{_MUST}{_VERB}", re.IGNORECASE), Who.LISTENER),
    (re.compile(rf"\b{_NAMED}(?:{_WILL}|{_MUST}| (?:has|needs) to){_VERB}", re.IGNORECASE), None),
    (re.compile(rf"{_SOMEBODY}{_WILL}{_VERB}", re.IGNORECASE), Who.TEAM),
    (re.compile(rf"\bour (?:\w+ )?\w+{_WILL}{_VERB}", re.IGNORECASE), Who.TEAM),
)
_RECEIVES = re.compile(rf"\b(?P<who>[a-z][^,;.]{{0,60}}?){_WILL}{_GETS}", re.IGNORECASE)
_PLEASE = re.compile(rf"\b(?:please|kindly){_ADVERBS} {_LATER}", re.IGNORECASE)
_COULD_YOU = re.compile(rf"\b(?:could|can|would|will) you(?: please| kindly)? {_LATER}", re.IGNORECASE)
_COULD_I = re.compile(
    r"\b(?:(?:i|we) (?:can|could)|(?:would you like|do you want) (?:me|us) to|(?:shall|should) (?:i|we))"
    rf"{_ADVERBS} {_LATER}",
    re.IGNORECASE,
)
_ASKS = (
    (_PLEASE, Who.LISTENER, Kind.ASKED),
    (_COULD_YOU, Who.LISTENER, Kind.ASKED),
    (_COULD_I, Who.SPEAKER, Kind.OFFERED),
)
_OPEN = any_of(r"""
if|unless|otherwise|in case|in that case|would|might|may(?! \d)|right now|one moment|a moment|while you|hold on
bear with|a (?:second|sec|minute)|now
""")
_ANY = re.compile(
    r"will|'ll|shall|going to|gonna|must|(?:needs?|ha[vs]e|are) to|should|please|kindly|could|can|would|do you",
    re.IGNORECASE,
)
_STARTS = re.compile(r"(?:.*[,;:]|.*\b(?:and|but|so|that|then|think|sure|how|when|where|which|what)) ", re.IGNORECASE)


def actions(sentence: str) -> Iterator[Action]:
    """The actions of one sentence with straight apostrophes, each once."""
    if not _ANY.search(sentence):
        return
    found = [*_asked(sentence), *(() if sentence.endswith("?") else (*_said(sentence), *_received(sentence)))]
    yield from {one.start: one for one in reversed(found)}.values()


def _asked(sentence: str) -> Iterator[Action]:
    for form, who, kind in _ASKS:
        for match in form.finditer(sentence):
            if form is not _COULD_YOU or sentence.endswith("?"):
                yield from _action(sentence, match, match.start("verb"), who=who, kind=kind)


def _said(sentence: str) -> Iterator[Action]:
    for form, who in _SAYS:
        for match in form.finditer(sentence):
            doer = who or (Who.TEAM if match["team"] else Who.OUTSIDER if match["outsider"] else Who.SAME)
            is_given = who is not Who.SPEAKER and re.match(r"receive|hear|be\b", match["verb"], re.IGNORECASE)
            if not is_given:
                yield from _action(sentence, match, match.start("verb"), who=doer, kind=Kind.SAID)


def _received(sentence: str) -> Iterator[Action]:
    """You will receive a card, your claim will be reviewed: the subject stays, since nobody says who does it."""
    for match in _RECEIVES.finditer(sentence):
        before = _STARTS.match(match["who"] + " ")
        start = match.start("who") + (before.end() if before and before.end() <= len(match["who"]) else 0)
        subject = sentence[start : match.end("who")].lower()
        is_person = subject in ("i", "we", "they", "he", "she", "someone", "somebody", "nobody", "it")
        if not is_person and "not" not in subject.split() and (subject == "you" or " be " in match["gets"] + " "):
            yield from _action(sentence, match, start, who=Who.TEAM, kind=Kind.SAID)


def _action(sentence: str, match: re.Match[str], start: int, *, who: Who, kind: Kind) -> Iterator[Action]:
    """From `start` to the end of the clause, unless something before or in it leaves it open."""
    end = end_of_clause(sentence, start)
    around = f"{sentence[: match.start()]} {sentence[start:end]}"
    if not _OPEN.search(around) and not re.search(r"\bif\b", sentence[end : end + 60], re.IGNORECASE):
        verb = match.groupdict().get("verb") or match["gets"].split()[-1]
        yield Action(who, kind, start, end, verb=verb.lower())
