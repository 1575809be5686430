"""Which code made something."""

import subprocess
from pathlib import Path


def code_version() -> str:
    """The commit the working tree stands on, if there is one."""
    found = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"
