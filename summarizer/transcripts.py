"""Transcripts out of files, folders and pipes: one document after the other, each with its place.

A file holds one transcript, or one on each line when it is called so (`.jsonl`, `.ndjson`) or its first line is a JSON
object by itself. What is compressed (gzip) is read as it is; nothing is ever held whole but one document.
"""

import gzip
import hashlib
import io
import json
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from summarizer import formats
from summarizer.conversation import Conversation
from summarizer.errors import InvalidRequest, InvalidTranscript
from summarizer.formats import records

MAX_DOCUMENT_BYTES = 16 * 1024 * 1024
LINE_SUFFIXES = (".jsonl", ".ndjson")
STANDARD_INPUT = "-"
_GZIP = b"\x1f\x8b"
_BROKEN = (OSError, EOFError, zlib.error)


@dataclass(frozen=True, slots=True)
class Document:
    """One transcript as it came, or why it cannot be had."""

    raw: bytes
    file: str | None = None  #: its name, without folders
    line: int | None = None  #: from 1, where a file holds many
    failure: str | None = None

    @property
    def own_id(self) -> str:
        """The same whenever the same transcript comes from the same place; a hash, since names may name people."""
        place = json.dumps([self.file, self.line]).encode()
        return f"wrapup-{hashlib.sha256(place + self.raw).hexdigest()[:32]}"


def files_in(name: str) -> list[Path]:
    """A file, or all files of a folder in order, but for hidden ones; raises InvalidRequest for what is not there."""
    path = Path(name)
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise InvalidRequest(f"{name}: no such file or folder", field="files")
    return sorted(one for one in path.rglob("*") if one.is_file() and not _is_hidden(one.relative_to(path)))


@contextmanager
def spooled_input() -> Iterator[Path]:
    """Standard input as a file, since a batch is known by all of its bytes before the first is read."""
    with tempfile.NamedTemporaryFile(prefix="wrapup-") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
        file.flush()
        yield Path(file.name)


def digest_of(files: Iterable[Path]) -> bytes:
    """SHA-256 of a file's bytes; of many, of their digests."""
    digests = []
    for file in files:
        with file.open("rb") as opened:
            digests.append(hashlib.file_digest(opened, "sha256").digest())
    return digests[0] if len(digests) == 1 else hashlib.sha256(b"".join(digests)).digest()


def documents_of(files: Iterable[tuple[Path, str]]) -> Iterator[Document]:
    """Every document of these files with their names; a file that breaks off is a document that says so."""
    for file, name in files:
        try:
            with file.open("rb") as raw:
                yield from _documents(raw, name)
        except _BROKEN as error:
            yield Document(b"", name, failure=f"the file cannot be read: {type(error).__name__}")


def lines_of(raw: bytes, *, max_bytes: int = MAX_DOCUMENT_BYTES) -> Iterator[Document]:
    """A document for each line that is not empty."""
    return _lines(io.BytesIO(raw), None, max_bytes=max_bytes)


def conversation_in(document: Document, format_name: str | None = None) -> Conversation:
    """The conversation in a document: a line is JSON, ours where it is nobody else's; a file shows what it is.

    Raises InvalidTranscript and UnknownFormat.
    """
    if document.failure is not None:
        raise InvalidTranscript(document.failure)
    return formats.read(document.raw, format_name or _format_of(document))


def _format_of(document: Document) -> str | None:
    if document.line is None:
        return None
    return formats.object_format(document.raw) or ("records" if records.recognizes(document.raw) else "canonical")


def _documents(raw: IO[bytes], name: str) -> Iterator[Document]:
    is_compressed = raw.read(len(_GZIP)) == _GZIP
    raw.seek(0)
    content: IO[bytes] = gzip.GzipFile(fileobj=raw) if is_compressed else raw  # type: ignore[assignment]
    if name.removesuffix(".gz").endswith(LINE_SUFFIXES):
        yield from _lines(content, name)
        return
    first = content.readline(MAX_DOCUMENT_BYTES + 1)
    content.seek(0)
    if _is_object(first):
        yield from _lines(content, name)
        return
    whole = content.read(MAX_DOCUMENT_BYTES + 1)
    failure = f"longer than {MAX_DOCUMENT_BYTES} bytes" if len(whole) > MAX_DOCUMENT_BYTES else None
    yield Document(b"" if failure else whole, name, failure=failure)


def _lines(content: IO[bytes], name: str | None, *, max_bytes: int = MAX_DOCUMENT_BYTES) -> Iterator[Document]:
    number = 0
    while line := content.readline(max_bytes + 1):
        number += 1
        if len(line) > max_bytes:
            yield Document(b"", name, number, failure=f"longer than {max_bytes} bytes")
            while line and not line.endswith(b"\n"):
                line = content.readline(max_bytes)
        elif line.strip():
            yield Document(line, name, number)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
