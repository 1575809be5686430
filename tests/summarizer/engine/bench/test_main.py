"""The benchmark measures, keeps what it measured, and goes on where it stopped."""

import json
import subprocess
import sys
from pathlib import Path

from transformers import BloomForCausalLM

from summarizer.engine.bench.models import make
from summarizer.engine.bench.rivals import CANDIDATES, ORACLE
from summarizer.engine.bench.workload import SHAPES, Request


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "summarizer.engine.bench", "--shape", "XS", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_benchmark_that_was_interrupted_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "xs.json"
    arguments = ["--rivals", "", "--rounds", "1", "--json", str(file), "--work-dir", str(tmp_path)]
    first = bench(*arguments)
    assert first.returncode == 0, first.stderr
    record = json.loads(file.read_text())
    ours = [name for name, candidate in CANDIDATES.items() if candidate.rival == "ours"]
    assert [run["candidate"] for run in record["runs"]] == ["", *ours]
    assert all(name in first.stdout for name in ours)

    dropped = record["runs"].pop()
    kept = record["runs"][1]["seconds"]
    file.write_text(json.dumps(record))
    assert bench(*arguments).returncode == 0
    again = json.loads(file.read_text())["runs"]
    assert again[1]["seconds"] == kept
    assert again[-1]["candidate"] == dropped["candidate"]


def test_a_rival_nobody_knows_is_refused(tmp_path: Path) -> None:
    refused = bench("--rivals", "hf,abacus", "--json", str(tmp_path / "xs.json"), "--work-dir", str(tmp_path))
    assert refused.returncode == 1
    assert "abacus" in refused.stderr


def test_ours_writes_the_oracles_tokens(tmp_path: Path) -> None:
    shape = SHAPES["XS"]
    checkpoint = make(tmp_path / "bloom", shape)
    work = [Request(list(range(10 * start, 15 * start)), 4 + start % 3) for start in range(1, 20)]
    expected = CANDIDATES[ORACLE].open(checkpoint, shape, 1)(work)
    assert CANDIDATES["transformers, batch of 16"].open(checkpoint, shape, 1)(work) == expected
    assert CANDIDATES["ours fp32"].open(checkpoint, shape, 1)(work) == expected
    assert len({token for one in expected for token in one}) > 8, "the model repeats itself"
    assert BloomForCausalLM.from_pretrained(checkpoint).num_parameters() > 100_000
