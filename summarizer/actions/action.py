"""One action that somebody in the call promises, offers, is asked for, or says another will do."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """Whose action it is, seen from the one who speaks."""

    SPEAKER = "speaker"
    LISTENER = "listener"
    TEAM = "team"  #: the contact center's own people
    OUTSIDER = "outsider"  #: a bank, a courier, a husband
    SAME = "same"  #: he, she or they: whoever was named last


class Kind(StrEnum):
    """How sure it is."""

    SAID = "said"  #: it will or must be done
    ASKED = "asked"  #: counts unless it is declined; a question only if somebody agrees
    OFFERED = "offered"  #: counts only if somebody agrees


@dataclass(frozen=True, slots=True)
class Action:
    """A clause of a sentence: characters `start` to `end` (exclusive), and its verb as a reader expects it."""

    who: Who
    kind: Kind
    start: int
    end: int
    verb: str  #: as spoken
    opening: str | None = None  #: what stands for the first word instead: an infinitive; None leaves it


_NEXT_CLAUSE = (
    r",? (?:but|because|so|although|however|mais|parce que|car|donc)\b"
    r"|(?:,| and| et),? (?=(?:then )?(?:i|we|you|they|he|she|je|j'|nous|vous|on|il|elle)\b)"
    r"|(?:,| and| et),? (?=(?:our|the|your|my|a|an|notre|un|une|la|le|votre|mon|ma) (?:\w+ ){1,3}"
    r"(?:will|must|need|va|vont)\b)"
)
_END = re.compile(rf"[.;:!?]+(?:\s|$)|{_NEXT_CLAUSE}", re.IGNORECASE)


def end_of_clause(sentence: str, start: int) -> int:
    """Where the clause that begins at `start` ends."""
    match = _END.search(sentence, start)
    end = match.start() if match else len(sentence)
    return start + len(sentence[start:end].rstrip(" ,.!?;:"))
