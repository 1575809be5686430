"""Who owes what, as one value: the owner, how sure it is, what is done and what it is about.

Its deed is the verb that the clause begins with, after "will", "has to" and the like, and its place the sentence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from summarizer.conversation import Role
from summarizer.obligations.deeds import deeds_in, done_by, family_of, matter_of, verbs
from summarizer.summary import Evidence
from summarizer.words import stem

NUM_SUBJECT_WORDS = 4  # before the verb: "your last parking refund will be processed"
MAX_CLAUSE = 200  # characters after the verb; a turn of 20,000 without a full stop is no one sentence
OTHER = {Role.AGENT: Role.CUSTOMER, Role.CUSTOMER: Role.AGENT}

WILL = r"(?:will|shall|'ll|(?:is|am|are|'m|'re|'s) (?:going to|gonna)|promis\w+ to|agree[sd]? to|offer\w* to)"
MUST = r"(?:must|should|(?:has|have|had|needs?|needed|is|are) to|(?:will|'ll) (?:need|have) to)"
NOT = r"(?! (?:not|never|no longer|don't|do not)\b)"
GETS = r"(?:receive|receiving|(?:be|get) \w+(?:ed|nt|id)\b)"
TEAM = (
    r"(?:team|department|colleagues?|manager|technician|engineers?|specialist|expert|supervisor|someone|somebody"
    r"|driver|courier|staff|office|store)"
)
RECEIVED = re.compile(rf" (?:\w+ly |also |then )?{GETS}")


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
    deeds: frozenset[str]  #: families, or the root of a verb that is of none
    matter: frozenset[str]  #: stems of what it is about
    around: frozenset[str] = frozenset()  #: stems of the turns it stands in
    evidence: Evidence | None = None  #: the sentence of the call; None of a summary's
    is_follow_up: bool = False  #: somebody says that one of the deeds we know will be done


def owed(clause: str, mood: Mood, owner: Role | None, *, subject: str = "") -> Iterator[Obligation]:
    """At most one, by the verb that the clause begins with; of a passive and of a team the subject tells it too."""
    found = verbs(clause)
    if not found:
        return
    known = [one for one in found if family_of(one)]
    about = " ".join(subject.split()[-NUM_SUBJECT_WORDS:])
    deeds = done_by(clause) | (deeds_in(about) if known and RECEIVED.match(clause) else frozenset())
    matter = (matter_of(clause) | matter_of(about)) - {stem(one) for one in known or found[:1]}
    yield Obligation(owner, mood, deeds, matter, is_follow_up=mood is Mood.WILL and bool(known))
