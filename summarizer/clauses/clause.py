"""The clauses of a text: what each affirms and what it denies, about whom and when.

A clause that denies something affirms nothing: of "I will not charge the fee" the fee is only named. One that asks,
supposes or complains is not sure, and proves neither.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from summarizer.clauses.denial import Denial, denial
from summarizer.clauses.lexicon import (
    BREAK,
    CORRECTS,
    FIRST,
    NEXT,
    NOT_A_DENIAL,
    PASSIVE,
    PAST,
    RHETORICAL,
    ROLES,
    SECOND,
    UNSURE,
    tells,
)
from summarizer.conversation import Role
from summarizer.roots import ELISION, root
from summarizer.words import sentences, words

MAX_SENTENCE = 600  # characters; what is longer has no full stops, and is read in parts


class Time(StrEnum):
    """When it is, roughly."""

    PAST = "past"
    NEXT = "next"  #: will be or must be done
    OPEN = "open"  #: now, or the clause does not say


@dataclass(frozen=True, slots=True)
class Clause:
    """Roots of what it affirms, of the deeds it denies, of the things it says are not there, and of all it names."""

    affirmed: frozenset[str]
    denied: frozenset[str]
    missing: frozenset[str]
    matter: frozenset[str]
    time: Time
    speaker: Role | None  #: agent or customer; None in a summary
    subject: Role | None  #: agent or customer; None where it may be either
    is_sure: bool
    is_correction: bool  #: actually, it is Tuesday


def clauses(text: str, *, speaker: Role | None = None) -> list[Clause]:
    """The clauses of a text that name something; without a speaker roles are called by their names."""
    return [clause for start, end in parts(text) for clause in of_sentence(text[start:end], speaker)]


def parts(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence, or of the parts of one that is too long."""
    return [
        (first, min(first + MAX_SENTENCE, end))
        for start, end in sentences(text)
        for first in range(start, end, MAX_SENTENCE)
    ]


def of_sentence(sentence: str, speaker: Role | None) -> Iterator[Clause]:
    """Its clauses; one that begins with its verb takes subject and time of the one before."""
    plain = NOT_A_DENIAL.sub(" ", sentence.lower().replace("’", "'"))
    is_correction = CORRECTS.search(plain) is not None
    before: Clause | None = None
    for part in BREAK.split(plain):
        spoken = [word.text for word in words(ELISION.sub(r"\1 ", part))]
        if any(tells(one) for one in spoken):
            found = _clause(part, spoken, speaker)
            is_sure = found.is_sure and "?" not in plain
            found = replace(found, is_sure=is_sure, is_correction=is_correction)
            before = _continued(found, before) if before and tells(spoken[0]) else found
            yield before


def party(role: Role) -> Role | None:
    """The contact center's people and its bot are one party."""
    return None if role is Role.UNKNOWN else Role.CUSTOMER if role is Role.CUSTOMER else Role.AGENT


def _clause(part: str, spoken: list[str], speaker: Role | None) -> Clause:
    matter = frozenset(root(one) for one in spoken if tells(one))
    denies = denial(spoken)
    return Clause(
        affirmed=frozenset() if denies else matter,
        denied=(denies or Denial()).deeds,
        missing=(denies or Denial()).things,
        matter=matter,
        time=Time.NEXT if NEXT.search(part) else Time.PAST if PAST.search(part) else Time.OPEN,
        speaker=speaker,
        subject=None if PASSIVE.search(part) else _subject(spoken, speaker),
        is_sure=not UNSURE.search(part) and not RHETORICAL.match(part),
        is_correction=False,
    )


def _continued(clause: Clause, before: Clause) -> Clause:
    time = before.time if clause.time is Time.OPEN else clause.time
    return replace(clause, subject=clause.subject or before.subject, time=time)


def _subject(spoken: list[str], speaker: Role | None) -> Role | None:
    """Who does it: the first that is named; "you" after a word that tells is no subject: send you a form."""
    if speaker is None:
        return next((ROLES[one] for one in spoken if one in ROLES), None)
    other = Role.AGENT if speaker is Role.CUSTOMER else Role.CUSTOMER
    has_told = False
    for one in spoken:
        if one in FIRST or (one in SECOND and not has_told):
            return speaker if one in FIRST else other
        has_told = has_told or tells(one)
    return None
