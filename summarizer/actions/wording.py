"""I, you and my turned towards a reader: "send you my form" is "send the customer the agent's form"."""

import re
from dataclasses import dataclass

from summarizer.conversation import Role

_ENGLISH_NAMES = {Role.AGENT: "the agent", Role.CUSTOMER: "the customer"}
_FRENCH_NAMES = {Role.AGENT: "l'agent", Role.CUSTOMER: "le client"}
_PRONOUN = re.compile(
    r"\b(?:(?P<mine>my|our)|(?P<yours>your)|(?P<me>i|we|me|us)|(?P<you>you))"
    r"(?P<short>'(?:re|ve|ll|m|d))?(?P<be> (?:are|have|were))?\b",
    re.IGNORECASE,
)
_FRENCH_PRONOUN = re.compile(
    r"\b(?P<own>votre|vos|mon|ma|mes|notre|nos)\b|\b(?P<you>vous)\b|\b(?P<me>moi|nous)\b", re.IGNORECASE
)
_SHORT = {
    "'re": ("is", "are"),
    "'m": ("is", "are"),
    "'ve": ("has", "have"),
    "'ll": ("will", "will"),
    "'d": ("would", "would"),
}
_BE = {" are": ("is", "are"), " have": ("has", "have"), " were": ("was", "were")}
_AFTER = re.compile(r"\b(?:with|for|to|from|at|of|by)\s$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parties:
    """Who speaks, who listens, and who of them owes the action; None where the roles are unknown."""

    speaker: Role | None
    listener: Role | None
    owner: Role | None


def in_english(text: str, parties: Parties) -> str:
    """A clause of the call, for a reader."""
    return _PRONOUN.sub(
        lambda match: _english(match, parties, is_after=bool(_AFTER.search(text, 0, match.start()))), text
    )


def in_french(text: str, parties: Parties) -> str:
    """The same; possessives become "leur", which fits whoever and whatever it is."""
    return _FRENCH_PRONOUN.sub(lambda match: _french(match, parties), text)


def french_name(mark: str, parties: Parties) -> str:
    """Who "you" or "me" is."""
    role = parties.listener if mark == "you" else parties.speaker
    return _FRENCH_NAMES[role] if role else ("l'autre personne" if mark == "you" else "la personne")


def _english(match: re.Match[str], parties: Parties, *, is_after: bool) -> str:
    is_speaker = bool(match["mine"] or match["me"])
    role = parties.speaker if is_speaker else parties.listener
    is_owner = role is not None and role is parties.owner
    if match["mine"] or match["yours"]:
        return "their" if is_owner else f"{_name(role, is_speaker=is_speaker)}'s"
    name = ("them" if is_after else "they") if is_owner else _name(role, is_speaker=is_speaker)
    verb = (_SHORT | _BE).get((match["short"] or match["be"] or "").lower())
    return f"{name} {verb[is_owner]}" if verb else name


def _name(role: Role | None, *, is_speaker: bool) -> str:
    return _ENGLISH_NAMES[role] if role else "the speaker" if is_speaker else "the other party"


def _french(match: re.Match[str], parties: Parties) -> str:
    if match["own"]:
        return "leurs" if match["own"].lower() in ("vos", "mes", "nos") else "leur"
    return french_name("you" if match["you"] else "me", parties)
