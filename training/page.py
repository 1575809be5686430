"""Conversations beside what people and a model wrote about them, as one page to read."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Protocol

from summarizer.conversation import Conversation
from summarizer.fallback import extract
from summarizer.prompt import speaker_labels
from summarizer.window import whole

PAGE = """<!doctype html>
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 15px/1.5 sans-serif; max-width: 75em; margin: 2em auto; padding: 0 1em; }}
section {{ display: grid; grid-template-columns: 3fr 2fr; gap: 0 2em; border-top: 1px solid #bbb; padding: 1em 0; }}
h2 {{ font-size: 1em; grid-column: 1 / 3; margin: 0; }}
h3 {{ font-size: .85em; color: #666; margin: .8em 0 0; }}
p {{ margin: .2em 0; }}
</style>
<h1>{title}</h1>
{sections}
"""


class Example(Protocol):
    """A conversation and what people wrote about it."""

    @property
    def id(self) -> str: ...
    @property
    def conversation(self) -> Conversation: ...
    @property
    def references(self) -> tuple[str, ...]: ...


def side_by_side(examples: Sequence[Example], summaries: Mapping[str, str], *, title: str) -> str:
    """HTML without scripts; everything that was said is escaped."""
    sections = "\n".join(_section(one, summaries[one.id]) for one in examples)
    return PAGE.format(title=escape(title), sections=sections)


def _section(example: Example, summary: str) -> str:
    labels = speaker_labels(example.conversation)
    said = [f"<b>{escape(labels[turn.participant])}</b>: {escape(turn.text)}" for turn in example.conversation.turns]
    quoted = [claim.text for claim in extract(example.conversation, whole(example.conversation))]
    written = [("model", [summary]), ("people", list(example.references)), ("quotations", quoted)]
    beside = "".join(
        f"<h3>{name}</h3>" + "".join(f"<p>{escape(text)}</p>" for text in texts) for name, texts in written
    )
    turns = "".join(f"<p>{line}</p>" for line in said)
    return f"<section><h2>{escape(example.id)}</h2><div>{turns}</div><div>{beside}</div></section>"
