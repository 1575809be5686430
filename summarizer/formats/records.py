"""Training records: one JSON object a line, `{"id", "turns": [{"speaker", "text"}], ...}`, usually compressed.

What else a record holds (reference summaries, labels, source) belongs to training and is passed over.
"""

import gzip
import io
import zlib
from collections.abc import Iterator

from summarizer.conversation import Conversation, Turn
from summarizer.errors import InvalidTranscript
from summarizer.formats import strict_json
from summarizer.formats.speakers import Cast

MAX_LINE_BYTES = 16 * 1024 * 1024
_GZIP = b"\x1f\x8b"


def read(raw: bytes) -> Conversation:
    """The conversation of a document that holds one record."""
    records = read_many(raw)
    first = next(records, None)
    if first is None:
        raise InvalidTranscript("there is no record in it")
    if next(records, None) is not None:
        raise InvalidTranscript("there is more than one record in it; send each by itself")
    return first


def read_many(raw: bytes) -> Iterator[Conversation]:
    """The conversation of each line, compressed or not, with the record's id as external id.

    A record that is refused ends the iteration; whoever can do without it gives each line to `read`.
    """
    lines: io.BufferedIOBase = io.BytesIO(raw)
    if raw.startswith(_GZIP):
        lines = gzip.GzipFile(fileobj=lines)
    number = 0
    while line := _next_line(lines, number=number + 1):
        number += 1
        if line.strip():
            yield _record(line, number=number)


def recognizes(raw: bytes) -> bool:
    """Is it a JSON object whose turns have speakers? (A quote inside a JSON string is escaped, so these are tokens.)"""
    starts = raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
    return starts and b'"turns"' in raw and b'"speaker"' in raw and b'"participants"' not in raw


def _next_line(lines: io.BufferedIOBase, *, number: int) -> bytes:
    try:
        line = lines.readline(MAX_LINE_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise InvalidTranscript(f"line {number}: the compressed data is broken") from None
    if len(line) > MAX_LINE_BYTES:
        raise InvalidTranscript(f"line {number}: longer than {MAX_LINE_BYTES} bytes")
    return line


def _record(line: bytes, *, number: int) -> Conversation:
    try:
        return from_document(strict_json.parse(line))
    except InvalidTranscript as error:
        raise type(error)(f"line {number}: {error.detail}", pointer=error.pointer) from None


def from_document(document: object) -> Conversation:
    """The conversation in a record that was parsed already."""
    if not isinstance(document, dict):
        raise InvalidTranscript("a record is a JSON object")
    cast = Cast()
    turns = tuple(_turn(one, pointer=f"/turns/{index}", cast=cast) for index, one in enumerate(_turns(document)))
    return Conversation(
        turns=turns,
        participants=cast.participants,
        language=_text(document.get("language"), pointer="/language") or None,
        external_id=_text(document.get("id"), pointer="/id") or None,
    )


def _turns(document: dict[str, object]) -> list[object]:
    turns = document.get("turns")
    if not isinstance(turns, list):
        raise InvalidTranscript("a record has a list of turns", pointer="/turns")
    return turns


def _turn(turn: object, *, pointer: str, cast: Cast) -> Turn:
    if not isinstance(turn, dict):
        raise InvalidTranscript("a turn is a JSON object", pointer=pointer)
    speaker = _text(turn.get("speaker"), pointer=f"{pointer}/speaker")
    text = turn.get("text")
    if not isinstance(text, str):
        raise InvalidTranscript("a turn has a text", pointer=f"{pointer}/text")
    return Turn(cast.labelled(speaker), text)


def _text(value: object, *, pointer: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidTranscript("must be text", pointer=pointer)
    return value
