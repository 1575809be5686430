"""What becomes of a good document in clumsy or hostile hands; the same for the same `random.Random`."""

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Mutation = Callable[[bytes, random.Random, Sequence[bytes]], bytes]

ODD_TEXT: tuple[str, ...] = (
    "", " ", "\x00", "\ud800", "\udc00\ud800", "\u202eabc", "\u2066", "\ufeff", "\u200b\u200d", "a" * 30_000,
    "\U0001f600" * 300, "e\u0301" * 200, "\u0661\u0662\u0663", "\u00bd", "\u00b2", "\ufdfd", "\u0130\u0131\u00df",
    "2026-13-45T99:99:99Z", "2026-01-02T03:04:05", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "PT1H",
    "../../etc/passwd", "{{7*7}}", "%s%n", "\r\nX: y", "'\"><script>", "NaN", "-1", "1e999", "1_000", "0x10", "+5",
    "inf", "00:00:00", "99:99:99.999 --> 00:00:00.000", "-->", "[CARD]", "null", "\\ud800", "\u2028\u2029\x85\x0b\x1c",
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 1.5, -0.5, 2**31, 2**53, 2**63, 10**17, -(10**18), 10**400, 1e17, 1e308, -1e308,
    5e-324, -0.0, [], {}, [[]], [None], [0], [{}], {"": None}, {"a": {"b": []}}, [1, "a", None, {}], *ODD_TEXT,
)  # fmt: skip
MAX_BYTES = 300_000  # what grows beyond is cut: a long document mostly costs time ...
MOST_BYTES = 2_000_000  # ... but a few are as long as the service takes them
ONE_IN = 60

_LEAF = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null')


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every member and item, as what holds it and its key."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


def mutated(raw: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """A document changed once or a few times."""
    for _ in range(chance.choice([1, 1, 1, 2, 3, 6])):
        raw = chance.choice(_MUTATIONS)(raw, chance, others)[:MAX_BYTES]
    return raw if chance.randrange(ONE_IN) else grown(raw, chance)


def grown(raw: bytes, chance: random.Random) -> bytes:
    """Some piece of it over and over, until it is as long as a document may be."""
    start, end = sorted(chance.randrange(len(raw) + 1) for _ in range(2))
    piece = chance.choice(
        [raw[start:end], raw[start : start + 1], raw[start : start + 20], b"-->", b'\\"', b"[", b"\n"]
    )
    num = (MOST_BYTES - len(raw)) // max(1, len(piece))
    return raw[:start] + piece * num + raw[start:]


def json_changed(raw: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """Still JSON, with one value swapped, gone, doubled, nested or taken from elsewhere; other documents stay."""
    value = _parsed(raw)
    found = list(places(value))
    if not found:
        return raw
    holder, key = chance.choice(found)
    change = chance.randrange(9)
    if change == 0:
        del holder[key]
    elif change == 1:
        elsewhere = list(places(_parsed(chance.choice(others)))) or [([None], 0)]
        other, name = chance.choice(elsewhere)
        holder[key] = other[name]
    elif change == 2:
        holder[key] = _nested(holder[key], chance)
    elif change == 3 and isinstance(holder, dict):
        holder[str(chance.choice([*(name for _, name in found), *ODD_TEXT]))] = holder.pop(key)
    elif change == 4 and isinstance(holder, list):
        holder[key:key] = [holder[key]] * chance.choice([1, 2, 60, 6_000])
    elif change == 5 and isinstance(holder[key], str):
        holder[key] = _text_changed(holder[key], chance)
    elif change == 6 and isinstance(holder, list):
        chance.shuffle(holder)
    else:
        holder[key] = chance.choice(ODD)
    return json.dumps(value, ensure_ascii=chance.random() < 0.8).encode("utf-8", "surrogatepass")


def lines_changed(raw: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """Lines doubled, gone, swapped or from elsewhere, and words and numbers in them that are odd."""
    lines = raw.split(b"\n")
    number = chance.randrange(len(lines))
    change = chance.randrange(6)
    if change == 0:
        del lines[number]
    elif change == 1:
        lines[number:number] = lines[number : number + chance.randrange(1, 5)] * chance.choice([1, 3, 500])
    elif change == 2:
        chance.shuffle(lines)
    elif change == 3:
        lines[number] = chance.choice(chance.choice(others).split(b"\n"))
    elif change == 4:
        odd = chance.choice(["0", "-1", "99", "9" * 30, "1e9", "\u0661", ""]).encode()
        lines[number] = re.sub(rb"\d+", lambda _: odd, lines[number], count=chance.choice([1, 1, 9]))
    else:
        text = _text_changed(lines[number].decode("utf-8", "replace"), chance)
        lines[number] = text.encode("utf-8", "surrogatepass")
    return chance.choice([b"\n", b"\n", b"\n", b"\r\n", b"\r"]).join(lines)


def leaf_changed(raw: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    """One written value replaced as text, so that what no writer writes comes in as well."""
    text = raw.decode("utf-8", "replace")
    found = list(_LEAF.finditer(text)) if len(text) < MAX_BYTES else []
    if not found:
        return raw
    one = chance.choice(found)
    odd = chance.choice(['"\\ud800"', "1e999", "9" * 400, "-0", "01", "NaN", "'a'", '"\t"', "[[", "}", "//", '"', "\\"])
    return (text[: one.start()] + odd + text[one.end() :]).encode()


def cut(raw: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    """The end, the beginning or the middle is missing."""
    start, end = sorted(chance.randrange(len(raw) + 1) for _ in range(2))
    return chance.choice([raw[:end], raw[start:], raw[:start] + raw[end:]])


def bytes_changed(raw: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    """Some bytes are others."""
    changed = bytearray(raw)
    for _ in range(chance.choice([1, 1, 3, 30]) if changed else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def spliced(raw: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """It begins as one and ends as another."""
    other = chance.choice(others)
    return raw[: chance.randrange(len(raw) + 1)] + other[chance.randrange(len(other) + 1) :]


def recoded(raw: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    """In another encoding."""
    names = ["utf-16", "utf-16-be", "utf-32", "latin-1", "utf-7", "utf-8-sig", "cp037"]
    return raw.decode("utf-8", "replace").encode(chance.choice(names), "replace")


def wrapped(raw: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    """Inside of brackets, few or very many."""
    depth = chance.choice([1, 2, 31, 33, 1_000, 20_000])
    opening, closing = chance.choice([(b"[", b"]"), (b'{"a":', b"}"), (b" ", b"\n"), (b"\xef\xbb\xbf", b"")])
    return opening * depth + raw + closing * depth


_MUTATIONS: tuple[Mutation, ...] = (
    *(json_changed,) * 8, *(lines_changed,) * 3, leaf_changed, leaf_changed, cut, bytes_changed, spliced,
    recoded, wrapped,
)  # fmt: skip


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _nested(value: Any, chance: random.Random) -> Any:
    for _ in range(chance.choice([1, 2, 28, 40])):
        value = [value] if chance.random() < 0.5 else {"a": value}
    return value


def _text_changed(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) + 1)
    odd = chance.choice(ODD_TEXT)
    return chance.choice([text[:place] + odd + text[place:], odd + text, text + odd, text[:place], text.swapcase()])
