"""From a tokenizer and a data folder to a model that serves."""

import json
import sys
from pathlib import Path

import pytest

from summarizer.engine.generator import load_generator
from tests.training.models import a_data_folder, a_tokenizer
from training import pretrain
from training.origin import has_ledger


def test_a_model_comes_out_of_a_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = a_data_folder(tmp_path / "data", dataset="sgd")
    a_tokenizer().save(str(tmp_path / "tokenizer.json"))
    shape = ["--hidden", "16", "--layers", "3", "--heads", "4", "--steps", "2", "--threads", "1", "--datasets", "sgd"]
    shape += ["--drill-steps", "2", "--drill-rows", "20"]
    where = ["--data", str(data), "--tokenizer", str(tmp_path), "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["pretrain", *where, *shape])
    pretrain.main()
    load_generator(tmp_path / "out" / "model", threads=1).close()
    details = json.loads((tmp_path / "out" / "model" / "training.json").read_text())
    assert has_ledger(tmp_path / "out" / "model")
    assert details["hygiene"] == {"exact": 0, "near": 0, "leaked": 0}
