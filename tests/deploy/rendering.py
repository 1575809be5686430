"""Renders the part of Helm's template language that our chart uses, and refuses the rest.

Blocks are `if`, `with` and `define`; an expression is a pipe of calls whose arguments are paths, texts and numbers.
It shows what a template says, not that Helm would accept it.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).parents[2] / "deploy" / "chart"
_ACTION = re.compile(r"\{\{(-?)\s*(.*?)\s*(-?)\}\}", re.DOTALL)
_WORD = re.compile(r'"[^"]*"|[^\s|]+|\|')


@dataclass(slots=True)
class Block:
    """A piece of a template: text, an expression, or what stands between a keyword and its `end`."""

    keyword: str  #: text, "" for an expression, if, with, define
    says: str
    inner: list["Block"] = field(default_factory=list)


def rendered(values: Mapping[str, Any], *, release: str = "r") -> dict[str, list[dict[str, Any]]]:
    """The documents of each template."""
    sources = {path.name: path.read_text() for path in sorted((CHART / "templates").iterdir())}
    parsed = {name: parse(source) for name, source in sources.items()}
    named = {one.says.strip('"'): one.inner for blocks in parsed.values() for one in blocks if one.keyword == "define"}
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    root = {"Values": values, "Release": {"Name": release}, "Chart": {"AppVersion": chart["appVersion"]}}
    made = {name: _text(blocks, root, named) for name, blocks in parsed.items() if name.endswith(".yaml")}
    return {name: [one for one in yaml.safe_load_all(text) if one] for name, text in made.items()}


def values_of(*names: str, **changes: Any) -> dict[str, Any]:
    """The chart's values, those of further files over them, and changes over all."""
    merged: dict[str, Any] = {}
    for name in ("values.yaml", *names):
        merged = _over(merged, yaml.safe_load((CHART / name).read_text()))
    return _over(merged, changes)


def parse(source: str) -> list[Block]:
    """A template's blocks; raises ValueError where blocks and their ends do not match."""
    opened: list[Block] = [Block("file", "")]
    for kind, says in _pieces(source):
        keyword, _, rest = says.partition(" ")
        if kind == "text":
            opened[-1].inner.append(Block("text", says))
        elif keyword == "end":
            if len(opened) == 1:
                raise ValueError("an end without a beginning")
            opened.pop()
        elif keyword in ("if", "with", "define"):
            opened[-1].inner.append(Block(keyword, rest))
            opened.append(opened[-1].inner[-1])
        elif keyword in ("range", "else", "block", "template"):
            raise ValueError(f"{keyword} is not known here")
        else:
            opened[-1].inner.append(Block("", says))
    if len(opened) > 1:
        raise ValueError(f"{opened[-1].keyword} {opened[-1].says} has no end")
    return opened[0].inner


def _pieces(source: str) -> Iterator[tuple[str, str]]:
    """Texts and actions in turn; a dash takes the white space beside it."""
    place, is_trimmed = 0, False
    for found in _ACTION.finditer(source):
        text = source[place : found.start()]
        text = text.lstrip() if is_trimmed else text
        yield "text", text.rstrip() if found[1] else text
        yield "action", found[2]
        place, is_trimmed = found.end(), bool(found[3])
    last = source[place:]
    if "{{" in last:
        raise ValueError("braces that are not closed")
    yield "text", last.lstrip() if is_trimmed else last


def _text(blocks: list[Block], scope: Any, named: Mapping[str, list[Block]], root: Any = None) -> str:
    root = scope if root is None else root
    parts = []
    for one in blocks:
        if one.keyword == "text":
            parts.append(one.says)
        elif one.keyword == "":
            value = _value(one.says, scope, named, root)
            parts.append(str(value).lower() if isinstance(value, bool) else str(value))
        elif one.keyword != "define" and (value := _value(one.says, scope, named, root)):
            parts.append(_text(one.inner, value if one.keyword == "with" else scope, named, root))
    return "".join(parts)


def _value(says: str, scope: Any, named: Mapping[str, list[Block]], root: Any) -> Any:
    functions: dict[str, Callable[..., Any]] = {
        "include": lambda name, at: _text(named[name], at, named),
        "toYaml": lambda value: yaml.safe_dump(value, default_flow_style=False).rstrip(),
        "nindent": lambda num, text: "".join(f"\n{' ' * num}{line}" for line in text.splitlines()),
        "quote": lambda value: f'"{value}"',
        "default": lambda other, value: value or other,
        "add": lambda *numbers: sum(numbers),
        "not": lambda value: not value,
        "sha256sum": lambda text: hashlib.sha256(text.encode()).hexdigest(),
    }
    piped: list[Any] = []
    for call in " ".join(_WORD.findall(says)).split(" | "):
        first, *rest = _WORD.findall(call)
        if first in functions:
            piped = [functions[first](*(_operand(word, scope, root) for word in rest), *piped)]
        else:
            piped = [_operand(first, scope, root)]
    return piped[0]


def _operand(word: str, scope: Any, root: Any) -> Any:
    if word.startswith('"'):
        return word[1:-1]
    if word.lstrip("-").isdigit():
        return int(word)
    if not word.startswith((".", "$.")):
        raise ValueError(f"{word} is not known here")
    found = root if word.startswith("$") else scope
    for name in filter(None, word.lstrip("$").split(".")):
        found = found[name]  # raises KeyError for what the values do not have
    return found


def _over(below: Any, above: Any) -> Any:
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return below | {name: _over(below.get(name), value) for name, value in above.items()}
