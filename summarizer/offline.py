"""Summaries without a server: files in, one result after the other out."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from summarizer.conversation import Conversation
from summarizer.documents import claims_to_document, sections_to_document
from summarizer.errors import SummarizerError
from summarizer.generate import Generator
from summarizer.headings import headings
from summarizer.prompt import LABELS
from summarizer.redaction import redact
from summarizer.summarize import summarize
from summarizer.summary import Kind, SectionName, Summary
from summarizer.transcripts import STANDARD_INPUT, Document, conversation_in, documents_of, spooled_input

CONCURRENT_CONVERSATIONS = 16  # what one engine batches
SHOWN_SECTIONS = frozenset({SectionName.HEADLINE, SectionName.FOLLOW_UPS, SectionName.SATISFACTION})


@dataclass(frozen=True, slots=True)
class Done:
    """One conversation, or the reason why a file has none to read."""

    file: str
    conversation: Conversation | None = None
    summary: Summary | None = None
    failure: str | None = None


def summarize_files(
    files: list[str], generate: Generator, *, format_name: str | None, limit: int | None
) -> Iterator[Done]:
    """Results in the order of the files; a file that cannot be read does not stop the others."""

    def finish(read: Done) -> Done:
        if read.conversation is None:
            return read
        try:
            masked = redact(read.conversation)
            return Done(read.file, masked, summarize(masked, generate))
        except SummarizerError as error:
            return Done(read.file, failure=str(error))

    with ThreadPoolExecutor(CONCURRENT_CONVERSATIONS) as pool:
        yield from pool.map(finish, _read_all(files, format_name=format_name, limit=limit))


def as_json(done: Done) -> str:
    """One line: the turns, masked, the summary with the evidence of each sentence, what it took."""
    assert done.conversation is not None
    assert done.summary is not None
    conversation, summary = done.conversation, done.summary
    return json.dumps(
        {
            "file": done.file,
            "id": conversation.external_id,
            "turns": [
                {
                    "role": conversation.role_of(turn),
                    "text": turn.text,
                    "start_ms": turn.start_ms,
                    "end_ms": turn.end_ms,
                }
                for turn in conversation.turns
            ],
            "summary": _summary_object(summary) if summary.claims else None,
            "kind": summary.kind,
            "reason": summary.reason,
            "seconds": round(summary.usage.seconds, 3),
            "prompt_tokens": summary.usage.prompt_tokens,
            "completion_tokens": summary.usage.completion_tokens,
            "num_windows": summary.usage.num_windows,
        },
        ensure_ascii=False,
    )


def as_text(done: Done) -> str:
    """For people: a heading, a sentence a line, then the sections that are stated."""
    assert done.conversation is not None
    assert done.summary is not None
    summary = done.summary
    lines = [f"{LABELS[claim.aspect]}: {claim.text}" for claim in summary.claims]
    lines += [f"[{one.heading}] {one.text}" for one in summary.sections if one.is_stated and one.name in SHOWN_SECTIONS]
    if summary.kind is Kind.EXTRACTIVE:
        lines.append(headings(summary.language).notice)
    if summary.reason is not None:
        lines = [f"no summary: {summary.reason}"]
    return "\n".join([f"# {done.file} {done.conversation.external_id or ''}".rstrip(), *lines, ""])


def _summary_object(summary: Summary) -> dict[str, Any]:
    return {
        "text": summary.text,
        "language": summary.language,
        "score": round(summary.score, 3),
        "claims": claims_to_document(summary.claims),
        "sections": sections_to_document(summary.sections),
    }


def _read_all(files: list[str], *, format_name: str | None, limit: int | None) -> Iterator[Done]:
    """What each file holds; a line that cannot be read does not stop those after it."""
    for file in files:
        try:
            with spooled_input() if file == STANDARD_INPUT else nullcontext(Path(file)) as path:
                for document in islice(documents_of([(path, file)]), limit):
                    yield _read(document, file, format_name=format_name)
        except OSError as error:
            yield Done(file, failure=str(error))


def _read(document: Document, file: str, *, format_name: str | None) -> Done:
    try:
        return Done(file, conversation_in(document, format_name))
    except SummarizerError as error:
        place = "" if document.line is None else f"line {document.line}: "
        return Done(file, failure=f"{place}{error}")
