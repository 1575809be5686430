"""A JSON object and where it stands: its fields are asked for by type, and what is wrong is said with its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from summarizer.errors import InvalidTranscript
from summarizer.formats import canonical, strict_json

MAX_NUMBER = 1e17  # microseconds until the year 5138
MAX_EPOCH_MS = 253_402_300_799_000  # the last second of the year 9999


@dataclass(frozen=True, slots=True)
class Node:
    """Getters return None for what is absent or null, and raise InvalidTranscript for what is of another type."""

    fields: dict[str, object]
    pointer: str = ""

    @classmethod
    def of(cls, raw: bytes, *, what: str) -> "Node":
        """The object that a document is."""
        document = strict_json.parse(raw)
        if not isinstance(document, dict):
            raise InvalidTranscript(f"{what} is a JSON object")
        return cls(document)

    def text(self, *names: str) -> str | None:
        """The first of these fields that holds something."""
        for name in names:
            value = self.fields.get(name)
            if isinstance(value, str):
                return value
            if value is not None:
                raise InvalidTranscript("must be text", pointer=self.at(name))
        return None

    def number(self, name: str) -> float | None:
        """A number, or text that is one, as some vendors write their times."""
        value = self.fields.get(name)
        if value is None:
            return None
        try:
            number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
        except (ValueError, OverflowError):
            number = None
        if number is None or not 0 <= number < MAX_NUMBER:
            raise InvalidTranscript("must be a number that is not negative", pointer=self.at(name))
        return number

    def epoch_ms(self, name: str) -> float | None:
        """Milliseconds since 1970 that a datetime can hold."""
        number = self.number(name)
        if number is not None and number > MAX_EPOCH_MS:
            raise InvalidTranscript("must be milliseconds since 1970", pointer=self.at(name))
        return number

    def moment(self, name: str) -> datetime | None:
        """A time with its zone, in ISO 8601."""
        text = self.text(name)
        try:
            return None if text is None else canonical.moment(text)
        except ValueError as error:
            raise InvalidTranscript(str(error), pointer=self.at(name)) from None

    def node(self, name: str) -> "Node":
        """An object; an empty one when it is absent."""
        value = self.fields.get(name)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise InvalidTranscript("must be an object", pointer=self.at(name))
        return Node(value, self.at(name))

    def nodes(self, name: str) -> Iterator["Node"]:
        """Objects in their order."""
        value = self.fields.get(name)
        if value is None:
            return
        if not isinstance(value, list):
            raise InvalidTranscript("must be a list", pointer=self.at(name))
        for index, item in enumerate(value):
            if not isinstance(item, dict):
                raise InvalidTranscript("must be an object", pointer=f"{self.at(name)}/{index}")
            yield Node(item, f"{self.at(name)}/{index}")

    def at(self, name: str) -> str:
        """The pointer to a field."""
        return strict_json.step(self.pointer, name)


def begins_as_object(raw: bytes) -> bool:
    """Whether a document can be a JSON object at all."""
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
