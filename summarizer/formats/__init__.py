"""The formats a transcript may come in: one table, read() and detect().

Adding a format is one file with `read` and `recognizes`, one row of the table, and one golden file in the tests: see
ADDING.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from summarizer.conversation import Conversation
from summarizer.errors import UnknownFormat
from summarizer.formats import (
    azure,
    canonical,
    captions,
    contact_lens,
    genesys,
    google,
    jws,
    plain,
    records,
    subrip,
    transcribe,
    twilio,
    vcon,
)


@dataclass(frozen=True, slots=True)
class Format:
    """One vendor's shape of a transcript."""

    name: str
    media_types: tuple[str, ...]
    recognizes: Callable[[bytes], bool]  #: by content alone
    read: Callable[[bytes], Conversation]
    is_object: bool = False  #: a document is one JSON object


# The first row that recognizes a document reads it, so what is easily told apart stands above what is not.
FORMATS = (
    Format("vcon", ("application/vcon+json", "application/vcon"), vcon.recognizes, vcon.read, is_object=True),
    Format("genesys", (), genesys.recognizes, genesys.read, is_object=True),
    Format("contact_lens", (), contact_lens.recognizes, contact_lens.read, is_object=True),
    Format("transcribe", (), transcribe.recognizes, transcribe.read, is_object=True),
    Format("twilio", (), twilio.recognizes, twilio.read, is_object=True),
    Format("azure", (), azure.recognizes, azure.read, is_object=True),
    Format("google", (), google.recognizes, google.read, is_object=True),
    Format("canonical", ("application/json",), canonical.recognizes, canonical.read, is_object=True),
    Format("records", ("application/x-ndjson",), records.recognizes, records.read),
    Format("webvtt", ("text/vtt",), captions.recognizes, captions.read),
    Format("srt", ("application/x-subrip",), subrip.recognizes, subrip.read),
    Format("plain", ("text/plain",), plain.recognizes, plain.read),
)


def detect(raw: bytes) -> Format:
    """The format of a document, by its content; raises UnknownFormat."""
    for one in FORMATS:
        if one.recognizes(raw):
            return one
    raise UnknownFormat("no format is known that begins like this")


def object_format(raw: bytes) -> str | None:
    """The name of the format of which a JSON object is, by its content; None when it is of none."""
    return next((one.name for one in FORMATS if one.is_object and one.recognizes(raw)), None)


def read(raw: bytes, name: str | None = None, *, trusted: Sequence[jws.PublicKey] = ()) -> Conversation:
    """The conversation in a document of the format of this name, or of the one its content shows.

    Whatever comes out fits the canonical shape, so it can be stored and read again. `trusted` are the keys by which a
    vCon, the only format that can be signed, may be signed.
    """
    found = _named(name) if name else detect(raw)
    conversation = vcon.read(raw, trusted=trusted) if found.name == "vcon" else found.read(raw)
    return canonical.from_document(canonical.to_document(conversation))


def _named(name: str) -> Format:
    for one in FORMATS:
        if one.name == name:
            return one
    raise UnknownFormat(f"no format is called this; known are {', '.join(one.name for one in FORMATS)}")
