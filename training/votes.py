"""What people chose between two backends, once it is known who wrote which.

    python -m training.votes KEY.json VOTES.json... [--json OUT.json]

A pair counts once, for what most of its readers chose; intervals are Wilson's, over pairs, since readers of the same
pair do not judge independently. A tie and "both bad" decide nothing.
"""

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from rich.console import Console
from rich.markup import escape
from rich.table import Table

Z = 1.959964  # of 95 %
Choice = Literal["left", "right", "tie", "both_bad"]
Outcome = Literal["A", "B", "tie", "both_bad"]


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True)


Read = TypeVar("Read", bound=_Read)


class Sides(_Read):
    """Who stands where in one pair."""

    left: Literal["A", "B"]
    right: Literal["A", "B"]


class Key(_Read):
    """`key.json`."""

    comparison: str
    models: dict[Literal["A", "B"], str]
    pairs: dict[str, Sides]
    num_same: int = 0


class Vote(_Read):
    """One choice."""

    pair: str
    choice: Choice
    reasons: tuple[Annotated[str, Field(pattern=r"^[a-z_]{1,30}$")], ...] = Field((), max_length=50)


class Votes(_Read):
    """`votes.json` of one reader."""

    comparison: str
    reader: str = Field(min_length=1, max_length=40)
    votes: tuple[Vote, ...]

    @field_validator("reader")
    @classmethod
    def _can_be_shown(cls, reader: str) -> str:
        if not reader.isprintable():
            raise ValueError("a name has no control characters")
        return reader


class UnusableVotes(ValueError):
    """A file that is not what it should be, or belongs to another comparison."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with Wilson's interval; of nothing it is anything."""

    num: int
    of: int

    @property
    def value(self) -> float | None:
        """From 0 to 1."""
        return self.num / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """95 %."""
        return wilson(self.num, self.of)


@dataclass(frozen=True, slots=True)
class Tally:
    """What the votes come to."""

    models: Mapping[Literal["A", "B"], str]
    outcomes: Mapping[Outcome, int]  #: pairs, by what most of their readers chose
    wins_b: Share  #: pairs that B won, of those that somebody won
    readers: Mapping[str, Mapping[Outcome, int]]
    agreement: Share  #: times that two readers of a pair chose the same
    alpha: float | None  #: Krippendorff's, nominal; 1 is full agreement, 0 is chance
    left: Share  #: votes for the left side, of those for a side
    reasons: Mapping[str, Mapping[str, int]]  #: by whom they speak for
    num_same: int  #: calls with the same text twice, that nobody was asked about

    @property
    def is_one_sided(self) -> bool:
        """Whether readers preferred a side, whoever stood there."""
        low, high = self.left.interval
        return not low <= 0.5 <= high


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("key", type=Path, help="key.json of the comparison")
    parser.add_argument("votes", type=Path, nargs="+", help="votes.json of each reader")
    parser.add_argument("--json", type=Path, help="where the figures are written as well")
    args = parser.parse_args()
    try:
        found = tally(read_key(args.key), [read_votes(path) for path in args.votes])
    except UnusableVotes as error:
        sys.exit(f"votes: {error}")
    Console().print(table(found), *map(escape, told(found)), sep="\n")
    if args.json:
        args.json.write_text(json.dumps(as_json(found), indent=2) + "\n", encoding="utf-8")


def read_key(path: Path) -> Key:
    """Who wrote which; raises UnusableVotes."""
    return _read(path, Key)


def read_votes(path: Path) -> Votes:
    """What one reader chose; raises UnusableVotes."""
    return _read(path, Votes)


def tally(key: Key, files: Sequence[Votes]) -> Tally:
    """All votes together; of two by one reader on one pair the later file's counts. Raises UnusableVotes."""
    chosen = _chosen(key, files)
    by_pair: dict[str, list[Outcome]] = {}
    by_reader: dict[str, Counter[Outcome]] = {}
    reasons: dict[str, Counter[str]] = {"A": Counter(), "B": Counter()}
    for (reader, pair), vote in chosen.items():
        outcome = outcome_of(vote, key)
        by_pair.setdefault(pair, []).append(outcome)
        by_reader.setdefault(reader, Counter())[outcome] += 1
        if outcome in reasons:
            reasons[outcome].update(vote.reasons)
    outcomes = Counter(majority(each) for each in by_pair.values())
    twos = [first == second for each in by_pair.values() for first, second in combinations(each, 2)]
    sides = Counter(vote.choice for vote in chosen.values())
    return Tally(
        models=dict(key.models),
        outcomes=_all(outcomes),
        wins_b=Share(outcomes["B"], outcomes["A"] + outcomes["B"]),
        readers={reader: _all(one) for reader, one in sorted(by_reader.items())},
        agreement=Share(sum(twos), len(twos)),
        alpha=alpha(list(by_pair.values())),
        left=Share(sides["left"], sides["left"] + sides["right"]),
        reasons={side: dict(one.most_common()) for side, one in reasons.items()},
        num_same=key.num_same,
    )


