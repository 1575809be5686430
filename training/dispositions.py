"""How well `summarizer.disposition` chooses, and how likely it rightly says its choice is.

    python -m training.dispositions --data DIR [--out reports] [--limit N] [--fit]

The lists of codes are written as a tenant would, one sentence and one example a code; nothing is learned of them. One
half of each set's conversations is there to fit the two constants, the other half to report on. "Elsewhere" is the
calibration error when the constants come from the other sets alone, as they do for a tenant.
"""

import argparse
import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import log
from pathlib import Path

from matplotlib.figure import Figure
from rich.console import Console
from rich.progress import track
from rich.table import Table

from summarizer.conversation import Conversation
from summarizer.disposition import NONE_SCORE, NUM_CANDIDATES, TEMPERATURE, Code, chances, scores
from training.dataset import Record, conversation_of, read_records

THRESHOLD = 0.5
NUM_BINS = 10
ABSENT_SHARE = 0.1  # of the fit: how often a tenant's list lacks the right code
TEMPERATURES = (0.03, 0.035, 0.04, 0.045, 0.05, 0.055, 0.06, 0.07, 0.08)
NONE_SCORES = (0.12, 0.14, 0.15, 0.16, 0.17, 0.18, 0.19, 0.2, 0.21, 0.22, 0.24)
LEAST_CHANCE = 1e-12
COLUMNS = ("top 1", "top 3", "ECE", "right of chosen", "abstains", "abstains off the list", "ECE elsewhere")
MANNERS = frozenset("openinggreeting contentonly confirmation rejection thankyou closinggreeting".split())


@dataclass(frozen=True, slots=True)
class Judged:
    """One conversation's scores, the place of the right code among them, and the scores without that code."""

    scores: tuple[float, ...]
    right: int
    without: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Constants:
    """What turns scores into chances."""

    temperature: float = TEMPERATURE
    none_score: float = NONE_SCORE

    def chances(self, found: Sequence[float]) -> list[float]:
        return chances(found, temperature=self.temperature, none_score=self.none_score)


