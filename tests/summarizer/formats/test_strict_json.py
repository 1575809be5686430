"""JSON is read only when every reader would understand the same."""

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.errors import (
    DuplicateKey,
    InvalidEncoding,
    InvalidJson,
    InvalidTranscript,
    JsonTooDeep,
    SummarizerError,
)
from summarizer.formats import strict_json


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" \n",
        b'{"a": [1, ',
        b"{} {}",
        b'{"a": 1} // why',
        b"[1,]",
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b'"\x01"',
    ],
)
def test_what_is_not_one_json_value_is_invalid_json(raw: bytes) -> None:
    with pytest.raises(InvalidJson):
        strict_json.parse(raw)


@pytest.mark.parametrize(
    "raw",
    [b'"\xff"', '{"a": "é"}'.encode("latin-1"), *(b"{}".decode().encode(x) for x in ("utf-16", "utf-16-le", "utf-32"))],
)
def test_another_encoding_than_utf_8_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidEncoding):
        strict_json.parse(raw)


def test_a_byte_order_mark_is_tolerated() -> None:
    assert strict_json.parse(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 33 + b"]" * 33])
def test_deep_nesting_is_refused_before_anything_recurses(raw: bytes) -> None:
    with pytest.raises(JsonTooDeep):
        strict_json.parse(raw)


def test_brackets_inside_strings_do_not_count_as_depth() -> None:
    assert strict_json.parse(b'["' + b"[{" * 100 + b'\\"["]') == ["[{" * 100 + '"[']


def test_thirty_two_levels_are_allowed() -> None:
    assert strict_json.parse(b"[" * 32 + b"]" * 32)


def test_a_duplicate_key_is_refused_with_the_place_of_its_object() -> None:
    with pytest.raises(DuplicateKey) as refused:
        strict_json.parse(b'{"a": [{"b": 1, "b": 2}]}')
    assert refused.value.pointer == "/a/0"


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        (b'{"a/b~": [0, 1e999]}', "/a~1b~0/1"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "/a"),
        (b'{"a": -1' + b"0" * 400 + b".0}", "/a"),
        (b'{"a": ["\\ud800"]}', "/a/0"),
        (b'{"a": "x\\u0000y"}', "/a"),
        (b'{"\\u0000": 1}', "/\ufffd".encode().decode()),
        (b'{"\\udc00": 1}', "/\ufffd"),
    ],
)
def test_what_cannot_be_held_is_refused_with_its_pointer(raw: bytes, pointer: str) -> None:
    with pytest.raises(InvalidTranscript) as refused:
        strict_json.parse(raw)
    assert type(refused.value) is InvalidTranscript
    assert refused.value.pointer == pointer


def test_a_surrogate_pair_is_one_character() -> None:
    assert strict_json.parse(b'"\\ud83d\\ude00"') == "\U0001f600"


def test_messages_never_repeat_the_document() -> None:
    with pytest.raises(InvalidJson) as refused:
        strict_json.parse(b'{"card": 4111-secret}')
    assert "secret" not in str(refused.value)


def test_an_unterminated_string_of_escapes_takes_no_longer_than_its_length() -> None:
    begin = time.monotonic()
    with pytest.raises(InvalidJson):
        strict_json.parse(b'"' + b'\\"' * 1_000_000)
    assert time.monotonic() - begin < 3


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60) | st.text('[]{}",:\\u0dea1e9.-NInty ', max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(SummarizerError):
        strict_json.parse(raw)
