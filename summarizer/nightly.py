"""The night of a service: collect what people corrected, let `training.nightly` learn from it, promote if it is better.

    open a slot ─▶ lock ─▶ forget, collect ─▶ [training.nightly, a process of its own] ─▶ promote ─▶ note the outcome

A night that was killed is taken up again where it was, three times at most; the champion serves all the while.
"""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from summarizer.corrections import export
from summarizer.forgetting import clean_start, forget, has_seen_erased
from summarizer.log import logger
from summarizer.promotion import promote
from summarizer.scrubbing import EXAMPLES, SPOILED
from summarizer.settings import Settings
from summarizer.store import nights
from summarizer.store.database import Database
from summarizer.vault import lasting

NIGHT_LOCK = 0x77726171  # "wraq", beside the loop's own
MAX_ATTEMPTS = 3
PRIVATE, OUTCOME = EXAMPLES, "outcome.json"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a night came to: promoted, refused, skipped or failed, and why."""

    state: str
    reason: str
    ledger: dict[str, Any] | None = None


def run(database: Database, settings: Settings) -> Outcome | None:
    """Run the night that is open, if there is one and nobody else runs it."""
    with database.leading(NIGHT_LOCK) as connection:
        if connection is None:
            return None
        with database.begin(None) as session:
            slot = nights.unfinished(session, max_attempts=MAX_ATTEMPTS)
            if slot is None:
                return None
            nights.begin(session, slot)
        directory = settings.nightly_dir / slot
        try:
            forget(database, settings)
            outcome = _night(database, settings, directory)
        finally:
            (directory / PRIVATE).unlink(missing_ok=True)  # what people said is kept in one place only
        for state in directory.glob("step-*"):  # nobody goes on from it, and nobody could say what it has seen
            shutil.rmtree(state)
        with database.begin(None) as session:
            nights.finish(session, slot, state=outcome.state, reason=outcome.reason, ledger=outcome.ledger)
        logger(__name__).info("night over", slot=slot, state=outcome.state, reason=outcome.reason)
        return outcome


def _night(database: Database, settings: Settings, directory: Path) -> Outcome:
    if settings.training_data is None:
        return Outcome("skipped", "TRAINING_DATA names no folder of public conversations")
    if (directory / SPOILED).exists():
        shutil.rmtree(directory)
    directory.mkdir(parents=True, exist_ok=True)
    counts = export(database, directory / PRIVATE, secret=lasting(settings.master_key), actor="nightly")
    if counts["written"] < settings.nightly_min_examples:
        return Outcome("skipped", f"{counts['written']} corrections, {settings.nightly_min_examples} are needed")
    champion = clean_start(database, settings)
    if champion is None:
        return Outcome("skipped", "every model here has learned from something that was erased")
    done = subprocess.run(_command(settings, directory, champion), check=False)
    if done.returncode != 0:
        return Outcome("failed", f"training ended with status {done.returncode}")
    if (directory / SPOILED).exists() or has_seen_erased(database, directory / "model"):
        shutil.rmtree(directory / "model", ignore_errors=True)
        return Outcome("refused", "a conversation it learned from was erased meanwhile")
    found = json.loads((directory / OUTCOME).read_text("utf-8"))
    if not found["decision"]["promote"]:
        refused = [check["name"] for check in found["decision"]["checks"] if not check["passes"]]
        shutil.rmtree(directory / "model", ignore_errors=True)
        return Outcome("refused", ", ".join(refused), found["ledger"])
    promote(
        database,
        directory / "model",
        before=settings.model_dir,
        share=settings.trial_share,
        actor="nightly",
        decision=found["decision"],
    )
    return Outcome("promoted", found["decision"]["challenger"], found["ledger"])


def _command(settings: Settings, directory: Path, champion: Path) -> list[str]:
    command = [sys.executable, "-m", "training.nightly", "--work", str(directory), "--champion", str(champion)]
    command += ["--data", str(settings.training_data), "--private", str(directory / PRIVATE)]
    command += ["--private-share", str(settings.private_share), "--steps", str(settings.nightly_steps)]
    command += ["--prices", str(settings.prices_file), "--device", settings.training_device or settings.device]
    return [*command, "--policy", settings.training_policy]
