"""May the challenger serve? A pure rule over two report cards; `decision.json` says why.

    python -m training.promote --champion CARD.json --challenger CARD.json --out decision.json

A card is a report of `training.evaluate --json` on the gold set, with what `training.checks` found out. Every check is
written down, passed or not. Exit status 0: promote; 1: keep the champion.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from training.metrics import interval, mean

MIN_SLICE = 20  # conversations; of fewer a slice says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a challenger may cost; in points of ROUGE-1, percent, or times the champion's."""

    slice_loss: float = 3.0  #: even if it could be noise
    more_unsupported: float = 0.0
    more_quoted: float = 2.0
    slower: float = 1.2
    exposure: float = (
        2.5  #: mean of the canaries, three deviations above chance; Carlini et al. (2019), arXiv:1802.08232
    )
    membership: float = 0.60  #: area under the curve of telling trained from unseen conversations


@dataclass(frozen=True, slots=True)
class Card:
    """One model on the gold set."""

    version: str
    data: str
    rouge1: Mapping[str, float]  #: by conversation
    slices: Mapping[str, Sequence[str]]  #: the conversations of each kind
    unsupported_numbers: float
    unsupported_names: float
    extractive: float
    seconds: float
    unsupported_follow_ups: float | None = None  #: reports of older versions do not say
    swapped_owners: float | None = None
    is_parity: bool | None = None  #: does the serving engine write what transformers writes
    exposure: float | None = None
    membership: float | None = None
    num_extracted: int | None = None  #: training texts that came out verbatim


@dataclass(frozen=True, slots=True)
class Check:
    """One condition, and what was found."""

    name: str
    passes: bool
    found: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Promote only if every check passes."""

    champion: str
    challenger: str
    checks: tuple[Check, ...]

    @property
    def promote(self) -> bool:
        """Whether the challenger may serve."""
        return all(check.passes for check in self.checks)


def decide(champion: Card, challenger: Card, *, bounds: Bounds) -> Decision:
    """Better beyond noise, no slice worse, no less grounded, not much slower, leaking nothing, and really loadable."""
    checks = [
        Check("another model", champion.version != challenger.version, challenger.version[:12]),
        _same_conversations(champion, challenger),
        _better(champion, challenger),
        *_slices(champion, challenger, most_lost=bounds.slice_loss),
        *_not_more(champion, challenger, "unsupported_numbers", most=bounds.more_unsupported),
        *_not_more(champion, challenger, "unsupported_names", most=bounds.more_unsupported),
        *_not_more(champion, challenger, "unsupported_follow_ups", most=bounds.more_unsupported),
        *_not_more(champion, challenger, "swapped_owners", most=bounds.more_unsupported),
        *_not_more(champion, challenger, "extractive", most=bounds.more_quoted),
        Check(
            "speed",
            challenger.seconds <= bounds.slower * champion.seconds,
            f"{challenger.seconds:.2f} s a conversation, {champion.seconds:.2f} s before",
        ),
        _known("parity with transformers", challenger.is_parity, bool),
        _known("canary exposure", challenger.exposure, lambda found: found < bounds.exposure),
        _known("membership", challenger.membership, lambda found: found <= bounds.membership),
        _known("verbatim extraction", challenger.num_extracted, lambda found: found == 0),
    ]
    return Decision(champion.version, challenger.version, tuple(checks))


def read_card(path: Path) -> Card:
    """A card from a report of `training.evaluate`, or from one with more in it."""
    report: dict[str, Any] = json.loads(path.read_text("utf-8"))
    scores = report["scores"]["model"]
    return Card(
        version=report["model_version"],
        data=report["data"],
        rouge1=report["rouge1"],
        slices={name: one["conversations"] for name, one in report["slices"].items()},
        unsupported_numbers=scores["unsupported_numbers"],
        unsupported_names=scores["unsupported_names"],
        extractive=report["extractive"],
        seconds=report["seconds"],
        unsupported_follow_ups=scores.get("unsupported_follow_ups"),
        swapped_owners=scores.get("swapped_owners"),
        **report.get("checks", {}),
    )


def as_json(decision: Decision) -> dict[str, Any]:
    """`decision.json`."""
    return {"promote": decision.promote, **asdict(decision)}


def gain(champion: Card, challenger: Card, among: Iterable[str] | None = None) -> tuple[float, float, float]:
    """Points of ROUGE-1 won on the same conversations, and the interval of that by bootstrap over them."""
    both = champion.rouge1.keys() & challenger.rouge1.keys()
    won = [
        challenger.rouge1[one] - champion.rouge1[one] for one in sorted(both if among is None else both & set(among))
    ]
    low, high = interval(won) if won else (0.0, 0.0)
    return mean(won), low, high


def _same_conversations(champion: Card, challenger: Card) -> Check:
    is_same = champion.data == challenger.data and champion.rouge1.keys() == challenger.rouge1.keys()
    return Check("the same gold set", is_same, f"{challenger.data}, {len(challenger.rouge1)} conversations")


def _better(champion: Card, challenger: Card) -> Check:
    won, low, high = gain(champion, challenger)
    return Check("better beyond noise", low > 0, f"{won:+.2f} ROUGE-1 ({low:+.2f} to {high:+.2f})")


def _slices(champion: Card, challenger: Card, *, most_lost: float) -> list[Check]:
    """No kind of conversation may become worse beyond noise, nor much worse at all."""
    checks = []
    for name, conversations in sorted(champion.slices.items()):
        if len(conversations) >= MIN_SLICE:
            won, low, high = gain(champion, challenger, conversations)
            is_kept = high >= 0 and won >= -most_lost
            checks.append(Check(f"slice {name}", is_kept, f"{won:+.2f} ROUGE-1 ({low:+.2f} to {high:+.2f})"))
    return checks


def _not_more(champion: Card, challenger: Card, name: str, *, most: float) -> list[Check]:
    before, after = getattr(champion, name), getattr(challenger, name)
    unknown = [who for who, found in (("champion", before), ("challenger", after)) if found is None]
    if unknown:
        found = f"not measured of the {' and the '.join(unknown)}: evaluate again"
        return [Check(name.replace("_", " "), False, found)]
    return [Check(name.replace("_", " "), after <= before + most, f"{after:.1f} %, {before:.1f} % before")]


def _known(name: str, found: Any, is_well: Callable[[Any], bool]) -> Check:
    """What was not looked at does not pass."""
    return Check(name, found is not None and is_well(found), "not measured" if found is None else f"{found}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--champion", type=Path, required=True)
    parser.add_argument("--challenger", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    decision = decide(read_card(args.champion), read_card(args.challenger), bounds=Bounds())
    args.out.write_text(json.dumps(as_json(decision), indent=2) + "\n", encoding="utf-8")
    for check in decision.checks:
        print(f"{'passed ' if check.passes else 'REFUSED'} {check.name}: {check.found}")
    print("promote" if decision.promote else "keep the champion")
    return 0 if decision.promote else 1


if __name__ == "__main__":
    sys.exit(main())
