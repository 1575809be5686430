"""Faults of what serves: changed under load, changed back without the queue, a change that is killed."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

from sqlalchemy import text

from summarizer.engine.files import LIMITS
from summarizer.promotion import promote, rollback
from summarizer.settings import SHIPPED_MODEL
from tests.faults.load import Load
from tests.faults.stage import Stage


def swapped(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """Another champion every second, eight times."""
    models = [another_model(stage, name) for name in ("swap-a", "swap-b")]
    for number in range(8):
        promote(stage.database, models[number % 2], before=SHIPPED_MODEL, actor="faults")
        stage.wait(1)


def rolled_back(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """The champion before serves again, and the queue is not needed for it."""
    model = another_model(stage, f"back-{random.Random().getrandbits(32):x}")
    promote(stage.database, model, before=SHIPPED_MODEL, actor="faults")
    stage.wait(3)
    stage.valkey.down()
    rollback(stage.database, actor="faults")
    stage.wait(3)


def promotion_killed(stage: Stage, load: Load) -> None:
    """`wrapup model promote` is killed at six moments; what it left is the old or the new, and at last the new."""
    rng = random.Random(load.num_calls)
    model = another_model(stage, f"killed-{rng.getrandbits(32):x}")
    environment = {**stage.deployment.environment, "DATABASE_URL": stage.servers.database_url}
    command = [sys.executable, "-m", "summarizer.cli", "model", "promote", str(model)]
    for _ in range(6):
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=os.getcwd()
        )
        stage.wait(rng.uniform(0.1, 3.0))
        process.kill()
        process.wait()
    subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with stage.owner.connect() as connection:
        serving = connection.scalar(
            text(
                "SELECT directory FROM promotions JOIN model_versions m ON m.id = model_version "
                "ORDER BY promotions.id DESC LIMIT 1"
            )
        )
    assert serving == str(model.resolve()), "what was promoted at last does not serve"


def another_model(stage: Stage, name: str) -> Path:
    """A copy of the shipped model that is another version of it."""
    copy = stage.deployment.directory / "models" / name
    if not copy.exists():
        shutil.copytree(SHIPPED_MODEL, copy)
        limits = copy / LIMITS
        limits.write_text(limits.read_text("utf-8") + " " * (1 + len(list(copy.parent.iterdir()))), "utf-8")
    return copy
