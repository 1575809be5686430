"""What a tenant wants to know of a contact, and what the contact says of it."""

from dataclasses import dataclass
from typing import Literal

from summarizer.summary import Evidence


@dataclass(frozen=True, slots=True)
class Wanted:
    """One detail; it is found by the words of its label and, less surely, of its description."""

    name: str
    label: str
    description: str = ""
    kind: Literal["reference", "amount", "date", "number", "phrase", "choice"] = "phrase"
    choices: tuple[str, ...] = ()  #: of a choice alone


@dataclass(frozen=True, slots=True)
class Entity:
    """One detail as it was said, and where; None if nobody says it."""

    name: str
    value: str | None
    evidence: Evidence | None
