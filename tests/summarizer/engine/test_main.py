"""The check command says whether a checkpoint can be used."""

import subprocess
import sys
from pathlib import Path


def check(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "summarizer.engine", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_good_checkpoint_writes_together_what_it_writes_one_by_one(checkpoint: Path) -> None:
    checked = check(str(checkpoint), "--sequences", "5", "--max-prompt-tokens", "60", "--new-tokens", "8")
    assert "identical   5 of 5 sequences" in checked.stdout
    assert checked.returncode == 0


def test_a_directory_without_a_checkpoint_is_refused_in_one_line(tmp_path: Path) -> None:
    checked = check(str(tmp_path))
    assert (checked.returncode, checked.stderr.count("\n")) == (2, 1)
    assert "config.json cannot be read" in checked.stderr


def test_the_engine_needs_no_transformers() -> None:
    program = "import sys, summarizer.engine.generator as _; sys.exit('transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
