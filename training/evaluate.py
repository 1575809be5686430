"""How good a model's summaries are, beside four ways of writing them without a model.

    python -m training.evaluate --model DIR|shipped --data FILE.jsonl.gz [--limit N] [--pipeline raw|served]
        [--json OUT.json] [--plot OUT.png] [--page OUT.html]

`raw` scores what the model wrote; `served` what a caller would get, after checking and falling back.
The fixed sentence says nothing of the conversation: a score that does not beat it clearly means nothing.
The report is what `training.promote` judges by; the page is for people, fifty conversations side by side.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from summarizer.conversation import Conversation, Role
from summarizer.engine.generator import BloomGenerator, load_generator
from summarizer.errors import ModelFailure
from summarizer.fallback import extract
from summarizer.generate import Generator, Prompt
from summarizer.prompt import fit, parse, render, speaker_labels
from summarizer.summarize import summarize
from summarizer.summary import Draft, Kind
from summarizer.window import Window, whole
from training.dataset import conversation_of, drafts_of, read_records
from training.metrics import Scores, interval, mean, paper_rouge, rouge, score
from training.page import side_by_side
from training.plot import plot_scores

SHIPPED = Path(__file__).parents[1] / "summarizer" / "shipped_model"
FIXED = "Customer is complaining about the service. Agent asks the customer to send a direct message with the details."

ON_PAGE = 50  # conversations
OVERLAP = ("ROUGE-1", "95 %", "ROUGE-2", "ROUGE-L", "empty %", "words")
CHECKS = ("unsaid numbers", "unsaid names", "wrong person", "swapped owner", "unpromised", "promises told")
LENGTHS = {"up to 100 words": 100, "up to 300 words": 300, "longer": 10**9}
AT_ONCE = 8  # conversations; the engine writes them in one batch


class Pipeline(StrEnum):
    """What is scored."""

    RAW = "raw"  #: the statements as the model writes them when nothing holds it back
    SERVED = "served"  #: the summary as a caller gets it


@dataclass(frozen=True, slots=True)
class Example:
    """One conversation and what people wrote about it."""

    id: str
    conversation: Conversation
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """One summary, and how many of its claims are quotations because the model's were not believed."""

    text: str
    num_claims: int = 0
    num_extractive: int = 0


@dataclass(frozen=True, slots=True)
class Slice:
    """One kind of conversation."""

    conversations: tuple[str, ...]
    rouge1: float
    rouge1_low: float
    rouge1_high: float


@dataclass(frozen=True, slots=True)
class Report:
    """The model's scores, the baselines' beside them, and what each conversation got."""

    scores: dict[str, Scores]
    paper: dict[str, float]  #: the model's ROUGE by the protocol of the DialogSum paper, comparable with its tables
    shuffled_rouge1: float  #: each summary scored against another conversation's references
    extractive: float  #: percent of claims that are quotations because the model's were not believed
    seconds: float  #: a conversation, many at once
    rouge1: dict[str, float]  #: of the model, by conversation
    slices: dict[str, Slice]  #: of the model, by language, channel and length
    summaries: dict[str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a checkpoint directory, or `shipped`")
    parser.add_argument("--data", type=Path, required=True, help="a .jsonl or .jsonl.gz file of records")
    parser.add_argument("--limit", type=int, help="only the first so many records")
    parser.add_argument("--pipeline", type=Pipeline, default=Pipeline.RAW, choices=list(Pipeline))
    parser.add_argument("--json", type=Path, help="where scores and summaries are written as well")
    parser.add_argument("--plot", type=Path, help="where ROUGE-1 of all systems is drawn, a PNG")
    parser.add_argument("--page", type=Path, help="where fifty conversations stand beside what was written, HTML")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-repeat-ngram", type=int, default=0, help="no run of so many tokens is written twice")
    args = parser.parse_args()

    examples = read_examples(args.data, limit=args.limit)
    directory = SHIPPED if args.model == "shipped" else Path(args.model)
    generator = load_generator(directory, threads=args.threads, no_repeat_ngram=args.no_repeat_ngram)
    try:
        report = evaluate(examples, generator, pipeline=args.pipeline)
    finally:
        generator.close()
    title = f"{args.data.parent.name}/{args.data.name}, {len(examples)} conversations"
    Console().print(*tables(report, title=title))
    if args.plot:
        plot_scores(report.scores, args.plot, title=title, shuffled_rouge1=report.shuffled_rouge1)
    if args.page:
        args.page.write_text(side_by_side(examples[:ON_PAGE], report.summaries, title=title), encoding="utf-8")
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(_as_json(report, generator, args), indent=2, ensure_ascii=False) + "\n")


