"""The study of the private share trains and judges each share once, and leaves something to look at."""

import gzip
import json
import sys
from pathlib import Path

import pytest

from tests.training.models import a_published_model
from tests.training.private_data import a_private_file, a_public_folder
from training import study


def test_every_share_is_trained_and_judged_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, out = a_public_folder(tmp_path / "data"), tmp_path / "out"
    (data / "tweetsumm").mkdir()
    a_private_file(data / "tweetsumm" / "train.jsonl", num=40)
    compress(data / "tweetsumm" / "train.jsonl")
    a_private_file(data / "tweetsumm" / "valid.jsonl", num=4)
    compress(data / "tweetsumm" / "valid.jsonl")
    arguments = ["--data", str(data), "--model", str(a_published_model(tmp_path / "before")), "--out", str(out)]
    arguments += ["--shares", "0", "0.2", "--judged-by", "tweetsumm/valid", "--datasets", "sgd", "--steps", "2"]
    monkeypatch.setattr(sys, "argv", ["study", *arguments])
    study.main()
    rows = json.loads((out / "study.json").read_text())["shares"]
    assert [row["mix"]["share_of_examples"] for row in rows] == [0.0, pytest.approx(0.2, abs=0.02)]
    assert all("rouge1" in row["scores"]["tweetsumm/valid"] for row in rows)
    assert (out / "study.md").read_text().count("tweetsumm/valid") == 2
    assert (out / "study.png").exists()
    before = (out / "share-20" / "model" / "model.safetensors").stat().st_mtime_ns
    study.main()
    assert (out / "share-20" / "model" / "model.safetensors").stat().st_mtime_ns == before


def compress(path: Path) -> None:
    """In place of the plain file."""
    with gzip.open(f"{path}.gz", "wt", encoding="utf-8") as file:
        file.write(path.read_text("utf-8"))
    path.unlink()
