"""Conversations beside what people and a model wrote about them, as one page to read."""

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Protocol

from summarizer.conversation import Conversation
from summarizer.evidence import quoted
from summarizer.fallback import extract
from summarizer.prompt import speaker_labels
from summarizer.summary import Claim, Summary
from summarizer.window import whole

PAGE = """<!doctype html>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 15px/1.5 sans-serif; max-width: 75em; margin: 2em auto; padding: 0 1em; }}
section {{ display: grid; grid-template-columns: 3fr 2fr; gap: 0 2em; border-top: 1px solid #bbb; padding: 1em 0; }}
h2 {{ font-size: 1em; grid-column: 1 / 3; margin: 0; }}
h3 {{ font-size: .85em; color: #666; margin: .8em 0 0; }}
p {{ margin: .2em 0; }}
td {{ padding: 0 1em 0 0; font-variant-numeric: tabular-nums; }}
td + td {{ text-align: end; }}
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


def with_evidence(summaries: Sequence[tuple[Conversation, Summary]], *, title: str) -> str:
    """Each sentence with the words that support it, beside the whole conversation; HTML without scripts."""
    sections = "\n".join(_proved(number, *one) for number, one in enumerate(summaries, 1))
    return PAGE.format(title=escape(title), sections=sections)


def compared(
    rows: Sequence[Sequence[str]],
    shown: Sequence[tuple[Example, Mapping[str, Sequence[str]], str]],
    plot: bytes,
    *,
    title: str,
    verdict: str,
) -> str:
    """Figures of two systems, then calls with what each wrote and by how much they differ; HTML without scripts."""
    head, *body = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
    lines = "".join(f"<tr>{row}</tr>" for row in body)
    picture = f"data:image/png;base64,{base64.b64encode(plot).decode()}"
    parts = [
        f"<p>{escape(verdict)}</p>",
        f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>",
        f'<p><img src="{picture}" alt="the same as a picture" style="max-width: 100%"></p>',
        *(_contrast(*one) for one in shown),
    ]
    return PAGE.format(title=escape(title), sections="\n".join(parts))


def _contrast(example: Example, texts: Mapping[str, Sequence[str]], difference: str) -> str:
    written = [*texts.items(), ("people", example.references)]
    return _beside(example, written, heading=difference)


def _proved(number: int, conversation: Conversation, summary: Summary) -> str:
    labels = speaker_labels(conversation)
    said = [
        f"<p>{index}. <b>{escape(labels[turn.participant])}</b>: {escape(turn.text)}</p>"
        for index, turn in enumerate(conversation.turns, 1)
    ]
    told = "".join(_with_proof(claim, conversation) for claim in summary.claims) or f"<p>{summary.reason}</p>"
    listed = "".join(f"<h3>{escape(one.heading)}</h3><p>{escape(one.text)}</p>" for one in summary.sections)
    return f"<section><h2>{number}</h2><div>{''.join(said)}</div><div>{told}{listed}</div></section>"


def _with_proof(claim: Claim, conversation: Conversation) -> str:
    proof = " · ".join(f"{part.turn + 1}: {escape(quoted(part, conversation))}" for part in claim.evidence)
    return f"<p>{escape(claim.text)} <small>({claim.kind}, {claim.score:.2f})</small></p><h3>{proof}</h3>"


def _section(example: Example, summary: str) -> str:
    quoted = [claim.text for claim in extract(example.conversation, whole(example.conversation))]
    written = [("model", [summary]), ("people", list(example.references)), ("quotations", quoted)]
    return _beside(example, written, heading=example.id)


def _beside(example: Example, written: Sequence[tuple[str, Sequence[str]]], *, heading: str) -> str:
    """The call, and beside it what each wrote, a paragraph a text."""
    labels = speaker_labels(example.conversation)
    said = [f"<b>{escape(labels[turn.participant])}</b>: {escape(turn.text)}" for turn in example.conversation.turns]
    beside = "".join(
        f"<h3>{escape(name)}</h3>" + "".join(f'<p dir="auto">{escape(text)}</p>' for text in texts)
        for name, texts in written
    )
    turns = "".join(f"<p>{line}</p>" for line in said)
    return f"<section><h2>{escape(heading)}</h2><div>{turns}</div><div>{beside}</div></section>"