def outcome_of(vote: Vote, key: Key) -> Outcome:
    """Whom a choice speaks for."""
    sides = key.pairs[vote.pair]
    if vote.choice == "left":
        return sides.left
    return sides.right if vote.choice == "right" else vote.choice


def majority(outcomes: Sequence[Outcome]) -> Outcome:
    """What most chose; a tie where no one thing was chosen most."""
    (first, num), *others = Counter(outcomes).most_common(2)
    return "tie" if others and others[0][1] == num else first


def wilson(num: int, of: int) -> tuple[float, float]:
    """Interval of a share, 95 %: Wilson (1927), doi:10.1080/01621459.1927.10502953."""
    if of == 0:
        return 0.0, 1.0
    share, scale = num / of, 1 + Z * Z / of
    middle = (share + Z * Z / (2 * of)) / scale
    half = Z / scale * math.sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def alpha(pairs: Sequence[Sequence[str]]) -> float | None:
    """Krippendorff's alpha for names, over pairs that two or more readers judged; None where nothing could differ."""
    judged = [Counter(one) for one in pairs if len(one) > 1]
    totals = sum(judged, Counter[str]())
    num = totals.total()
    expected = sum(one * (num - one) for one in totals.values())
    if expected == 0:
        return None
    observed = sum(sum(one * (each.total() - one) for one in each.values()) / (each.total() - 1) for each in judged)
    return 1 - (num - 1) * observed / expected


def table(found: Tally) -> Table:
    """A row for all pairs, then one a reader."""
    made = Table("", *map(escape, found.models.values()), "tie", "both bad", "B wins, 95 %", title="votes")
    rows = {"pairs": found.outcomes, **{f"reader {name}": one for name, one in found.readers.items()}}
    for name, outcomes in rows.items():
        wins = Share(outcomes["B"], outcomes["A"] + outcomes["B"])
        made.add_row(escape(name), *(str(outcomes[one]) for one in get_args(Outcome)), _percent(wins))
    return made


def told(found: Tally) -> list[str]:
    """What follows, in plain sentences."""
    a, b = found.models["A"], found.models["B"]
    low, high = found.wins_b.interval
    better = f"{b} is preferred" if low > 0.5 else f"{a} is preferred" if high < 0.5 else "Nobody is clearly preferred"
    side = "the side mattered" if found.is_one_sided else "no sign that the side mattered"
    lines = [
        f"{better}: {b} won {_percent(found.wins_b)} of the pairs that somebody won.",
        f"The left was chosen {_percent(found.left)} of the times that a side was: {side}.",
    ]
    if found.agreement.of:
        by_chance = "" if found.alpha is None else f", Krippendorff's alpha {found.alpha:.2f}"
        lines.append(f"Two readers of a pair chose the same {_percent(found.agreement)} of the times{by_chance}.")
    if found.num_same:
        lines.append(f"{found.num_same} calls have the same summary from both; nobody was asked about them.")
    return lines


def as_json(found: Tally) -> dict[str, Any]:
    """Everything, with the intervals."""
    shares = {name: getattr(found, name) for name in ("wins_b", "agreement", "left")}
    counted = {name: {**asdict(one), "value": one.value, "interval": one.interval} for name, one in shares.items()}
    return {**asdict(found), **counted, "is_one_sided": found.is_one_sided}


def _chosen(key: Key, files: Sequence[Votes]) -> dict[tuple[str, str], Vote]:
    chosen: dict[tuple[str, str], Vote] = {}
    for one in files:
        if one.comparison != key.comparison:
            raise UnusableVotes(f"the votes of {one.reader} are of another comparison")
        for vote in one.votes:
            if vote.pair not in key.pairs:
                raise UnusableVotes(f"the votes of {one.reader} name a pair that there is not")
            chosen[one.reader, vote.pair] = vote
    return chosen


def _read(path: Path, kind: type[Read]) -> Read:
    try:
        return kind.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UnusableVotes(f"{path}: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise UnusableVotes(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _all(counts: Mapping[Outcome, int]) -> dict[Outcome, int]:
    return {one: counts.get(one, 0) for one in get_args(Outcome)}


def _percent(share: Share) -> str:
    if share.value is None:
        return "-"
    low, high = share.interval
    return f"{100 * share.value:.0f} % ({100 * low:.0f}-{100 * high:.0f})"


if __name__ == "__main__":
    main()