def read_examples(path: Path, *, limit: int | None) -> list[Example]:
    """The records that have a conversation and a reference, in order."""
    examples: list[Example] = []
    for record in read_records(path):
        conversation = conversation_of(record)
        drafts = drafts_of(record, conversation) if conversation else []
        texts = tuple(" ".join(one.text for one in draft.statements) for draft in drafts)
        if conversation and texts:
            examples.append(Example(record["id"], conversation, texts))
        if len(examples) == limit:
            break
    return examples


def evaluate(examples: Sequence[Example], generator: Generator, *, pipeline: Pipeline) -> Report:
    """Writes every summary, then scores the model and the baselines on the same conversations."""
    write = write_raw if pipeline is Pipeline.RAW else write_served
    started = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = pool.map(lambda one: write(one.conversation, generator), examples)
        done = list(track(outcomes, description="writing", total=len(examples)))
    seconds = time.monotonic() - started
    written = [one.text for one in done]
    num_claims, num_extractive = sum(one.num_claims for one in done), sum(one.num_extractive for one in done)
    conversations = [one.conversation for one in examples]
    references = [one.references for one in examples]
    systems = {"model": written} | {
        name: [baseline(one) for one in conversations] for name, baseline in BASELINES.items()
    }
    rouge1 = {one.id: rouge(text, one.references)["rouge1"] for one, text in zip(examples, written, strict=True)}
    return Report(
        scores={name: score(texts, conversations, references) for name, texts in systems.items()},
        paper=paper_rouge(written, references),
        shuffled_rouge1=shuffled_rouge1(written, references),
        extractive=100 * num_extractive / max(1, num_claims),
        seconds=seconds / max(1, len(examples)),
        rouge1=rouge1,
        slices=slices(examples, rouge1),
        summaries={one.id: text for one, text in zip(examples, written, strict=True)},
    )


def write_served(conversation: Conversation, generator: Generator) -> Written:
    """What a caller would get."""
    summary = summarize(conversation, generator)
    quoted = sum(claim.kind is Kind.EXTRACTIVE for claim in summary.claims)
    return Written(summary.text, num_claims=len(summary.claims), num_extractive=quoted)


def write_raw(conversation: Conversation, generator: Generator) -> Written:
    """The model's statements, one window after the other; nothing where it fails."""
    try:
        drafts = free_drafts(conversation, generator)
    except ModelFailure:
        return Written("")
    statements = [one.text for draft, _ in drafts for one in draft.statements]
    return Written(" ".join(dict.fromkeys(statements)), num_claims=len(statements))


def free_drafts(conversation: Conversation, generator: Generator) -> list[tuple[Draft, Window]]:
    """What the model writes of each window when nothing holds it back; raises ModelFailure."""
    cuts = fit(conversation, count_tokens=generator.count_tokens, max_prompt_tokens=generator.max_prompt_tokens)
    completions = generator([Prompt(render(conversation, cut)) for cut in cuts])
    return [(parse(completion.text), cut) for completion, cut in zip(completions, cuts, strict=True)]


def lead_3(conversation: Conversation) -> str:
    """The first three turns with their speakers."""
    labels = speaker_labels(conversation)
    return " ".join(f"{labels[turn.participant]}: {turn.text}" for turn in conversation.turns[:3])


