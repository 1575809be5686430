"""From the bytes of a body to what a route works with: a conversation, or one of our own models."""

import io
from collections.abc import Iterator, Sequence
from functools import cache, reduce
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from api.problems import UNSUPPORTED, RequestRefused
from summarizer import formats
from summarizer.conversation import Conversation
from summarizer.errors import InvalidJson, InvalidTranscript, LimitExceeded, Problem
from summarizer.formats import jws, strict_json
from summarizer.formats.canonical import CanonicalConversation
from summarizer.transcripts import Document, lines_of

TAKEN = ("canonical", "vcon", "webvtt", "srt")  # plain text would take anything for a call
MEDIA_TYPES = {kind: one.name for one in formats.FORMATS if one.name in TAKEN for kind in one.media_types}
LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl")
MAX_LINES = 10_000
GZIP = b"\x1f\x8b"

Model = TypeVar("Model", bound=BaseModel)


@cache
def trusted(vcon_keys: Path | None) -> tuple[jws.PublicKey, ...]:
    """The keys in this file, read once, when the app starts; raises ValueError or OSError when there are none."""
    return () if vcon_keys is None else jws.trusted_keys(vcon_keys.read_bytes())


def conversation(raw: bytes, media_type: str, *, trusted: Sequence[jws.PublicKey] = ()) -> Conversation:
    """The conversation in a body; plain JSON is read as what its content shows, a vCon or a platform's transcript.

    `trusted` are the keys by which a vCon may be signed.
    """
    name = MEDIA_TYPES.get(media_type)
    if name is None:
        raise _unsupported(*MEDIA_TYPES)
    if name == "canonical":
        name = formats.object_format(raw) or name
    return formats.read(raw, name, trusted=trusted)


def model(raw: bytes, media_type: str, kind: type[Model]) -> Model:
    """One of our models from a JSON body; raises InvalidTranscript with every place that is wrong."""
    if media_type != "application/json":
        raise _unsupported("application/json")
    try:
        return kind.model_validate(strict_json.parse(raw), strict=False)
    except ValidationError as error:
        problems = tuple(
            Problem(reduce(strict_json.step, one["loc"], ""), one["msg"]) for one in error.errors(include_input=False)
        )
        raise InvalidTranscript("the body does not say what it must", problems=problems) from None


def lines(raw: bytes, media_type: str, *, max_line_bytes: int) -> Iterator[Document]:
    """The documents of a body that holds one a line; whether each can be read is not looked at here."""
    if raw.startswith(GZIP):
        raise RequestRefused(UNSUPPORTED, "the lines are compressed; send them as they are, or use `wrapup ingest`")
    if media_type not in LINES:
        raise _unsupported(LINES[0])
    found = [line for line in io.BytesIO(raw) if line.strip()]
    if not any(line.lstrip().startswith(b"{") and line.rstrip().endswith(b"}") for line in found):
        raise InvalidJson("no line is a JSON object")
    if len(found) > MAX_LINES:
        raise LimitExceeded(f"more than {MAX_LINES} lines")
    return lines_of(raw, max_bytes=max_line_bytes)


def batch_document() -> dict[str, Any]:
    """A required body of many documents, for the OpenAPI document."""
    calls = {
        "two calls": {
            "value": '{"external_id": "call-1", "participants": [{"id": "c", "role": "customer"}], '
            '"turns": [{"participant": "c", "text": "My card is lost."}]}\n'
            '{"external_id": "call-2", "participants": [{"id": "c", "role": "customer"}], '
            '"turns": [{"participant": "c", "text": "Where is my parcel?"}]}\n'
        }
    }
    said = "One document a line: a canonical conversation, a vCon, or a platform's JSON"
    return {
        "required": True,
        "content": {LINES[0]: {"schema": {"type": "string", "description": said}, "examples": calls}},
    }


def document(kind: type[BaseModel]) -> dict[str, Any]:
    """A required JSON body, for the OpenAPI document; the schema stands among the components."""
    return {"required": True, "content": {"application/json": {"schema": _reference(kind)}}}


def event_document(kind: type[BaseModel]) -> dict[str, Any]:
    """What platforms post, for the OpenAPI document: our own senders' shape, or whatever theirs is."""
    shapes: dict[str, Any] = {"application/json": {"anyOf": [_reference(kind), {"type": "object"}]}}
    shapes |= {"application/x-www-form-urlencoded": {"type": "object"}, "text/plain": {"type": "string"}}
    return {"required": True, "content": {name: {"schema": shape} for name, shape in shapes.items()}}


def conversation_document() -> dict[str, Any]:
    """The bodies a conversation may come in, for the OpenAPI document."""
    shapes = {"canonical": _reference(CanonicalConversation), "vcon": {"type": "object"}}
    shapes |= {name: {"type": "string"} for name in ("webvtt", "srt")}
    return {"required": True, "content": {kind: {"schema": shapes[name]} for kind, name in MEDIA_TYPES.items()}}


def _unsupported(*wanted: str) -> RequestRefused:
    names = ", ".join(wanted)
    return RequestRefused(UNSUPPORTED, f"send {'one of ' * (len(wanted) > 1)}{names}", headers={"Accept": names})


def _reference(kind: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}
