"""Who is speaking, from the words transcripts use for it. What is not a known word is a name, never a guess."""

import re

from summarizer.conversation import MAX_PARTICIPANTS, Participant, Role
from summarizer.errors import LimitExceeded

MAX_NAME_CHARACTERS = 60

_WORDS = {
    Role.AGENT: "agent advisor adviser representative rep operator associate csr assistant_agent employee internal",
    Role.CUSTOMER: "customer caller client user guest member external end_user consumer",
    Role.BOT: "bot ivr ai assistant chatbot system virtual_agent automated_agent virtual_assistant voicebot",
    Role.SUPERVISOR: "supervisor manager team_leader team_lead",
    Role.UNKNOWN: "unknown speaker other participant",
}
_ROLES = {word.replace("_", " "): role for role, words in _WORDS.items() for word in words.split()}

# "Agent", "agent 2", "SPEAKER_01": a word of ours, perhaps numbered.
_NUMBERED = re.compile(r"(?P<word>.*?)[ _#-]*[0-9]{0,3}", re.DOTALL)
# "Maria Lopez (Agent)"
_NAMED_ROLE = re.compile(r"(?P<name>[^()]+?) *\((?P<word>[^()]+)\)")
_NOT_IN_LABELS = re.compile(r"[\[\]<>{}\"\n]")
_NAME_WORD = re.compile(r"[^\W_a-z][\w.'’-]*|\((?:[\w.'’ -]+)\)?|[\w.'’ -]+\)|&|[0-9]+")
_PARTICLES = frozenset("de da do dos das del della di der den van von la le el al bin bint ibn ter ten y e af".split())


def role_of(word: str) -> Role | None:
    """The role a word says, numbered or not; None if it is none of our words."""
    if len(word) > MAX_NAME_CHARACTERS:
        return None
    match = _NUMBERED.fullmatch(word.strip())
    bare = match["word"] if match else word
    return _ROLES.get(" ".join(bare.replace("_", " ").casefold().split()))


def split(line: str) -> tuple[str, str] | None:
    """Label and text of `Name: text`, or None when what stands before the colon is no role and no name."""
    label, colon, text = line.partition(":")
    if not colon or text[:1].strip(" \t") or not _is_label(label.strip()):
        return None
    return label.strip(), text.lstrip(" \t")


class Cast:
    """Gives everybody who speaks one id, in the order of their first word; ids hold no names."""

    def __init__(self) -> None:
        self._ids: dict[object, str] = {}
        self._participants: list[Participant] = []

    @property
    def participants(self) -> tuple[Participant, ...]:
        """Everybody who has spoken so far."""
        return tuple(self._participants)

    def labelled(self, label: str | None) -> str:
        """The id of whoever the transcript calls this; None is the one it does not name."""
        name = " ".join((label or "").split())
        role = role_of(name)
        if role is not None or not name:
            return self.member(("word", name.casefold()), role=role or Role.UNKNOWN)
        named = _NAMED_ROLE.fullmatch(name[: 2 * MAX_NAME_CHARACTERS])
        role = role_of(named["word"]) if named else None
        if named and role is not None:
            return self.member(("name", name), role=role, name=named["name"])
        return self.member(("name", name), name=name)

    def member(self, key: object, *, role: Role = Role.UNKNOWN, name: str | None = None) -> str:
        """The id of whoever has this key, who joins when first seen."""
        if key not in self._ids:
            if len(self._participants) == MAX_PARTICIPANTS:
                raise LimitExceeded(f"more than {MAX_PARTICIPANTS} participants", pointer="/participants")
            self._ids[key] = self._next_id(role)
            self._participants.append(Participant(self._ids[key], role, name))
        return self._ids[key]

    def _next_id(self, role: Role) -> str:
        number = 1 + sum(one.role is role for one in self._participants)
        return role.value if number == 1 else f"{role.value}-{number}"


def _is_label(label: str) -> bool:
    if not 0 < len(label) <= MAX_NAME_CHARACTERS or _NOT_IN_LABELS.search(label):
        return False
    if role_of(label) is not None:
        return True
    words = label.split()
    if not words[0][0].isalpha() or words[0][0].islower():
        return False
    return len(words) <= 6 and all(word in _PARTICLES or _NAME_WORD.fullmatch(word) for word in words)
