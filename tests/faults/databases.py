"""Faults of Postgres: restarted, cut off in a commit, slow, read-only, replaced by its replica, full, restored."""

import contextlib
import os
import random
import signal
import subprocess
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from summarizer.embedded import Server
from summarizer.kinds import Kind
from summarizer.processes import free_port
from summarizer.queue import Queue
from tests.faults.load import Load
from tests.faults.stage import Stage

IN_STEP = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
TERMINATE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL"
)


def restarted(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """Fast: sessions are ended and the server closes in order."""
    stage.primary.stop(signal.SIGINT)
    stage.wait(2)
    stage.primary.start()
    stage.wait(1)


def crashed(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """Immediate: as if the power had gone; it recovers from its log."""
    stage.primary.stop(signal.SIGQUIT)
    stage.wait(1)
    stage.primary.start()
    stage.wait(1)


def cut_in_transactions(stage: Stage, load: Load) -> None:
    """Connections end anywhere, in a COMMIT too: ten times by the network, five by the server."""
    rng = random.Random(load.num_calls)
    for _ in range(10):
        stage.postgres.cut_after(rng.randrange(100, 20_000))
        stage.wait(0.5)
    for _ in range(5):
        _execute(stage, TERMINATE)
        stage.wait(0.5)


def read_only(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """As an old primary is after a failover: it answers, and writes nothing."""
    _execute(stage, "ALTER SYSTEM SET default_transaction_read_only = on")
    _execute(stage, "SELECT pg_reload_conf()")
    _execute(stage, TERMINATE)
    stage.wait(5)
    with stage.owner.connect() as connection:
        connection.execute(text("SET default_transaction_read_only = off"))
        connection.execute(text("ALTER SYSTEM RESET default_transaction_read_only"))
        connection.execute(text("SELECT pg_reload_conf()"))
    _execute(stage, TERMINATE)
    stage.wait(1)


def failed_over(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """The primary dies, and a replica that had every commit before its client was answered takes its place."""
    replica = _replica(stage)
    _execute(stage, "ALTER SYSTEM SET synchronous_standby_names = '*'")
    _execute(stage, "SELECT pg_reload_conf()")
    stage.wait_until(lambda: bool(_scalar(stage, IN_STEP)), seconds=20)
    stage.wait(2)
    stage.primary.stop(signal.SIGQUIT)
    stage.wait(1)
    stage.lead_to(replica)
    _execute(stage, "SELECT pg_promote()")
    stage.wait_until(lambda: _scalar(stage, "SELECT pg_is_in_recovery()") is False, seconds=20)
    _execute(stage, "ALTER SYSTEM RESET synchronous_standby_names")
    _execute(stage, "SELECT pg_reload_conf()")


def _replica(stage: Stage) -> Server:
    """A copy of the primary that follows it."""
    primary, port = stage.primary, free_port()
    data = primary.data.parent / f"replica-{port}"
    binaries, environment, reach = _tools(stage)
    copy = [str(binaries / "pg_basebackup"), *reach, "-D", str(data), "-R", "-X", "stream", "-c", "fast"]
    account = primary.account
    data.mkdir(mode=0o700)
    os.chown(data, account.uid, account.gid)
    if account.is_other:
        copy = ["setpriv", f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups", *copy]
    subprocess.run(copy, env=environment, cwd="/", check=True)
    changed = {str(primary.data): str(data), str(primary.port): str(port)}
    command = [changed.get(part, part) for part in primary.command]
    replica = replace(primary, command=command, port=port, data=data, process=None)
    replica.start()
    return replica


def _tools(stage: Stage) -> tuple[Path, dict[str, str], list[str]]:
    """Where Postgres' own commands are, what they must know, and how they reach the primary."""
    url = make_url(stage.servers.database_url)
    reach = ["-h", "127.0.0.1", "-p", str(stage.primary.port), "-U", str(url.username)]
    return Path(stage.primary.command[0]).parent, {**os.environ, "PGPASSWORD": str(url.password)}, reach


def slow(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """Each message takes a quarter of a second, so that connections run out."""
    stage.postgres.delay_seconds = 0.25
    stage.wait(15)


def full_disk(stage: Stage, load: Load) -> None:  # noqa: ARG001
    """Nothing more can be written by servers and logs, for some seconds; needs a disk of its own."""
    ballast = stage.deployment.directory / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 65_536)
    stage.wait(8)
    ballast.unlink()
    stage.wait(1)


def restored(stage: Stage, load: Load) -> None:
    """From a backup taken while calls waited; the queue still holds bells of before, and of jobs nobody knows."""
    stage.hold("worker")
    load.join()
    stage.hold("beat")
    binaries, environment, reach = _tools(stage)
    reach += ["-d", "postgres"]
    copy = stage.deployment.directory / "backup.dump"
    subprocess.run([binaries / "pg_dump", *reach, "-Fc", "-f", copy], env=environment, check=True)
    queue = Queue(stage.settings)
    for _ in range(50):
        queue.ring(Kind.SUMMARIZE, uuid4(), uuid4(), level=0)
    queue.close()
    stage.hold("serve")
    _execute(stage, TERMINATE)
    _execute(stage, "DROP SCHEMA public CASCADE")
    _execute(stage, "CREATE SCHEMA public")
    subprocess.run([binaries / "pg_restore", *reach, "--clean", "--if-exists", copy], env=environment, check=False)
    _execute(stage, TERMINATE)
    stage.held.clear()
    stage.wait_until_answering()


def _scalar(stage: Stage, statement: str) -> object:
    with contextlib.suppress(DBAPIError), stage.owner.connect() as connection:
        return connection.scalar(text(statement))
    return None


def _execute(stage: Stage, statement: str) -> None:
    with contextlib.suppress(DBAPIError), stage.owner.connect() as connection:
        connection.execute(text(statement))
