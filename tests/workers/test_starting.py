"""A worker that cannot start ends, instead of living on and summarizing nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from pydantic import SecretStr
from sqlalchemy import make_url

from summarizer.kinds import Kind
from summarizer.queue import COURIER_QUEUE, WORKER_QUEUE, Queue
from summarizer.settings import Settings
from summarizer.store import model_versions
from summarizer.store.database import Database
from tests.summarizer.engine.builders import a_bloom, save
from tests.work import environment_of
from workers.stuck import EXIT_FAILED


def command(name: str, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "summarizer.cli", name, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **changes, "COLUMNS": "200"},
        timeout=60,
        check=False,
    )


def test_a_worker_without_a_model_ends_and_says_why(settings: Settings, tmp_path: Path) -> None:
    done = command("worker", **environment_of(settings), MODEL_DIR=str(tmp_path))
    assert done.returncode == EXIT_FAILED
    line = json.loads(next(line for line in done.stderr.splitlines() if line.startswith("{")))
    assert (line["event"], line["error"][:10]) == ("process cannot start", "There is n")


def test_a_broken_model_is_refused_by_the_command_in_one_line(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    model = save(a_bloom(), tmp_path / "model")
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    done = command("model", "promote", str(model), **environment_of(settings))
    assert (done.returncode, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("wrapup: model.safetensors cannot be read")
    with database.begin(None) as session:
        assert model_versions.serving(session) is None


def test_the_queue_knows_how_many_messages_nobody_took(settings: Settings) -> None:
    url = make_url(settings.redis_url.get_secret_value()).set(database="5").render_as_string(hide_password=False)
    queue = Queue(settings.model_copy(update={"redis_url": SecretStr(url)}))
    before = queue.num_waiting(WORKER_QUEUE), queue.num_waiting(COURIER_QUEUE)
    for kind in (Kind.SUMMARIZE, Kind.BACKFILL, Kind.DELIVER):
        queue.ring(kind, uuid4(), uuid4(), level=0)
    after = queue.num_waiting(WORKER_QUEUE), queue.num_waiting(COURIER_QUEUE)
    assert (after[0] - before[0], after[1] - before[1]) == (2, 1)
    assert queue.silent() == frozenset()
    queue.close()


def test_a_broker_that_is_away_has_nothing_to_take(settings: Settings) -> None:
    away = settings.model_copy(update={"redis_url": type(settings.redis_url)("redis://127.0.0.1:1/0")})
    queue = Queue(away)
    assert queue.num_waiting(WORKER_QUEUE) == 0
    queue.close()
