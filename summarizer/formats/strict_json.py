"""JSON that means one thing: everything two readers could understand differently is refused.

The standard library reads most of what is refused here (duplicate keys, NaN, 1e999, lone surrogates), and nests until
the stack ends. So the depth is counted before parsing, and what a hook cannot refuse with a pointer is marked and
found by one walk afterwards.
"""

import json
import math
import re
from dataclasses import dataclass

from summarizer.errors import DuplicateKey, InvalidJson, InvalidTranscript, JsonTooDeep
from summarizer.formats import strict_text

MAX_DEPTH = 32
MAX_DIGITS = 18  # fits 64 bits with room
MAX_STEP_CHARACTERS = 100  # of a key, when a pointer names it

# A string without its closing quote still matches to the end, so a broken document is scanned once, not once a quote.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_UNUSABLE_CHARACTER = re.compile(r"[\x00\ud800-\udfff]")


def parse(raw: bytes) -> object:
    """One JSON value; raises InvalidEncoding, InvalidJson, JsonTooDeep, DuplicateKey or InvalidTranscript."""
    text = strict_text.decode(raw)
    if not text.strip():
        raise InvalidJson("the document is empty")
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except json.JSONDecodeError as error:
        raise InvalidJson(f"not one JSON value: line {error.lineno}, column {error.colno}") from None
    _check(value, pointer="")
    return value


def step(pointer: str, key: object) -> str:
    """The pointer one level deeper (RFC 6901); a key of unusual length is cut."""
    name = _UNUSABLE_CHARACTER.sub("\ufffd", str(key))[:MAX_STEP_CHARACTERS]
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"


@dataclass(frozen=True, slots=True)
class _Refused:
    """Stands where something unusable was read, until the walk knows its pointer."""

    error: type[InvalidTranscript]
    detail: str


def _check_depth(text: str) -> None:
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        first = text[match.start()]
        if first in "[{":
            depth += 1
        elif first in "]}":
            depth -= 1
        if depth > MAX_DEPTH:
            raise JsonTooDeep(f"nested deeper than {MAX_DEPTH} levels")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object] | _Refused:
    members = dict(pairs)
    if len(members) < len(pairs):
        return _Refused(DuplicateKey, "a key stands twice in this object")
    return members


def _refuse_constant(_: str) -> object:
    raise InvalidJson("NaN and Infinity are not JSON")


def _integer(digits: str) -> int | _Refused:
    if len(digits) > MAX_DIGITS:
        return _Refused(InvalidTranscript, f"a number of more than {MAX_DIGITS} digits")
    return int(digits)


def _float(digits: str) -> float | _Refused:
    number = float(digits)
    return _Refused(InvalidTranscript, "a number too large to hold") if math.isinf(number) else number


def _check(value: object, *, pointer: str) -> None:
    if isinstance(value, _Refused):
        raise value.error(value.detail, pointer=pointer)
    if isinstance(value, str):
        _check_characters(value, pointer=pointer)
    elif isinstance(value, dict):
        for key, member in value.items():
            below = step(pointer, key)
            _check_characters(key, pointer=below)
            _check(member, pointer=below)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check(item, pointer=f"{pointer}/{index}")


def _check_characters(text: str, *, pointer: str) -> None:
    if _UNUSABLE_CHARACTER.search(text):
        raise InvalidTranscript("NUL or half a surrogate pair in the text", pointer=pointer)
