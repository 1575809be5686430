"""Recall and precision of redaction on a labelled set, by type and language.

A line is `{"language", "turns": [{"speaker", "text"}], "spans": [{"turn", "start", "end", "type"}]}`. A span is found
when masks of its type cover every letter and digit of it; a mask is right when it touches a labelled span of its
type.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from summarizer.redaction import found
from summarizer.redaction.spans import Kind, Span


@dataclass(frozen=True, slots=True)
class Score:
    """Counts by type and language."""

    labelled: Counter[tuple[str, str]] = field(default_factory=Counter)
    covered: Counter[tuple[str, str]] = field(default_factory=Counter)
    masked: Counter[tuple[str, str]] = field(default_factory=Counter)
    right: Counter[tuple[str, str]] = field(default_factory=Counter)

    def recall(self, kind: str = "", language: str = "") -> float:
        """Share of the labelled spans that are masked; of every type and language unless told."""
        return _share(self.covered, self.labelled, kind, language)

    def precision(self, kind: str = "", language: str = "") -> float:
        """Share of the masks that stand where they should."""
        return _share(self.right, self.masked, kind, language)


def measure(path: Path) -> tuple[Score, list[int]]:
    """The score, and the numbers of the lines with a span missed or a mask too many."""
    score = Score()
    wrong: list[int] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not _count(json.loads(line), score):
            wrong.append(number)
    return score, wrong


def table(score: Score) -> str:
    """Recall and precision in percent, a type a line and a pair of columns for each language."""
    languages = sorted({language for _, language in score.labelled})
    lines = [f"{'':12}" + "".join(f"{name:>12}" for name in ("all", *languages))]
    for kind in (*Kind, ""):
        cells = [f"{score.recall(kind, one):5.0%} /{score.precision(kind, one):5.0%}" for one in ("", *languages)]
        lines.append(f"{kind or 'all':12}" + "".join(f"{cell:>12}" for cell in cells))
    return "\n".join(lines)


def _count(record: dict[str, Any], score: Score) -> bool:
    language = record["language"]
    said = [(turn["speaker"], turn["text"]) for turn in record["turns"]]
    masks = [(turn, span) for turn, spans in enumerate(found(said, language=language)) for span in spans]
    labels = [(one["turn"], Span(one["start"], one["end"], Kind(one["type"]))) for one in record["spans"]]
    hits = [label for label in labels if _is_covered(label, masks, said[label[0]][1])]
    right = [mask for mask in masks if any(_touch(mask, label) for label in labels)]
    for counts, spans in (
        (score.labelled, labels),
        (score.covered, hits),
        (score.masked, masks),
        (score.right, right),
    ):
        counts.update((span.kind, language) for _, span in spans)
    return len(hits) == len(labels) and len(right) == len(masks)


def _is_covered(label: tuple[int, Span], masks: list[tuple[int, Span]], text: str) -> bool:
    hidden = {place for mask in masks if _touch(mask, label) for place in range(mask[1].start, mask[1].end)}
    return all(place in hidden for place in range(label[1].start, label[1].end) if text[place].isalnum())


def _touch(one: tuple[int, Span], other: tuple[int, Span]) -> bool:
    (turn, left), (other_turn, right) = one, other
    return turn == other_turn and left.kind is right.kind and left.start < right.end and right.start < left.end


def _share(part: Counter[tuple[str, str]], whole: Counter[tuple[str, str]], kind: str, language: str) -> float:
    chosen = [key for key in whole if kind in ("", key[0]) and language in ("", key[1])]
    total = sum(whole[key] for key in chosen)
    return sum(part[key] for key in chosen) / total if total else 1.0
