"""The results of Azure AI Language's conversation summarization: aspects, each with the turns it rests on.

`conversationItemId` counts turns from 1; `offset` and `length` are Unicode code points, which Azure calls
`stringIndexType: UnicodeCodePoint`. Source: learn.microsoft.com, language-service/summarization.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from summarizer.shapes.told import Told
from summarizer.summary import SectionName

_ASPECTS = (
    ("chapterTitle", SectionName.HEADLINE),
    ("issue", SectionName.REASON),
    ("resolution", SectionName.RESOLUTION),
)


def write(told: Told) -> dict[str, Any]:
    """What stands there under `results`; a conversation without a summary has a warning that says why."""
    return {
        "conversations": [
            {"id": told.external_id or told.conversation_id, "summaries": _summaries(told), "warnings": _warnings(told)}
        ],
        "errors": [],
        "modelVersion": None if told.summary is None else told.summary["model_version"],
    }


def _summaries(told: Told) -> list[dict[str, Any]]:
    stated = [(aspect, told.stated(name)) for aspect, name in _ASPECTS]
    return [
        *(_summary(aspect, section["text"], section["evidence"]) for aspect, section in stated if section is not None),
        *_narrative(told),
        *_follow_ups(told),
    ]


def _narrative(told: Told) -> Iterator[dict[str, Any]]:
    """One entry a sentence, so that each keeps its own evidence; a person's text stands instead of the machine's."""
    if told.edited_text is not None:
        yield _summary("narrative", told.edited_text, [])
        return
    for claim in told.claims:
        yield _summary("narrative", claim["text"], claim["evidence"])


def _follow_ups(told: Told) -> Iterator[dict[str, Any]]:
    section = told.stated(SectionName.FOLLOW_UPS)
    if section is None:
        return
    if not section["items"]:
        yield _summary("followUpTasks", section["text"], section["evidence"])
    for item in section["items"]:
        yield _summary("followUpTasks", item["text"], item["evidence"])


def _summary(aspect: str, text: str, evidence: list[Mapping[str, Any]]) -> dict[str, Any]:
    return {"aspect": aspect, "text": text, "contexts": [_context(one) for one in evidence]}


def _context(evidence: Mapping[str, Any]) -> dict[str, Any]:
    length = evidence["end"] - evidence["start"]
    return {"conversationItemId": str(evidence["turn"] + 1), "offset": evidence["start"], "length": length}


def _warnings(told: Told) -> list[dict[str, str]]:
    if told.reason is None:
        return []
    return [{"code": told.reason, "message": "there is no summary of this conversation"}]
