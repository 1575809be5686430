"""The running service on one screen, while it runs and while its database does not."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from uuid import UUID

import pytest
from rich.console import Console
from sqlalchemy import create_engine, text

import migrations
from summarizer import delivering, outbound
from summarizer.courier import Courier
from summarizer.embedded import servers
from summarizer.errors import Unavailable
from summarizer.jobs import run
from summarizer.kinds import Kind
from summarizer.settings import Settings
from summarizer.store import nights, tenants
from summarizer.store.database import Database, app_engine, driver_url
from summarizer.top import Frame, frames, look, rendered
from tests.conftest import settings_of
from tests.fakes import FakeBell
from tests.interrupting import interruptible
from tests.receiver import Reply, receiving
from tests.work import a_worker, environment_of, make_older, no_renewal, submitted, subscribed

WORDS = ("card", "terminal", "Anchor", "call-1")  #: of the conversation that is summarized


@pytest.fixture
def busy(database: Database, settings: Settings, tenant_id: UUID) -> Database:
    """Two tenants: two summaries and a callback that is dead, a job that runs, one that waits."""
    with database.begin(None) as session:
        other = tenants.ensure(session, "beta")
        nights.open_slot(session, hour=0)
    allowing = Settings(**{**settings.model_dump(), "outbound_networks": ["127.0.0.0/8"]}, _env_file=None)
    bell = FakeBell()
    worker = a_worker(database, settings, bell=bell)
    with receiving(Reply(410)) as receiver, outbound.client(allowing) as client:
        subscribed(database, tenant_id, allowing, url=receiver.url)
        run(worker, tenant_id, submitted(database, tenant_id).job_id)
        run(worker, other, submitted(database, other).job_id)
        for told_id, job_id in bell.taken(Kind.DELIVER):
            delivering.run(Courier(database, bell, "courier-1", allowing, no_renewal, client), told_id, job_id)
    held = submitted(database, other, external_id="call-2")
    with database.begin(other) as session:
        session.execute(
            text(
                "UPDATE jobs SET state = 'running', owner = 'host/7/ab', lease_until = now() + interval '1 minute' "
                f"WHERE id = '{held.job_id}'"
            )
        )
    submitted(database, tenant_id, external_id="call-3")
    make_older(database, tenant_id, "due_at", by="90 seconds")
    return database


def _text(frame: Frame | Unavailable) -> str:
    """As a terminal of 80 columns without colours shows it."""
    screen = io.StringIO()
    Console(file=screen, width=80, no_color=True, highlight=False).print(rendered(frame))
    return screen.getvalue()


def test_a_frame_counts_all_tenants(busy: Database) -> None:
    frame = look(busy, currency="USD")
    jobs = {(one.kind, one.is_running): one for one in frame.jobs}
    assert jobs["summarize", False].num_jobs == 1
    assert 89 < jobs["summarize", False].oldest_seconds < 100
    assert jobs["summarize", True].num_jobs == 1
    assert (frame.num_minute, frame.num_hour, frame.tenants) == (2, 2, {"acme": 1, "beta": 1})
    assert (frame.kinds, frame.backends, frame.because) == ({"generated": 2}, {"wrapup": 2}, {})
    assert (frame.callbacks.num_told, frame.callbacks.num_waiting, frame.callbacks.num_dead) == (0, 0, 1)
    assert frame.workers == {"host/7/ab": {"summarize": 1}}
    assert frame.night is not None
    assert frame.night.state == "open"


def test_a_frame_fits_80_columns_and_holds_no_word_of_a_call(busy: Database) -> None:
    shown = _text(look(busy, currency="USD"))
    assert max(map(len, shown.splitlines())) <= 80
    assert len(shown.splitlines()) < 24
    assert re.search(r"^summarize +1 +2 min +1$", shown, re.M), shown
    assert "host/7/ab holds summarize 1" in shown
    assert "0 wait, 1 dead" in shown
    assert not any(word in shown for word in WORDS)


def test_an_empty_service_has_a_frame_as_well(database: Database) -> None:
    shown = _text(look(database, currency="EUR"))
    assert "0 in the last minute, 0 in the last hour" in shown
    assert "nobody holds a job" in shown
    assert "0.0000 EUR" in shown


def test_a_database_that_goes_away_is_said_until_it_is_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    with servers(tmp_path_factory.mktemp("top")) as own, ExitStack() as stack:
        migrations.upgrade(own.database_url)
        database = Database(app_engine(settings_of(own.database_url, own)))
        stack.callback(database.close)
        seen = frames(lambda: look(database, currency="USD"), every_seconds=0.01)
        assert isinstance(next(seen), Frame)
        own.postgres.stop(signal.SIGQUIT)
        away = next(seen)
        assert isinstance(away, Unavailable)
        assert "does not answer" in _text(away) or "lost" in _text(away)
        own.postgres.start()
        assert any(isinstance(one, Frame) for one in islice(seen, 1_000))  # it recovers first


def test_a_schema_that_is_too_old_is_said_with_what_mends_it(database: Database, database_url: str) -> None:
    owner = create_engine(driver_url(database_url))
    with owner.begin() as connection:
        connection.execute(text("DROP FUNCTION backlog()"))
    owner.dispose()
    with pytest.raises(Unavailable, match="wrapup migrate"):
        look(database, currency="USD")


def _top(settings: Settings, *arguments: str) -> subprocess.Popen[str]:
    known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2]), **environment_of(settings)}
    command = [sys.executable, "-m", "summarizer.cli", "top", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=known, stdout=pipe, stderr=pipe, text=True, preexec_fn=interruptible)


def test_the_command_shows_it_once_as_an_object(busy: Database, settings: Settings) -> None:
    del busy
    process = _top(settings, "--once", "--json")
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    frame = json.loads(out)
    assert (frame["num_hour"], frame["tenants"], frame["money_today"]) == (2, {"acme": 1, "beta": 1}, {})
    assert not any(word in out for word in WORDS)


def test_ctrl_c_ends_it_without_a_word(settings: Settings) -> None:
    process = _top(settings, "--json")
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["num_hour"] == 0
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")


def test_a_database_that_is_away_ends_a_single_frame_with_1(settings: Settings) -> None:
    changed = settings.model_copy(
        update={"database_url": type(settings.database_url)("postgresql://a:b@127.0.0.1:1/c")}
    )
    begun = time.monotonic()
    process = _top(changed, "--once")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "the database does not answer" in err
    assert "Traceback" not in err
    assert time.monotonic() - begun < 20
