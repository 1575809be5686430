"""The comparison of int8 with fp32 lies beside the weights, and opens the gate or keeps it shut."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from summarizer.engine.files import GATE, model_version
from summarizer.engine.gate import choose
from summarizer.engine.linear import Precision
from training.evaluate import SHIPPED

FILE = Path(__file__).parents[1] / "data" / "training" / "summaries.jsonl"


def test_the_shipped_models_gate_is_open_for_the_shipped_weights() -> None:
    version = model_version(SHIPPED)
    assert choose(SHIPPED, version=version, device="cpu", asked=None) is Precision.INT8


def test_a_comparison_is_made_on_conversations_and_kept(tmp_path: Path) -> None:
    directory = Path(shutil.copytree(SHIPPED, tmp_path / "model"))
    (directory / GATE).unlink()
    command = [sys.executable, "-m", "training.quantize", "--model", str(directory), "--data", str(FILE)]
    done = subprocess.run([*command, "--limit", "2"], capture_output=True, text=True, check=True)
    record = json.loads((directory / GATE).read_text())
    assert record["model_version"] == model_version(SHIPPED)
    assert record["num_tokens"] > 10
    lost = record["rouge1"]["fp32"] - record["rouge1"]["int8"]
    assert record["passes"] is (record["agreement"] >= 0.97 and record["divergence"] <= 0.02 and lost <= 0.5)
    assert "conversations" in done.stdout
