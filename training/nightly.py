"""The table of contents of the night: train, judge, look for leaks, decide.

    python -m training.nightly --work DIR --champion DIR --data DIR --private FILE.jsonl

Killed at any moment and started again, it goes on with the step it was in; `outcome.json` is written last.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from summarizer.engine.files import GATE
from training import price
from training.checkpoint import read_details, write_json
from training.dataset import Policy, read_records
from training.private import HELD_OUT, is_held_out
from training.process import run
from training.promote import Bounds, as_json, decide, gain, read_card

OUTCOME = "outcome.json"  # written last
FEWEST_GOLD = 20  # conversations; of fewer no gain could be told from noise


@dataclass(frozen=True, slots=True)
class Night:
    """Where everything of one night lies."""

    work: Path
    champion: Path

    @property
    def challenger(self) -> Path:
        """What was trained."""
        return self.work / "model"

    @property
    def gold(self) -> Path:
        """What both are judged by, and neither was trained on."""
        return self.work / "gold.jsonl"

    def report(self, who: str) -> Path:
        """The report card of champion or challenger."""
        return self.work / f"{who}.json"


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The arguments of one night."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    # Where
    parser.add_argument("--work", type=Path, required=True, help="everything of this night")
    parser.add_argument("--champion", type=Path, required=True, help="the model to begin with, and to beat")
    parser.add_argument("--data", type=Path, required=True, help="the public data folder")
    parser.add_argument("--private", type=Path, required=True, help="what people corrected")
    # What
    parser.add_argument("--policy", type=Policy, default=Policy.COMMERCIAL, choices=list(Policy))
    parser.add_argument("--datasets", nargs="+", help="public sets; by default those of training.sft")
    parser.add_argument("--private-share", type=float, default=0.2)
    parser.add_argument("--agent-cap", type=float, default=0.05)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--lr", type=float, default=3e-4)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    price.add_arguments(parser)
    return parser.parse_args(arguments)


def main() -> None:
    args = parse()
    night = Night(args.work, args.champion)
    started = time.monotonic()
    if not night.challenger.exists():
        train(night, args)
    keep_gold(night, args.private)
    if not (night.challenger / GATE).exists():
        run("training.quantize", "--model", night.challenger, "--data", night.gold)
    for who, model in (("champion", night.champion), ("challenger", night.challenger)):
        if not night.report(who).exists():
            judge(night, who, model, args)
    look_for_leaks(night, args)
    decision = decide(read_card(night.report("champion")), read_card(night.report("challenger")), bounds=Bounds())
    write_json(night.work / "decision.json", as_json(decision))
    ledger = told(night, args, seconds=time.monotonic() - started)
    write_json(night.work / OUTCOME, {"decision": as_json(decision), "ledger": ledger})
    for check in decision.checks:
        print(f"{'passed ' if check.passes else 'REFUSED'} {check.name}: {check.found}")


def train(night: Night, args: argparse.Namespace) -> None:
    """The champion goes on learning, from public examples and the owner's."""
    command = ["--model", night.champion, "--data", args.data, "--out", night.work, "--private", args.private]
    command += ["--private-share", args.private_share, "--agent-cap", args.agent_cap, "--policy", args.policy.value]
    command += ["--steps", args.steps, "--lr", args.lr, "--seed", args.seed, "--threads", args.threads]
    command += ["--prices", args.prices, "--device", args.device]
    command += ["--datasets", *args.datasets] if args.datasets else []
    run("training.sft", *command)


def keep_gold(night: Night, private: Path) -> None:
    """The held-out tenth of what people corrected."""
    gold = [record for record in read_records(private) if is_held_out(record["id"])]
    if len(gold) < FEWEST_GOLD:
        raise SystemExit(f"{len(gold)} held-out corrections; {FEWEST_GOLD} are needed, {FEWEST_GOLD * HELD_OUT} in all")
    night.gold.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in gold), encoding="utf-8")


def judge(night: Night, who: str, model: Path, args: argparse.Namespace) -> None:
    """As the service would have answered."""
    aside = night.work / f"{who}.writing.json"
    page = ["--page", night.work / f"{who}.html", "--plot", night.work / f"{who}.png"]
    evaluate = ["--model", model, "--data", night.gold, "--pipeline", "served", "--json", aside]
    run("training.evaluate", *evaluate, *page, "--threads", args.threads)
    aside.rename(night.report(who))


def look_for_leaks(night: Night, args: argparse.Namespace) -> None:
    """What the challenger would tell of what it learned from."""
    report = ["--report", night.report("challenger")]
    run("training.checks", "--model", night.challenger, "--private", args.private, "--seed", args.seed, *report)


def told(night: Night, args: argparse.Namespace, *, seconds: float) -> dict[str, Any]:
    """One line of the ledger."""
    mix = read_details(night.challenger)["mix"]
    won, low, high = gain(read_card(night.report("champion")), read_card(night.report("challenger")))
    return {
        **price.cost(args, seconds=seconds),
        "examples": mix["num_private"] + mix["num_public"],
        "private_examples": mix["num_private"],
        "gain_rouge1": won,
        "gain_low": low,
        "gain_high": high,
    }


if __name__ == "__main__":
    main()
