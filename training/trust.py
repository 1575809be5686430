"""What of a model's sentences the conversation does not say, as drafted and as served.

    python -m training.trust --model DIR|shipped --data FILE.jsonl.gz [--limit N] [--page OUT.html] [--json OUT.json]

"As drafted" holds every sentence of the model's first draft, written freely, against the checks of
`summarizer.verify`; "as served" does the same with what a caller gets, after copy-only decoding, repair, dropping and
quoting. The second figure is nought by construction where the checks are the same: what they cannot see, only a reader
can say, and `--page` is for one.
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from summarizer.conversation import Conversation
from summarizer.engine.generator import load_generator
from summarizer.evidence import is_quotation
from summarizer.generate import Generator
from summarizer.grounding import ground
from summarizer.summarize import believed, summarize
from summarizer.summary import Claim, Kind, Summary
from summarizer.verify import Said, failed, what_is_said
from training.dataset import conversation_of, read_records
from training.evaluate import AT_ONCE, SHIPPED, free_drafts
from training.page import with_evidence


@dataclass(frozen=True, slots=True)
class Looked:
    """One conversation: which checks the drafted sentences fail, and what was served."""

    conversation: Conversation
    drafted: list[frozenset[str]]
    served: list[frozenset[str]]
    summary: Summary


@dataclass
class Counts:
    """Sentences of many conversations."""

    conversations: int = 0
    none: int = 0  #: conversations without a summary
    drafted: int = 0
    drafted_unsupported: int = 0
    drafted_by_check: Counter[str] = field(default_factory=Counter)
    served: int = 0
    served_unsupported: int = 0
    served_by_check: Counter[str] = field(default_factory=Counter)
    quotations: int = 0
    quoted_only: int = 0  #: conversations
    statements: int = 0  #: that the served pipeline drafted, under copy-only decoding
    repaired: int = 0
    dropped: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a checkpoint directory, or `shipped`")
    parser.add_argument("--data", type=Path, required=True, help="a .jsonl or .jsonl.gz file of records")
    parser.add_argument("--limit", type=int, help="only the first so many conversations")
    parser.add_argument("--page", type=Path, help="where summaries stand with their evidence, HTML")
    parser.add_argument("--json", type=Path, help="where the figures are written as well")
    args = parser.parse_args()
    read = (conversation_of(record) for record in read_records(args.data))
    conversations = [one for one in read if one is not None][: args.limit]
    generator = load_generator(SHIPPED if args.model == "shipped" else Path(args.model))
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            outcomes = pool.map(lambda one: look(one, generator), conversations)
            looked = list(track(outcomes, description="writing", total=len(conversations)))
    finally:
        generator.close()
    counts = count(looked)
    title = f"{args.data.parent.name}/{args.data.name}"
    Console().print(table(counts, title=title))
    if args.page:
        args.page.parent.mkdir(parents=True, exist_ok=True)
        args.page.write_text(with_evidence([(one.conversation, one.summary) for one in looked], title=title), "utf-8")
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(vars(counts), indent=2) + "\n", encoding="utf-8")


def look(conversation: Conversation, generator: Generator) -> Looked:
    """Draft freely, serve as the service does, and hold both against the conversation."""
    conversation = believed(conversation)
    said = what_is_said(conversation)
    summary = summarize(conversation, generator)
    drafted = [failed(claim, conversation, said=said) for claim in drafts(conversation, generator)]
    served = [_wrong(claim, conversation, said=said) for claim in summary.claims]
    return Looked(conversation, drafted, served, summary)


def drafts(conversation: Conversation, generator: Generator) -> list[Claim]:
    """What the model writes when nothing holds it back, grounded as far as that goes."""
    free = free_drafts(conversation, generator)
    return [claim for draft, cut in free for claim in ground(draft, conversation, cut)]


def count(looked: Sequence[Looked]) -> Counts:
    """The sum over all conversations that have a summary."""
    counts = Counts(conversations=len(looked))
    for one in looked:
        if one.summary.reason is not None:
            counts.none += 1
            continue
        usage, claims = one.summary.usage, one.summary.claims
        quotations = sum(claim.kind is Kind.EXTRACTIVE for claim in claims)
        counts.drafted += len(one.drafted)
        counts.drafted_unsupported += sum(map(bool, one.drafted))
        counts.drafted_by_check.update(check for failures in one.drafted for check in failures)
        counts.served += len(claims)
        counts.served_unsupported += sum(map(bool, one.served))
        counts.served_by_check.update(check for failures in one.served for check in failures)
        counts.quotations += quotations
        counts.quoted_only += quotations == len(claims)
        counts.statements += usage.num_statements
        counts.repaired += usage.num_repaired
        counts.dropped += usage.num_dropped
    return counts


def table(counts: Counts, *, title: str) -> Table:
    """Drafted beside served."""
    made = Table("", "as drafted", "as served", title=f"{title}, {counts.conversations} conversations")
    made.add_row("sentences", str(counts.drafted), str(counts.served))
    made.add_row(
        "unsupported",
        _percent(counts.drafted_unsupported, counts.drafted),
        _percent(counts.served_unsupported, counts.served),
    )
    for check in sorted(counts.drafted_by_check | counts.served_by_check):
        made.add_row(
            f"  {check}",
            _percent(counts.drafted_by_check[check], counts.drafted),
            _percent(counts.served_by_check[check], counts.served),
        )
    made.add_row("quotations", "-", _percent(counts.quotations, counts.served))
    made.add_row(
        "quotations only, conversations", "-", _percent(counts.quoted_only, counts.conversations - counts.none)
    )
    made.add_row("written again and kept", "-", _percent(counts.repaired, counts.statements))
    made.add_row("dropped", "-", _percent(counts.dropped, counts.statements))
    made.add_row("no summary, conversations", "-", str(counts.none))
    return made


def _wrong(claim: Claim, conversation: Conversation, *, said: Said) -> frozenset[str]:
    """A quotation is right when it quotes; a sentence when it passes every check."""
    if claim.kind is Kind.EXTRACTIVE:
        return frozenset() if is_quotation(claim, conversation) else frozenset({"quotation"})
    return failed(claim, conversation, said=said)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):.1f} %"


if __name__ == "__main__":
    main()
