"""Puts a model into the package, with a card that says what it was made from and how good it is.

    python -m training.ship --model DIR --report FILE.json [FILE.json ...] [--out DIR]

The reports are those of `training.evaluate --json`. Datasets, licences and attributions come from the table
in `training.dataset`, so that the card cannot forget one.
"""

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from summarizer.ledger import LEDGER
from training.checkpoint import METADATA, publish_directory, read_details, write_json
from training.dataset import DATASETS, Dataset
from training.evaluate import SHIPPED

CARD = """---
license: {licence_id}
language: en
library_name: transformers
pipeline_tag: summarization
---

# A small BLOOM that summarizes contact-center conversations

{size:.1f} million parameters in BLOOM's architecture and file layout, trained from scratch on a CPU. It writes two to
five sentences: why the customer made contact, what the agent did, how it ended, what is still to do.

**It is a starting point, not a good summarizer.** It copies sentences and turns them into the third person. Of a
conversation unlike its training data it often picks the wrong sentence, and sometimes it garbles what it copies. The
service checks every sentence against the conversation and quotes the conversation instead where the check fails; do not
use the weights without that check. For better summaries fine-tune a larger BLOOM with `training.sft`.

## Prompt

`summarizer/prompt.py` writes the prompt and reads the completion; the model knows no other format.

## What it is bad at

- Domains it has not seen: most of its conversations are bookings, rides, banking, trivia and the like.
- Spoken language with many false starts, and conversations of more than about 800 tokens, which are cut into windows.
- Who did what to whom in long sentences; negations; anything that has to be inferred instead of copied.
- Languages other than English: none were in its data.

## Scores

ROUGE is `rouge-score` with stemming, the mean over the references, beside ways of writing without a model. `raw` is
what the model wrote; `served` is what a caller gets, after checking and falling back to quotations.

{scores}

## Data

| set | licence | source | summaries |
|---|---|---|---|
{data}

Credit is due to the authors of these sets, who have not endorsed this model. Their conversations were shortened,
cleaned, varied (greetings, fillers, renamed words) and given summaries.

The weights are given under {licence}. {reason}

The summaries the model learned from were built by the rules of `training/targets.py` from the conversations themselves.
TweetSumm and DialogSum were used to measure and to choose among our own models, never to train this one.

Made with the steps in `training.json`; the loss is in `loss.png`.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="a directory that training.pretrain or .sft wrote")
    parser.add_argument("--report", type=Path, nargs="+", required=True, help="reports of training.evaluate")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    args = parser.parse_args()

    reports = [json.loads(path.read_text("utf-8")) for path in args.report]
    details = read_details(args.model)
    aside = args.out.with_name(f"{args.out.name}.aside")
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(args.model, aside, ignore=shutil.ignore_patterns(LEDGER))  # who saw what is not for everybody
    (aside / "README.md").write_text(card(details, reports, size=size_of(aside)), encoding="utf-8")
    write_json(aside / METADATA, {**details, "scores": [without_texts(one) for one in reports]})
    publish_directory(aside, args.out)
    print(f"shipped in {args.out.name}: {sum(path.stat().st_size for path in args.out.iterdir()) / 1e6:.1f} MB")
    print("it is served in fp32 until `python -m training.quantize --model shipped` has compared int8 with it")


def card(details: dict[str, Any], reports: Sequence[dict[str, Any]], *, size: float) -> str:
    """The README beside the weights."""
    datasets = datasets_of(details)
    licence, licence_id, reason = licence_of(datasets)
    return CARD.format(
        size=size,
        scores="\n\n".join(score_table(report) for report in reports),
        data="\n".join(data_row(one) for one in datasets),
        licence=licence,
        licence_id=licence_id,
        reason=reason,
    )


def datasets_of(details: dict[str, Any]) -> list[Dataset]:
    """Every set that any stage of the training used."""
    used: set[str] = set()
    stage: dict[str, Any] = details
    while stage:
        used |= set(stage.get("datasets", []))
        stage = stage.get("inherited", {})
    return [one for name, one in DATASETS.items() if name in used]


def licence_of(datasets: Sequence[Dataset]) -> tuple[str, str, str]:
    """The strictest terms that any set asks for: name, identifier, reason."""
    refused = [one.name for one in datasets if not one.commercial]
    if refused:
        return "research terms only", "other", f"The licences of {', '.join(refused)} do not allow commercial use."
    shared = [one.name for one in datasets if one.share_alike]
    if shared:
        reason = f"The licence of {', '.join(shared)} asks for sharing alike; commercial use is allowed."
        return "CC BY-SA 4.0", "cc-by-sa-4.0", reason
    return "Apache-2.0", "apache-2.0", "No licence of the data asks for more than attribution."


def data_row(dataset: Dataset) -> str:
    """One set, with what its licence asks for."""
    terms = ["attribution"] * dataset.attribution + ["share alike"] * dataset.share_alike
    asks = f" ({', '.join(terms)})" if terms else ""
    return f"| {dataset.name} | {dataset.licence}{asks} | {dataset.page} | {dataset.targets} |"


def score_table(report: dict[str, Any]) -> str:
    """One report as Markdown."""
    lines = [
        f"{report['data']}, {len(report['summaries'])} conversations, {report['pipeline']} "
        f"(shuffled between conversations: ROUGE-1 {report['shuffled_rouge1']:.1f}; "
        f"quoted claims: {report['extractive']:.0f} %)",
        "",
        "| system | ROUGE-1 (95 %) | ROUGE-2 | ROUGE-L | numbers nobody said % | names nobody said % "
        "| owner swapped % | unpromised % | words |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, one in report["scores"].items():
        lines.append(
            f"| {name} | {one['rouge1']:.1f} ({one['rouge1_low']:.1f}-{one['rouge1_high']:.1f}) | {one['rouge2']:.1f} "
            f"| {one['rougeL']:.1f} | {one['unsupported_numbers']:.0f} | {one['unsupported_names']:.0f} "
            f"| {one['swapped_owners']:.0f} | {one['unsupported_follow_ups']:.0f} | {one['words']:.0f} |"
        )
    return "\n".join(lines)


def without_texts(report: dict[str, Any]) -> dict[str, Any]:
    """The figures alone: the summaries of other people's conversations stay out of the package."""
    return {name: value for name, value in report.items() if name not in ("summaries", "rouge1", "slices")}


def size_of(directory: Path) -> float:
    """Million parameters, two bytes each."""
    return (directory / "model.safetensors").stat().st_size / 2e6


if __name__ == "__main__":
    main()
