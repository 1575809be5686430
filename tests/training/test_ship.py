"""The card says whose data the weights were made from, and on what terms."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from summarizer.ledger import LEDGER
from tests.training.models import a_published_model
from training import ship
from training.dataset import DATASETS
from training.ship import card, data_row, datasets_of, licence_of

SCORES = dict.fromkeys(
    (
        "rouge1",
        "rouge2",
        "rougeL",
        "rouge1_low",
        "rouge1_high",
        "unsupported_numbers",
        "unsupported_names",
        "swapped_owners",
        "unsupported_follow_ups",
        "words",
    ),
    1.0,
)


def a_report(**changes: object) -> dict[str, Any]:
    return {
        "data": "tweetsumm/valid.jsonl.gz",
        "pipeline": "raw",
        "scores": {"model": SCORES},
        "summaries": {"tweetsumm-1": "Somebody's words."},
        "shuffled_rouge1": 1.0,
        "extractive": 0.0,
    } | changes


def test_every_set_of_every_stage_is_named_with_its_licence() -> None:
    details = {"datasets": ["star"], "inherited": {"datasets": ["sgd", "qmsum"]}}
    text = card(details, [a_report()], size=6.8)
    for name in ("star", "sgd", "qmsum"):
        assert f"| {name} | {DATASETS[name].licence}" in text
    assert "dialogsum" not in text


def test_data_that_is_shared_alike_makes_weights_that_are() -> None:
    assert licence_of([DATASETS["star"], DATASETS["sgd"]])[0] == "CC BY-SA 4.0"
    assert licence_of([DATASETS["star"]])[0] == "Apache-2.0"


def test_a_set_is_linked_where_it_was_published() -> None:
    assert "https://huggingface.co/datasets/databricks/databricks-dolly-15k" in data_row(DATASETS["dolly15k"])
    assert "https://github.com/RasaHQ/STAR" in data_row(DATASETS["star"])


def test_research_data_makes_weights_for_research() -> None:
    assert licence_of(datasets_of({"datasets": ["sgd", "tweetsumm"]}))[0] == "research terms only"


def test_figures_are_shipped_and_other_peoples_words_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = a_published_model(tmp_path / "model")
    (model / LEDGER).write_bytes(b"hashes")
    (tmp_path / "report.json").write_text(json.dumps(a_report()))
    arguments = ["--model", str(model), "--report", str(tmp_path / "report.json"), "--out", str(tmp_path / "shipped")]
    monkeypatch.setattr(sys, "argv", ["ship", *arguments])
    ship.main()
    assert not (tmp_path / "shipped" / LEDGER).exists()
    written = json.loads((tmp_path / "shipped" / "training.json").read_text())
    assert written["scores"][0]["scores"]["model"] == SCORES
    assert "Somebody's words" not in json.dumps(written) + (tmp_path / "shipped" / "README.md").read_text()
