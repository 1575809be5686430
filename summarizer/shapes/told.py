"""What is told of a conversation when its summary leaves, whatever the shape in which it leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summarizer.conversation import Conversation
from summarizer.summary import SectionName


@dataclass(frozen=True, slots=True)
class Told:
    """A conversation and its summary, or the reason why it has none."""

    conversation: Conversation  #: personal data masked
    conversation_id: str  #: public
    external_id: str | None  #: the platform's
    revision: int
    created_at: datetime
    summary: Mapping[str, Any] | None = None  #: the document: kind, text, language, score, claims, sections, version
    reason: str | None = None  #: a NoSummary
    edit: Mapping[str, Any] | None = None  #: a person's: text, author, disposition, outcome, version

    @property
    def leg(self) -> str | None:
        """Which part of a transferred conversation it is."""
        return self.conversation.leg

    @property
    def edited_text(self) -> str | None:
        """What a person wrote instead."""
        return None if self.edit is None else str(self.edit["text"])

    @property
    def text(self) -> str | None:
        """What a person is to read: the edit if there is one, else the machine's sentences."""
        if self.edited_text is not None:
            return self.edited_text
        return None if self.summary is None else str(self.summary["text"])

    @property
    def claims(self) -> list[Mapping[str, Any]]:
        """The machine's sentences with their evidence."""
        return [] if self.summary is None else list(self.summary["claims"])

    def stated(self, name: SectionName) -> Mapping[str, Any] | None:
        """A section, if the tenant asks for it and the conversation says something to it."""
        sections = [] if self.summary is None else self.summary["sections"]
        return next((one for one in sections if one["name"] == name and one["is_stated"]), None)
