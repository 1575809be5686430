"""What share of private examples is best: one fine-tuning a share, each judged on both sides.

    python -m training.study --data DIR --model DIR|shipped --out DIR [--stand-in tweetsumm] [--shares 0 0.1 0.2 0.4]

A public set stands in for what an owner would have. Its training side is mixed in at each share, everything else
equal; its held-out side shows what was gained, another set's what the others lost. A share that was judged is not
run again, so a study that was stopped goes on. It leaves study.json, study.md and study.png.
"""

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from training.checkpoint import read_details, write_json
from training.dataset import DATASETS, Policy, allowed, training_records
from training.evaluate import SHIPPED
from training.plot import plot_shares
from training.process import run

NUM_AGENTS = 50  # invented, so that no agent passes his cap


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    # What
    parser.add_argument("--data", type=Path, required=True, help="the public data folder")
    parser.add_argument("--model", required=True, help="what every share starts from, a checkpoint or `shipped`")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--stand-in", default="tweetsumm", choices=list(DATASETS), help="the set that plays private")
    parser.add_argument("--shares", type=float, nargs="+", default=[0.0, 0.1, 0.2, 0.4])
    parser.add_argument("--judged-by", nargs="+", default=["tweetsumm/valid", "dialogsum/dev"], help="SET/SPLIT")
    parser.add_argument("--limit", type=int, default=110, help="conversations of each")
    # How
    parser.add_argument("--datasets", nargs="+", help="public sets; by default those of training.sft")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--batch-tokens", type=int, default=4096)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--at-once", type=int, default=2, help="shares trained side by side, a thread each")
    args = parser.parse_args()

    allowed([args.stand_in], Policy.RESEARCH)
    model = SHIPPED if args.model == "shipped" else Path(args.model)
    args.out.mkdir(parents=True, exist_ok=True)
    private = write_private(args)
    with ThreadPoolExecutor(args.at_once) as pool:
        rows = list(pool.map(lambda share: one_share(share, model, private, args), args.shares))
    write_json(args.out / "study.json", {"stand_in": args.stand_in, "steps": args.steps, "shares": rows})
    (args.out / "study.md").write_text(table(rows, args.judged_by), encoding="utf-8")
    plot_shares({data: [row["scores"][data] for row in rows] for data in args.judged_by}, args.shares, args.out)
    print(table(rows, args.judged_by))


def write_private(args: argparse.Namespace) -> Path:
    """The stand-in set as `wrapup corrections export` would have written it."""
    path: Path = args.out / "private.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        for index, record in enumerate(training_records(args.data, DATASETS[args.stand_in])):
            owner = {"tenant": "stand-in", "agent": f"agent {index % NUM_AGENTS}", "summaries": None}
            lines.write(json.dumps({**record, **owner}, ensure_ascii=False) + "\n")
    return path


def one_share(share: float, model: Path, private: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Trains and judges, or reads what was judged before."""
    out = args.out / f"share-{round(100 * share):02d}"
    if not (out / "model").exists():
        command: list[Any] = ["--model", model, "--data", args.data, "--out", out, "--threads", 1]
        command += ["--private", private, "--private-share", share, "--steps", args.steps, "--lr", args.lr]
        command += ["--batch-tokens", args.batch_tokens]
        command += ["--datasets", *args.datasets] if args.datasets else []
        run("training.sft", *command, log=out.with_suffix(".log"))
    scores = {data: judged(out, data, args) for data in args.judged_by}
    return {"share": share, "mix": read_details(out / "model")["mix"], "scores": scores}


def judged(out: Path, data: str, args: argparse.Namespace) -> dict[str, float]:
    """ROUGE-1 with its interval, what is left of it between conversations, and what nobody said."""
    path = out / f"{data.replace('/', '-')}.json"
    if not path.exists():
        command: list[Any] = ["--model", out / "model", "--data", args.data / f"{data}.jsonl.gz", "--json", path]
        run("training.evaluate", *command, "--limit", args.limit, "--threads", 1, log=path.with_suffix(".log"))
    report = json.loads(path.read_text("utf-8"))
    wanted = ("rouge1", "rouge1_low", "rouge1_high", "rouge2", "rougeL", "unsupported_numbers", "unsupported_names")
    scores = {name: report["scores"]["model"][name] for name in wanted}
    return {**scores, "shuffled_rouge1": report["shuffled_rouge1"]}


def table(rows: Sequence[dict[str, Any]], judged_by: Sequence[str]) -> str:
    """Markdown: a line a share and judge."""
    lines = [
        "| private share asked | of examples | of tokens | judged by | ROUGE-1 (95 %) | ROUGE-2 | ROUGE-L | shuffled "
        "| numbers nobody said % | names nobody said % |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        for data in judged_by:
            one, mix = row["scores"][data], row["mix"]
            lines.append(
                f"| {row['share']:.0%} | {mix['share_of_examples']:.1%} | {mix['share_of_tokens']:.1%} | {data} "
                f"| {one['rouge1']:.1f} ({one['rouge1_low']:.1f}-{one['rouge1_high']:.1f}) | {one['rouge2']:.1f} "
                f"| {one['rougeL']:.1f} | {one['shuffled_rouge1']:.1f} | {one['unsupported_numbers']:.0f} "
                f"| {one['unsupported_names']:.0f} |"
            )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
