"""The scores of a model stand beside those of ways to write without one."""

import json
import sys
from pathlib import Path

import pytest

from tests.training.models import DATA, a_published_model
from training import evaluate
from training.evaluate import lead_3, longest_turns, read_examples, shuffled_rouge1
from training.metrics import score
from training.plot import bars_of

FILE = DATA / "summaries.jsonl"


@pytest.mark.parametrize("pipeline", ["raw", "served"])
def test_five_records_are_scored_beside_the_baselines(
    pipeline: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model = a_published_model(tmp_path / "model")
    arguments = [
        "--model",
        str(model),
        "--data",
        str(FILE),
        "--pipeline",
        pipeline,
        "--json",
        str(tmp_path / "out.json"),
        "--plot",
        str(tmp_path / "out.png"),
    ]
    monkeypatch.setattr(sys, "argv", ["evaluate", *arguments])
    monkeypatch.setenv("COLUMNS", "120")
    evaluate.main()
    printed = capsys.readouterr().out
    assert all(name in printed for name in ("model", "fixed sentence", "first three turns", "longest turns"))
    assert "unsaid numbers ┃" in printed
    assert "promises told ┃" in printed
    assert printed.count("│ extractive fallback │") == 2
    assert (tmp_path / "out.png").stat().st_size > 0
    report = json.loads((tmp_path / "out.json").read_text())
    assert len(report["summaries"]) == 5
    assert report["scores"]["first three turns"]["rouge1"] > 0
    assert {"follow_up_recall", "unsupported_follow_ups", "swapped_owners"} <= report["scores"]["model"].keys()


def test_the_baselines_only_quote() -> None:
    call = read_examples(FILE, limit=1)[0].conversation
    assert lead_3(call).startswith("Agent: Hello, how can I help you? Customer: My router")
    assert longest_turns(call) == (
        "My router shows a red light since this morning. I can send you a new one, it arrives on Friday."
    )


def test_a_fixed_sentence_scores_the_same_when_shuffled() -> None:
    references = [["a b"], ["a c"], ["a d"]]
    assert shuffled_rouge1(["a", "a", "a"], references) == pytest.approx(200 / 3)


def test_what_the_model_keeps_when_shuffled_is_drawn_below_its_own_score() -> None:
    scores = score(["a card"], [read_examples(FILE, limit=1)[0].conversation], [["a card"]])
    bars = bars_of({"model": scores, "fixed sentence": scores}, shuffled_rouge1=20.0)
    assert list(bars) == ["model", "model, shuffled", "fixed sentence"]
    assert bars["model, shuffled"] == (20.0, 20.0, 20.0)
