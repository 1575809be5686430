"""Several workers on one queue; `python -m tests.scaling` measures what this only holds."""

import os
from collections import Counter
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import create_engine, make_url

from summarizer.queue import Queue
from summarizer.settings import Settings
from summarizer.store.database import Database, driver_url
from tests.crew import accept, crew, done, now, num_summaries, tell, wait_until_done
from tests.work import environment_of

NUM_CALLS = 40
BROKER = "14"  #: a number of the queue's that no other test has


def test_two_workers_share_the_calls_and_none_is_done_twice(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    url = make_url(settings.redis_url.get_secret_value()).set(database=BROKER).render_as_string(hide_password=False)
    settings = settings.model_copy(update={"redis_url": SecretStr(url)})
    owner = create_engine(driver_url(settings.database_url.get_secret_value()), isolation_level="AUTOCOMMIT")
    queue = Queue(settings)
    calls = accept(database, num_calls=NUM_CALLS, prefix="shared")
    with crew(tmp_path, {**os.environ, **environment_of(settings), "PROMPT_SECONDS": "0.1"}, num_workers=2) as working:
        begun = now(owner)
        tell(database, queue, calls)
        tell(database, queue, calls)  # a message that comes twice does the work once
        assert wait_until_done(owner, calls, seconds=30)
        pids = {process.pid for process in working.processes.values()}
    finished, counted = done(owner, calls, begun=begun), num_summaries(owner, calls)
    queue.close()
    owner.dispose()
    assert counted == (NUM_CALLS, NUM_CALLS)
    assert [one.attempt for one in finished] == [1] * NUM_CALLS
    shares = Counter(one.pid for one in finished)
    assert set(shares) == pids
    assert min(shares.values()) >= NUM_CALLS / 10, shares
