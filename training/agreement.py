"""Does the score of a summary say what people say? Agreement with their judgments of consistency.

    python -m training.agreement --data dialsummeval/judgements.jsonl.gz [--json OUT.json]

DialSummEval (Gao and Wan, NAACL 2022) has fourteen systems' summaries of 100 SAMSum dialogues, each judged by three
people; the score needs no reference, ROUGE takes system A, which is the reference, and is not asked of it.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from summarizer.conversation import Conversation
from summarizer.grounding import ground
from summarizer.scoring import score
from summarizer.summary import Aspect, Draft, Statement
from summarizer.window import whole
from summarizer.words import content_stems, stem, words
from training.dataset import conversation_of, read_records, split_sentences
from training.metrics import MEASURES, mean, rouge

REFERENCE = "A"  # the system that is the reference


@dataclass(frozen=True, slots=True)
class Judged:
    """One system's summary of one dialogue, and what people gave it for consistency, the mean of three."""

    dialogue: str
    system: str
    conversation: Conversation
    summary: str
    consistency: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """Correlations with people, over all summaries and over the systems' means."""

    pearson: float
    spearman: float
    systems_pearson: float
    systems_spearman: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="judgements.jsonl.gz of DialSummEval")
    parser.add_argument("--json", type=Path, help="where the figures are written as well")
    args = parser.parse_args()
    found = agreements(read_judged(args.data))
    Console().print(table(found))
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps({name: asdict(one) for name, one in found.items()}, indent=2) + "\n")


def read_judged(path: Path) -> list[Judged]:
    """All judged summaries, the references among them."""
    return [_judged(record) for record in read_records(path)]


def agreements(judged: Sequence[Judged]) -> dict[str, Agreement]:
    """How each measure agrees with people."""
    references = {one.dialogue: one.summary for one in judged if one.system == REFERENCE}
    asked = [one for one in judged if one.system != REFERENCE]
    overlaps = [rouge(one.summary, [references[one.dialogue]]) for one in asked]
    measures: dict[str, list[float]] = {
        "our score": [grounding_score(one.summary, one.conversation) for one in asked],
        "simple overlap": [overlap(one.summary, one.conversation) for one in asked],
        **{measure: [each[measure] for each in overlaps] for measure in MEASURES},
    }
    return {name: agreement(values, asked) for name, values in measures.items()}


def grounding_score(summary: str, conversation: Conversation) -> float:
    """What a served summary's score is: each sentence against the turns that support it, the mean."""
    statements = tuple(Statement(Aspect.SUMMARY, one) for one in split_sentences(summary))
    claims = ground(Draft(statements), conversation, whole(conversation))
    return mean([score(claim, conversation) for claim in claims])


def overlap(summary: str, conversation: Conversation) -> float:
    """Share of the summary's content words that somebody says."""
    said = {stem(word.text) for turn in conversation.turns for word in words(turn.text)}
    stems = content_stems(summary)
    return len(stems & said) / max(len(stems), 1)


def agreement(values: Sequence[float], judged: Sequence[Judged]) -> Agreement:
    """Correlations of one measure with people."""
    people = [one.consistency for one in judged]
    by_system: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for value, one in zip(values, judged, strict=True):
        by_system[one.system].append((value, one.consistency))
    means = np.array([np.mean(pairs, axis=0) for pairs in by_system.values()])
    return Agreement(
        pearson=_correlation(values, people),
        spearman=_correlation(ranks(values), ranks(people)),
        systems_pearson=_correlation(means[:, 0], means[:, 1]),
        systems_spearman=_correlation(ranks(means[:, 0]), ranks(means[:, 1])),
    )


def ranks(values: Sequence[float] | np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Ranks from 0; equal values share the mean of theirs."""
    array = np.asarray(values, dtype=float)
    _, places, counts = np.unique(array, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts + 1) / 2)[places]


def table(found: dict[str, Agreement]) -> Table:
    """One row a measure."""
    made = Table(title="agreement with people's judgment of consistency", caption="correlation; systems: of the means")
    columns: dict[str, Callable[[Agreement], float]] = {
        "Pearson": lambda one: one.pearson,
        "Spearman": lambda one: one.spearman,
        "systems, Pearson": lambda one: one.systems_pearson,
        "systems, Spearman": lambda one: one.systems_spearman,
    }
    made.add_column("")
    for column in columns:
        made.add_column(column, justify="right")
    for name, one in found.items():
        made.add_row(name, *(f"{of(one):.3f}" for of in columns.values()))
    return made


def _judged(record: dict[str, Any]) -> Judged:
    conversation = conversation_of(record)
    assert conversation is not None  # every dialogue of the set says something
    labels = record["labels"]
    return Judged(
        dialogue=record["id"].rpartition("-")[0],
        system=labels["model_id"],
        conversation=conversation,
        summary=record["summary"],
        consistency=mean([float(one["consistency"]) for one in labels["human_scores"]]),
    )


def _correlation(first: Any, second: Any) -> float:
    return float(np.corrcoef(first, second)[0, 1])


if __name__ == "__main__":
    main()
