"""What people chose is counted for whoever wrote it, not for the side where it stood."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from training.votes import (
    Key,
    Share,
    Sides,
    UnusableVotes,
    Vote,
    Votes,
    alpha,
    as_json,
    majority,
    read_votes,
    tally,
    told,
    wilson,
)

LEFT_A, LEFT_B = Sides(left="A", right="B"), Sides(left="B", right="A")
ROOT = Path(__file__).parents[2]


def a_key(**sides: Sides) -> Key:
    return Key(comparison="c", models={"A": "ours", "B": "theirs"}, pairs=sides)


def votes(reader: str, **choices: str) -> Votes:
    return Votes(comparison="c", reader=reader, votes=[Vote(pair=pair, choice=one) for pair, one in choices.items()])


def test_a_choice_speaks_for_whoever_stood_there() -> None:
    found = tally(a_key(p1=LEFT_A, p2=LEFT_B), [votes("ann", p1="left", p2="left")])
    assert found.outcomes == {"A": 1, "B": 1, "tie": 0, "both_bad": 0}
    assert (found.left.num, found.left.of) == (2, 2)


def test_a_pair_counts_once_for_what_most_of_its_readers_chose() -> None:
    files = [votes("ann", p1="right"), votes("bob", p1="right"), votes("cai", p1="tie")]
    found = tally(a_key(p1=LEFT_A), files)
    assert found.outcomes["B"] == 1
    assert found.wins_b == Share(1, 1)
    assert (found.agreement.num, found.agreement.of) == (1, 3)
    assert found.readers["cai"]["tie"] == 1


def test_nobody_wins_a_pair_on_which_readers_are_split() -> None:
    assert majority(["A", "B"]) == "tie"
    assert majority(["both_bad", "both_bad", "A"]) == "both_bad"


def test_a_readers_later_vote_on_a_pair_replaces_the_earlier() -> None:
    found = tally(a_key(p1=LEFT_A), [votes("ann", p1="left"), votes("ann", p1="right")])
    assert found.outcomes == {"A": 0, "B": 1, "tie": 0, "both_bad": 0}


def test_wilsons_interval_is_that_of_the_literature() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_alpha_is_one_for_full_agreement_and_krippendorffs_for_his_example() -> None:
    assert alpha([["A", "A"], ["B", "B"]]) == pytest.approx(1.0)
    assert alpha([["A"], ["B"]]) is None
    # Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", B: nominal data of two observers
    first, second = "aabbdcccedda", "babbbccceddd"
    his = [[one, other] for one, other in zip(first, second, strict=True)]
    assert alpha(his) == pytest.approx(0.692, abs=5e-4)


def test_who_always_chooses_the_left_is_found_out() -> None:
    sides = {f"p{number}": (LEFT_A, LEFT_B)[number % 2] for number in range(10)}
    found = tally(a_key(**sides), [votes("ann", **dict.fromkeys(sides, "left"))])
    assert found.is_one_sided
    assert found.wins_b == Share(5, 10)
    assert "the side mattered" in " ".join(told(found))
    assert "Nobody is clearly preferred" in told(found)[0]


def test_votes_of_another_comparison_or_of_no_pair_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableVotes, match="another comparison"):
        tally(a_key(p1=LEFT_A), [Votes(comparison="d", reader="ann", votes=())])
    with pytest.raises(UnusableVotes, match="a pair that there is not"):
        tally(a_key(p1=LEFT_A), [votes("ann", p2="left")])
    (tmp_path / "votes.json").write_text('{"comparison": "c", "reader": "ann", "votes": [{"pair": "p1", "choice": 1}]}')
    with pytest.raises(UnusableVotes, match=r"votes\.0\.choice"):
        read_votes(tmp_path / "votes.json")


def test_the_command_prints_a_row_a_reader_and_writes_the_figures(tmp_path: Path) -> None:
    key, out = tmp_path / "key.json", tmp_path / "tally.json"
    key.write_text(a_key(p1=LEFT_A, p2=LEFT_B).model_dump_json())
    files = []
    for one in (votes("[red]ann", p1="right", p2="left"), votes("bob", p1="right", p2="tie")):
        files.append(tmp_path / f"{one.reader}.json")
        files[-1].write_text(one.model_dump_json())
    command = [sys.executable, "-m", "summarizer.cli", "compare-votes", str(key), *map(str, files)]
    done = subprocess.run([*command, "--json", str(out)], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "reader [red]ann" in done.stdout
    assert "theirs won 100 %" in done.stdout
    found = json.loads(out.read_text())
    assert found["outcomes"] == {"A": 0, "B": 1, "tie": 1, "both_bad": 0}
    assert found["wins_b"]["interval"] == pytest.approx(wilson(1, 1))
    files[0].write_text("{}")
    broken = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert broken.returncode == 1
    assert broken.stderr.startswith(f"votes: {files[0]}: ")


def test_a_name_that_would_steer_the_terminal_is_refused() -> None:
    with pytest.raises(ValueError, match="no control characters"):
        votes("\x1b[2Jann")


def test_reasons_are_counted_for_whom_they_speak() -> None:
    one = Votes(comparison="c", reader="ann", votes=[Vote(pair="p1", choice="left", reasons=["short", "clear"])])
    assert as_json(tally(a_key(p1=LEFT_B), [one]))["reasons"] == {"A": {}, "B": {"short": 1, "clear": 1}}
