"""What is live goes before a backfill: a real worker process, a real broker, a tiny random model."""

import os
import signal
import sys
import time
from pathlib import Path
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import make_url, text

from summarizer.batches import ingest
from summarizer.kinds import Kind
from summarizer.processes import running
from summarizer.queue import Queue
from summarizer.settings import Settings
from summarizer.store import jobs
from summarizer.store.database import Database
from summarizer.submit import ring
from tests.summarizer.engine.builders import a_bloom, save
from tests.summarizer.test_batches import a_line, lines_of
from tests.work import environment_of, submitted

NUM_PAST, NUM_LIVE = 50, 10
PATIENCE_SECONDS = 60
FINISHED = text("SELECT kind FROM jobs WHERE state IN ('succeeded', 'failed') ORDER BY finished_at")


def test_ten_live_calls_queued_behind_fifty_of_a_backfill_are_done_first(
    settings: Settings, database: Database, tenant_id: UUID, tmp_path: Path
) -> None:
    url = make_url(settings.redis_url.get_secret_value()).set(database="3").render_as_string(hide_password=False)
    settings = settings.model_copy(update={"redis_url": SecretStr(url)})
    queue = Queue(settings)
    past = lines_of(b"".join(a_line(number) for number in range(NUM_PAST)))
    list(ingest(database, queue, tenant_id, past, name="past", digest=None, actor="test"))
    live = [submitted(database, tenant_id, external_id=f"live-{number}") for number in range(NUM_LIVE)]
    with database.begin(tenant_id) as session:
        to_ring = jobs.waiting(session, [one.job_id for one in live])
    assert ring(queue, tenant_id, to_ring)
    queue.close()
    model = save(a_bloom(), tmp_path / "model", max_prompt_tokens=400, max_new_tokens=8)
    command = [sys.executable, "-m", "summarizer.cli", "worker"]
    names = {**os.environ, **environment_of(settings), "MODEL_DIR": str(model), "WORKER_CONCURRENCY": "1"}
    log = tmp_path / "worker.log"
    with running(command, log=log, stop=signal.SIGTERM, environment=names, directory=os.getcwd()):
        kinds = _kinds_when_done(database, tenant_id)
    assert len(kinds) == NUM_PAST + NUM_LIVE, log.read_text()[-2000:]
    assert set(kinds[:NUM_LIVE]) == {Kind.SUMMARIZE}


def _kinds_when_done(database: Database, tenant_id: UUID) -> list[str]:
    """The kinds of all jobs in the order in which they were finished."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    kinds: list[str] = []
    while len(kinds) < NUM_PAST + NUM_LIVE and time.monotonic() < deadline:
        time.sleep(0.1)
        with database.begin(tenant_id) as session:
            kinds = list(session.scalars(FINISHED))
    return kinds
