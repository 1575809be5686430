import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from summarizer.embedded import servers
from summarizer.errors import Unavailable

HOLD = """
import sys, time
from pathlib import Path
from summarizer.embedded import servers
with servers(Path(sys.argv[1])) as running:
    print(running.database_url, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def directory() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="wrapup-test-"))
    yield made
    shutil.rmtree(made)


def test_a_second_start_keeps_what_was_stored(directory: Path) -> None:
    with servers(directory) as running:
        with psycopg.connect(running.database_url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS value")
        redis.Redis.from_url(running.redis_url).set("kept", "43")
    with servers(directory) as running, psycopg.connect(running.database_url) as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == (42,)
        assert redis.Redis.from_url(running.redis_url).get("kept") == b"43"


def test_nobody_enters_without_the_password(directory: Path) -> None:
    with servers(directory) as running:
        address = running.database_url.replace(running.database_url.split(":")[2].split("@")[0], "wrong")
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(address)
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(running.redis_url.replace("redis://:", "redis://:x")).ping()


def test_two_commands_do_not_share_a_directory(directory: Path) -> None:
    with servers(directory), pytest.raises(Unavailable, match="another command"), servers(directory):
        pass


def test_servers_die_with_an_owner_that_is_killed_and_start_again(directory: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", HOLD, str(directory)], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    address = owner.stdout.readline().strip()
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    deadline = time.monotonic() + 10
    while _answers(address) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _answers(address)
    with servers(directory) as running:
        assert _answers(running.database_url)


@pytest.mark.skipif(os.getuid() != 0, reason="only root runs the servers as somebody else")
def test_root_opens_no_private_directory_to_reach_its_data(directory: Path) -> None:
    private = directory / "home"
    private.mkdir(mode=0o700)
    staged = Path("/var/tmp")
    before = set(staged.glob("wrapup-*"))
    try:
        with servers(private / "data") as running:
            assert _answers(running.database_url)
        assert private.stat().st_mode & 0o777 == 0o700
    finally:
        for made in set(staged.glob("wrapup-*")) - before:
            shutil.rmtree(made)


def _answers(address: str) -> bool:
    try:
        psycopg.connect(address, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