def longest_turns(conversation: Conversation) -> str:
    """The longest turn of the customer and of the agent, or of each of two unknown people."""
    roles = (Role.CUSTOMER, Role.AGENT)
    known = [[turn for turn in conversation.turns if conversation.role_of(turn) is role] for role in roles]
    people = (
        known
        if all(known)
        else [[t for t in conversation.turns if t.participant == one.id] for one in conversation.participants]
    )
    longest = [max(turns, key=lambda turn: len(turn.text)) for turns in people[:2] if turns]
    return " ".join(turn.text for turn in longest)


def extractive(conversation: Conversation) -> str:
    """What a caller gets when nothing of what the model wrote is believed."""
    return " ".join(claim.text for claim in extract(conversation, whole(conversation)))


BASELINES: dict[str, Callable[[Conversation], str]] = {
    "fixed sentence": lambda _: FIXED,
    "first three turns": lead_3,
    "longest turns": longest_turns,
    "extractive fallback": extractive,
}


def slices(examples: Sequence[Example], rouge1: Mapping[str, float]) -> dict[str, Slice]:
    """ROUGE-1 by language, channel and length, each with its interval."""
    groups: dict[str, list[str]] = {}
    for one in examples:
        num_words = sum(len(turn.text.split()) for turn in one.conversation.turns)
        length = next(name for name, most in LENGTHS.items() if num_words <= most)
        for kind in (one.conversation.language or "unknown language", one.conversation.channel.value, length):
            groups.setdefault(kind, []).append(one.id)
    scores = {kind: [rouge1[one] for one in ids] for kind, ids in groups.items()}
    return {
        kind: Slice(tuple(ids), mean(scores[kind]), *interval(scores[kind])) for kind, ids in sorted(groups.items())
    }


def shuffled_rouge1(written: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """What remains of the score when every summary goes to another conversation: the part that says nothing."""
    if len(written) < 2:
        return 0.0
    order = list(range(len(written)))
    random.Random(0).shuffle(order)
    pairs = zip(order, order[1:] + order[:1], strict=True)
    return mean([rouge(written[one], references[other])["rouge1"] for one, other in pairs])


def tables(report: Report, *, title: str) -> list[Table]:
    """Overlap with people's summaries, and what no overlap shows; one row a system."""
    scores = report.scores.items()
    caption = (
        f"shuffled: {report.shuffled_rouge1:.1f}, quoted claims: {report.extractive:.0f} %, py-rouge: "
        + " / ".join(f"{value:.1f}" for value in report.paper.values())
    )
    overlap = [
        (
            name,
            f"{one.rouge1:.1f}",
            f"{one.rouge1_low:.1f}-{one.rouge1_high:.1f}",
            f"{one.rouge2:.1f}",
            f"{one.rougeL:.1f}",
            f"{one.empty:.0f}",
            f"{one.words:.0f}",
        )
        for name, one in scores
    ]
    checks = [
        (
            name,
            f"{one.unsupported_numbers:.0f}",
            f"{one.unsupported_names:.0f}",
            f"{one.wrong_person:.0f}",
            f"{one.swapped_owners:.1f}",
            f"{one.unsupported_follow_ups:.1f}",
            "-" if one.follow_up_recall is None else f"{one.follow_up_recall:.0f}",
        )
        for name, one in scores
    ]
    return [
        _table(title, OVERLAP, overlap, caption=caption),
        _table(
            "what ROUGE does not see",
            CHECKS,
            checks,
            caption="percent of summaries; told: percent of what was promised",
        ),
    ]


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str) -> Table:
    table = Table(title=title, caption=caption)
    table.add_column("", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(*row)
    return table


def _as_json(report: Report, generator: BloomGenerator, args: argparse.Namespace) -> dict[str, Any]:
    return {
        "model_version": generator.model_version,
        "data": f"{args.data.parent.name}/{args.data.name}",
        "pipeline": args.pipeline.value,
        "precision": generator.precision.value,
        "engine": asdict(generator.totals),
        "metric": "rouge-score, stemmed, mean over references",
        **asdict(report),
    }


if __name__ == "__main__":
    main()