@dataclass(frozen=True, slots=True)
class Report:
    """Shares of the conversations, 0 to 1."""

    top1: float
    top3: float
    calibration_error: float
    accuracy_of_chosen: float
    abstained: float
    abstained_without: float  #: when the right code is not on the list


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the public data folder")
    parser.add_argument("--codes", type=Path, default=Path("tests/data/dispositions"), help="a list of codes a set")
    parser.add_argument("--out", type=Path, default=Path("reports"))
    parser.add_argument("--limit", type=int, default=2_000, help="conversations of each set")
    parser.add_argument("--fit", action="store_true", help="look for better constants, instead of the committed ones")
    args = parser.parse_args()

    sets = {name: judged(args, name) for name in SETS}
    fitting = {name: found[: len(found) // 2] for name, found in sets.items()}
    others = {name: found[len(found) // 2 :] for name, found in sets.items()}
    constants = fitted(fitting.values()) if args.fit else Constants()
    elsewhere = {name: fitted(found for other, found in fitting.items() if other != name) for name in sets}
    table = Table("set", "calls", "codes", *COLUMNS)
    for name, found in others.items():
        cells = (len(found), len(found[0].scores), *percents(report(found, constants)))
        table.add_row(name, *map(str, cells), f"{calibration_error(found, elsewhere[name]):.3f}")
    console = Console()
    console.print(table)
    console.print(f"temperature {constants.temperature}, score of none {constants.none_score}")
    args.out.mkdir(parents=True, exist_ok=True)
    plot_reliability({name: bins(found, constants) for name, found in others.items()}, args.out / "dispositions.png")


def judged(args: argparse.Namespace, name: str) -> list[Judged]:
    """A set's conversations with one label that is on the list, shuffled the same way each time."""
    codes = read_codes(args.codes / f"{name}.json")
    known = {one.code: index for index, one in enumerate(codes)}
    records = [record for path in sorted((args.data / name).glob("*.jsonl.gz")) for record in read_records(path)]
    labelled = [(record, label) for record in records if (label := SETS[name](record)) in known]
    random.Random(0).shuffle(labelled)
    talks = ((conversation_of(record), known[label]) for record, label in track(labelled[: args.limit], name))
    return [judge(talk, codes, right=right) for talk, right in talks if talk is not None]


def judge(conversation: Conversation, codes: Sequence[Code], *, right: int) -> Judged:
    without = [*codes[:right], *codes[right + 1 :]]
    return Judged(tuple(scores(conversation, codes)), right, tuple(scores(conversation, without)))


def read_codes(path: Path) -> list[Code]:
    """A list as JSON, in the shape of a template's `codes`."""
    return [Code(**{**one, "examples": tuple(one["examples"])}) for one in json.loads(path.read_text("utf-8"))]


def fitted(sets: Iterable[Sequence[Judged]]) -> Constants:
    """The constants under which the right answers are likeliest, each set weighing the same."""
    all_sets = list(sets)
    tried = (Constants(*one) for one in product(TEMPERATURES, NONE_SCORES))
    return min(tried, key=lambda constants: sum(_surprise(found, constants) for found in all_sets))


def report(found: Sequence[Judged], constants: Constants) -> Report:
    """What somebody who uses the constants sees; raises ZeroDivisionError when no code is chosen or nothing found."""
    kept = [is_right for chance, is_right in _best(found, constants) if chance >= THRESHOLD]
    without = [max(constants.chances(one.without), default=0.0) for one in found]
    return Report(
        top1=sum(_rank(one) < 1 for one in found) / len(found),
        top3=sum(_rank(one) < NUM_CANDIDATES for one in found) / len(found),
        calibration_error=calibration_error(found, constants),
        accuracy_of_chosen=sum(kept) / len(kept),
        abstained=1 - len(kept) / len(found),
        abstained_without=sum(chance < THRESHOLD for chance in without) / len(found),
    )


def percents(one: Report) -> tuple[str, ...]:
    """As the table shows it."""
    error = f"{one.calibration_error:.3f}"
    chosen = (one.accuracy_of_chosen, one.abstained, one.abstained_without)
    return (f"{one.top1:.1%}", f"{one.top3:.1%}", error, *(f"{share:.1%}" for share in chosen))


def calibration_error(found: Sequence[Judged], constants: Constants) -> float:
    """Expected calibration error: by how much the stated chance differs from how often it was right, on average."""
    return sum(abs(stated - right) * num for stated, right, num in bins(found, constants)) / len(found)


def bins(found: Sequence[Judged], constants: Constants) -> list[tuple[float, float, int]]:
    """For each tenth of stated chance that occurs: its mean, how often the choice was right, and how many there are."""
    groups: dict[int, list[tuple[float, bool]]] = {}
    for chance, is_right in _best(found, constants):
        groups.setdefault(min(NUM_BINS - 1, int(chance * NUM_BINS)), []).append((chance, is_right))
    return [_means(groups[index]) for index in sorted(groups)]


def plot_reliability(sets: Mapping[str, Sequence[tuple[float, float, int]]], path: Path) -> None:
    """How often the choice was right by the chance stated for it, a line a set; on the diagonal both are the same."""
    figure = Figure(figsize=(4.5, 4.5), dpi=80)
    axis = figure.subplots()
    axis.plot([0, 1], [0, 1], linewidth=0.8, color="gray", linestyle="--")
    for name, points in sets.items():
        axis.plot([chance for chance, _, _ in points], [right for _, right, _ in points], marker="o", label=name)
    axis.set(xlabel="chance stated", ylabel="share that was right", xlim=(0, 1), ylim=(0, 1))
    axis.legend()
    figure.tight_layout()
    figure.savefig(path)


def _means(group: Sequence[tuple[float, bool]]) -> tuple[float, float, int]:
    chance, right = (sum(values) / len(group) for values in zip(*group, strict=True))
    return chance, right, len(group)


def _best(found: Sequence[Judged], constants: Constants) -> Iterator[tuple[float, bool]]:
    for one in found:
        likely = constants.chances(one.scores)
        best = max(range(len(likely)), key=likely.__getitem__)
        yield likely[best], best == one.right


def _rank(one: Judged) -> int:
    return sum(score >= one.scores[one.right] for index, score in enumerate(one.scores) if index != one.right)


def _surprise(found: Sequence[Judged], constants: Constants) -> float:
    total = 0.0
    for one in found:
        none = 1 - sum(constants.chances(one.without))
        total -= log(max(constants.chances(one.scores)[one.right], LEAST_CHANCE))
        total -= ABSENT_SHARE * log(max(none, LEAST_CHANCE))
    return total / len(found)


def _only(labels: Iterable[str]) -> str | None:
    different = set(labels)
    return different.pop() if len(different) == 1 else None


def _star(record: Record) -> str | None:
    return _only(record["labels"]["tasks"])


def _multidogo(record: Record) -> str | None:
    return _only(one for one in record["labels"]["intents"] if one not in MANNERS)


def _sgd(record: Record) -> str | None:
    return _only(one.split("_")[0] for one in record["labels"]["services"])


SETS: Mapping[str, Callable[[Record], str | None]] = {"star": _star, "multidogo": _multidogo, "sgd": _sgd}


if __name__ == "__main__":
    main()
