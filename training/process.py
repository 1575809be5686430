"""One step of a night or of a study, in a process of its own."""

import subprocess
import sys
from pathlib import Path


def run(module: str, *arguments: object, log: Path | None = None) -> None:
    """What it says is seen, or written to `log`; its failure ends the caller as well."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    if log is None:
        done = subprocess.run(command, check=False)
    else:
        with log.open("w", encoding="utf-8") as said:
            done = subprocess.run(command, stdout=said, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise SystemExit(done.returncode if log is None else f"{module} failed, see {log}")
