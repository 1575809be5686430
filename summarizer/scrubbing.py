"""Taking erased conversations out of the files that a night leaves: examples, held-out examples, reports, pages.

A night whose examples lose a line has begun to learn from it; a mark beside them says that it must begin anew.
"""

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

SPOILED = "spoiled"  #: this night has learned from something that was erased meanwhile
EXAMPLES = "private.jsonl"
_RECORD = re.compile(rb"private-[0-9a-f]{32}")
_LINES, _PAGES = (".jsonl", ".writing"), (".html",)


def scrub(directory: Path, records: Collection[str]) -> int:
    """Take these records out of every file below; how many files held one."""
    return sum(_scrub(path, records) for path in _files(directory))


def _files(directory: Path) -> Iterator[Path]:
    """What may hold text; weights hold none by name, and a new model replaces them."""
    for path in sorted(directory.rglob("*")) if directory.is_dir() else ():
        if path.is_file() and not path.is_symlink() and path.suffix in (*_LINES, *_PAGES, ".json"):
            yield path


def _scrub(path: Path, records: Collection[str]) -> bool:
    raw = path.read_bytes()
    if not any(found.decode() in records for found in set(_RECORD.findall(raw))):
        return False
    if path.suffix in _PAGES:  # a picture of a report for people, made again by whoever wants it
        path.unlink()
        return True
    kept = _without_lines(raw, records) if _is_lines(path) else _without_members(raw, records)
    if path.name.startswith(EXAMPLES):
        (path.parent / SPOILED).touch()
    aside = path.with_name(f"{path.name}.scrubbing")
    aside.touch(mode=0o600)
    aside.write_bytes(kept)
    aside.rename(path)
    return True


def _is_lines(path: Path) -> bool:
    return path.name.removesuffix(".writing").endswith(".jsonl")


def _without_lines(raw: bytes, records: Collection[str]) -> bytes:
    return b"".join(line for line in raw.splitlines(keepends=True) if not _names(line, records))


def _names(line: bytes, records: Collection[str]) -> bool:
    return any(found.decode() in records for found in _RECORD.findall(line))


def _without_members(raw: bytes, records: Collection[str]) -> bytes:
    return json.dumps(_pruned(json.loads(raw), records), indent=2, ensure_ascii=False).encode() + b"\n"


def _pruned(value: Any, records: Collection[str]) -> Any:
    """Without what stands under a record's name, and without objects and values that name one."""
    if _is_about(value, records):
        return None
    if isinstance(value, dict):
        return {name: _pruned(one, records) for name, one in value.items() if name not in records}
    if isinstance(value, list):
        return [_pruned(one, records) for one in value if not _is_about(one, records)]
    return value


def _is_about(value: Any, records: Collection[str]) -> bool:
    named = value.get("id") if isinstance(value, dict) else value
    return isinstance(named, str) and named in records
