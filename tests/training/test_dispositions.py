"""The measurement of wrap-up codes reads labelled calls, tells right from wrong, and leaves a table and a picture."""

import gzip
import json
import sys
from pathlib import Path

import pytest

from tests.builders import a_conversation
from training import dispositions
from training.dispositions import Constants, Judged, bins, calibration_error, fitted, judge, read_codes, report

LISTS = Path(__file__).parent.parent / "data" / "dispositions"
SURE = Judged((1.0, 0.0), 0, (0.0,))
UNSURE = Judged((0.17, 0.0), 0, (0.0,))
WRONG = Judged((1.0, 0.0), 1, (1.0,))


@pytest.mark.parametrize("name", list(dispositions.SETS))
def test_every_set_has_a_list_that_names_each_code_once_with_a_sentence_and_an_example(name: str) -> None:
    codes = read_codes(LISTS / f"{name}.json")
    assert len({one.code for one in codes}) == len(codes)
    assert all(one.label and one.description.endswith(".") and one.examples for one in codes)


def test_a_report_tells_right_from_wrong_and_chosen_from_abstained() -> None:
    found = report([SURE, UNSURE, WRONG, SURE], Constants())
    assert (found.top1, found.top3) == (0.75, 1.0)
    assert (found.accuracy_of_chosen, found.abstained) == (pytest.approx(2 / 3), 0.25)
    assert found.abstained_without == 0.75


def test_a_tie_is_not_counted_as_right() -> None:
    assert report([SURE, Judged((0.5, 0.5), 0, (0.5,))], Constants()).top1 == 0.5


def test_calibration_is_perfect_when_as_many_are_right_as_stated() -> None:
    assert calibration_error([SURE], Constants()) == pytest.approx(0, abs=1e-6)
    assert calibration_error([WRONG], Constants()) == pytest.approx(1, abs=1e-6)
    assert [num for *_, num in bins([SURE, WRONG, UNSURE], Constants())] == [1, 2]


def test_the_fit_is_surer_where_the_scores_are_always_right() -> None:
    alike = (0.3, 0.25)
    right, mixed = [Judged(alike, 0, (0.0,))], [Judged(alike, 0, (0.0,)), Judged(alike, 1, (0.0,))]
    assert fitted([right]).temperature < fitted([mixed]).temperature


def test_a_conversation_is_judged_with_its_code_and_without() -> None:
    codes = read_codes(LISTS / "multidogo.json")
    index = [one.code for one in codes].index("replacecard")
    found = judge(a_conversation(), codes, right=index)
    assert len(found.without) == len(found.scores) - 1
    assert found.scores[index] == max(found.scores)


def test_the_script_measures_all_sets_and_draws_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = {
        "star": [{"tasks": ["weather"]}, {"tasks": ["weather", "trivia"]}],
        "multidogo": [{"intents": ["openinggreeting", "checkbalance"]}, {"intents": ["thankyou"]}],
        "sgd": [{"services": ["Weather_1"]}, {"services": ["Weather_1", "Banks_2"]}],
    }
    for name, (one, many) in labels.items():
        write(tmp_path / name, [one] * 4 + [many])
    arguments = ["--data", str(tmp_path), "--out", str(tmp_path / "out"), "--codes", str(LISTS)]
    monkeypatch.setattr(sys, "argv", ["dispositions", *arguments])
    monkeypatch.setenv("COLUMNS", "170")
    dispositions.main()
    shown = capsys.readouterr().out
    assert all(f"│ {name}" in shown for name in labels)
    assert "100.0%" in shown
    assert (tmp_path / "out" / "dispositions.png").stat().st_size > 1_000


def write(folder: Path, labels: list[dict[str, list[str]]]) -> None:
    """A conversation about the weather and a bank balance for each of the labels."""
    text = "What is the balance of my account?" if folder.name == "multidogo" else "What is the weather in Boston?"
    turns = [{"speaker": "customer", "text": text}]
    folder.mkdir()
    with gzip.open(folder / "all.jsonl.gz", "wt", encoding="utf-8") as lines:
        for index, one in enumerate(labels):
            record = {"id": f"{folder.name}-{index}", "language": "en", "turns": turns, "labels": one}
            lines.write(json.dumps(record) + "\n")
