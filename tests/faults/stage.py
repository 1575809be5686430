"""The whole service on one machine, behind proxies, with handles to break each part of it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import redis
from sqlalchemy import Engine, create_engine, make_url

from summarizer.deployment import COMMANDS, Deployment, migrate
from summarizer.embedded import Server, Servers, servers
from summarizer.errors import Unavailable
from summarizer.processes import free_port, wait_or_kill
from summarizer.queue import WORKER_QUEUE
from summarizer.settings import Settings
from summarizer.store.database import Database, app_engine, driver_url
from summarizer.vault import new_master_key
from tests.faults.proxy import Proxy
from tests.receiver import Receiver, receiving

#: Shorter than an installation's, so that many faults fit into an hour; at LEISURE all is as it is by itself.
SHORT = {
    "LEASE": "6",
    "STALE_AFTER": "3",
    "SWEEP_INTERVAL": "1",
    "FOLLOW_INTERVAL": "1",
    "SHUTDOWN_GRACE": "3",
    "DATABASE_TIMEOUT": "2",
    "JOB_DEADLINE": "8",
}
LEISURE: Mapping[str, str] = {}
UNLIMITED = {"REQUESTS_PER_SECOND": "100000", "REQUEST_BURST": "100000", "OUTBOUND_NETWORKS": "127.0.0.0/8"}
CONCURRENCY = 8
READY_SECONDS = 60.0


@dataclass(slots=True)
class Stage:
    """A running service; `tend` starts again what has died, unless it is held down."""

    servers: Servers
    primary: Server  #: which of Postgres' servers writes
    postgres: Proxy
    way_in: Proxy  #: for the harness itself, to the same server
    valkey: Proxy
    http: Proxy
    deployment: Deployment
    settings: Settings  #: as the harness reaches the servers, past the proxies
    owner: Engine  #: sees every tenant's rows
    database: Database
    receiver: Receiver  #: an endpoint that answers 200
    held: set[str] = field(default_factory=set)
    num_restarts: int = 0
    undo: list[Callable[[], None]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where clients reach the API."""
        return f"http://127.0.0.1:{self.http.port}"

    @property
    def broker(self) -> redis.Redis:
        """The broker itself."""
        return redis.Redis.from_url(self.servers.redis_url)

    @property
    def lease_seconds(self) -> float:
        """After which a silent worker has lost its jobs."""
        given = self.deployment.environment.get("LEASE")
        return self.settings.lease.total_seconds() if given is None else float(given)

    def on_heal(self, action: Callable[[], None]) -> None:
        """What else is to be put right when the fault ends."""
        self.undo.append(action)

    def add(self, name: str, *, like: str) -> None:
        """One more process of a kind."""
        self.deployment.commands[name] = [
            part.replace(f"{like}@", f"{name}@") for part in self.deployment.commands[like]
        ]
        self.deployment.start_one(name)
        self.wait_until_ready(name)

    def remove(self, name: str) -> None:
        """End a process for good."""
        self.kill(name, signal.SIGTERM)
        wait_or_kill(self.deployment.processes.pop(name))

    def lead_to(self, primary: Server) -> None:
        """Everybody who asks for Postgres reaches this server from now on."""
        self.primary = primary
        for proxy in (self.postgres, self.way_in):
            proxy.target_port = primary.port
            proxy.reset()

    def wait_until_answering(self) -> None:
        """Tend until the API answers."""
        self.wait_until(self._is_answering, seconds=READY_SECONDS)

    def wait_until_ready(self, name: str) -> None:
        """Tend until a worker has its model."""
        self.wait_until(lambda: self.is_ready(name), seconds=READY_SECONDS)

    def is_ready(self, name: str) -> bool:
        """Whether a process has what it needs; only a worker's model takes long."""
        pid = self.deployment.processes[name].pid
        ready = re.compile(rf'"owner": "[^"]*/{pid}/.*worker ready')
        return not name.startswith("worker") or ready.search(self.deployment.log(name).read_text("utf-8")) is not None

    def _is_answering(self) -> bool:
        try:
            return httpx.get(f"{self.deployment.url}/readyz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """Send a process a signal; if it ends, it is started again when it is tended."""
        self.deployment.processes[name].send_signal(how)

    def hold(self, name: str) -> None:
        """Kill a process and do not start it again until it is released."""
        self.held.add(name)
        self.kill(name)
        self.deployment.processes[name].wait()

    def tend(self) -> None:
        """Start again what has died, as a supervisor would."""
        for name, process in list(self.deployment.processes.items()):
            if name not in self.held and process.poll() is not None:
                self.deployment.start_one(name)
                self.num_restarts += 1

    def wait(self, seconds: float) -> None:
        """Tend for so long."""
        self.wait_until(lambda: False, seconds=seconds)

    def wait_until(self, is_so: Callable[[], bool], *, seconds: float) -> bool:
        """Tend until it is so, or for so long; whether it is."""
        deadline = time.monotonic() + seconds
        while not (done := is_so()) and time.monotonic() < deadline:
            self.tend()
            time.sleep(0.05)
        return done

    def heal(self) -> None:
        """End every fault that goes on."""
        for action in self.undo:
            action()
        self.undo.clear()
        for proxy in (self.postgres, self.valkey, self.http):
            proxy.heal()
        self.held.clear()
        for server in (self.primary, self.servers.valkey):
            if server.process is None or server.process.poll() is not None:
                server.start()
        self.tend()


@contextmanager
def staged(directory: Path, *, pace: Mapping[str, str] = SHORT, num_workers: int = 1) -> Iterator[Stage]:
    """The service until the block is left; its logs are in the directory."""
    directory.mkdir(parents=True, exist_ok=True)
    for log in directory.glob("*.log"):
        log.unlink()
    shutil.rmtree(directory / "servers", ignore_errors=True)  # what an earlier run did to them is no part of this one
    with ExitStack() as stack:
        embedded = stack.enter_context(servers(directory / "servers"))
        postgres, valkey = Proxy(embedded.postgres.port), Proxy(embedded.valkey.port)
        way_in = Proxy(embedded.postgres.port)
        inside = _at(embedded.database_url, way_in.port)
        port = free_port()
        http = Proxy(port)
        for proxy in (postgres, valkey, http, way_in):
            stack.callback(proxy.close)
        secret = new_master_key()
        migrate({**os.environ, "DATABASE_URL": embedded.database_url, "REDIS_URL": "redis://", "MASTER_KEY": secret})
        environment = {
            **os.environ,
            **pace,
            **UNLIMITED,
            "DATABASE_URL": _at(embedded.database_url, postgres.port),
            "REDIS_URL": _at(embedded.redis_url, valkey.port),
            "MASTER_KEY": secret,
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "WORKER_CONCURRENCY": str(CONCURRENCY),
        }
        deployment = Deployment(directory, environment, commands=_commands(num_workers))
        stack.callback(deployment.stop)
        deployment.start()
        settings = Settings(_env_file=None, database_url=inside, redis_url=embedded.redis_url, master_key=secret)
        database = Database(app_engine(settings))
        owner = create_engine(driver_url(inside), pool_pre_ping=True, isolation_level="AUTOCOMMIT")
        stack.callback(database.close)
        stack.callback(owner.dispose)
        receiver = stack.enter_context(receiving())
        stage = Stage(
            servers=embedded,
            primary=embedded.postgres,
            postgres=postgres,
            way_in=way_in,
            valkey=valkey,
            http=http,
            deployment=deployment,
            settings=settings,
            owner=owner,
            database=database,
            receiver=receiver,
        )
        for name in deployment.commands:
            stage.wait_until_ready(name)
        yield stage


def worker_command(name: str, *, concurrency: int) -> list[str]:
    """A worker with the deterministic model, as `wrapup worker` would start it."""
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "tests.faults.worker", "worker", "--pool", "threads"]
    command += ["--queues", WORKER_QUEUE, "--concurrency", str(concurrency), "--loglevel", "INFO"]
    return [*command, "--without-gossip", "--without-mingle", "--hostname", f"{name}@here"]


@contextmanager
def small_disk() -> Iterator[Path]:
    """A directory on a file system of 320 MB, which only root can make."""
    with TemporaryDirectory(prefix="wrapup-small-") as directory:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=320m", "tmpfs", directory], check=False)
        if done.returncode != 0:
            raise Unavailable("a small disk can be mounted by root alone")
        try:
            yield Path(directory)
        finally:
            subprocess.run(["umount", "--lazy", directory], check=False)


def _commands(num_workers: int) -> dict[str, list[str]]:
    """As `wrapup` runs them, but for the worker's model."""
    commands = dict(COMMANDS)
    del commands["worker"]
    names = ["worker", *(f"worker-{number}" for number in range(2, num_workers + 1))]
    return commands | {name: worker_command(name, concurrency=CONCURRENCY) for name in names}


def _at(url: str, port: int) -> str:
    return make_url(url).set(port=port).render_as_string(hide_password=False)
