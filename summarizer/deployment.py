"""One machine's whole service: servers, schema, and the processes api, worker, courier and beat under a supervisor."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from summarizer.embedded import kept_secret, servers
from summarizer.errors import Unavailable
from summarizer.processes import free_port, start, wait_or_kill
from summarizer.vault import new_master_key

START_SECONDS = 90.0
COMMANDS = {name: [sys.executable, "-m", "summarizer.cli", name] for name in ("serve", "worker", "courier", "beat")}


@dataclass(slots=True)
class Deployment:
    """A running service; `watch` restarts what dies."""

    directory: Path
    environment: dict[str, str]
    commands: dict[str, list[str]] = field(default_factory=lambda: dict(COMMANDS))
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    metrics_ports: dict[str, int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the API answers."""
        return f"http://{self.environment['HOST']}:{self.environment['PORT']}"

    def metrics_url(self, name: str) -> str:
        """Where Prometheus may read a process, which keeps its port when it is started again."""
        return f"http://127.0.0.1:{self.metrics_ports.setdefault(name, free_port())}/metrics"

    def watch(self) -> list[str]:
        """Start again whatever has died; the names of it."""
        dead = [name for name, process in self.processes.items() if process.poll() is not None]
        for name in dead:
            self.start_one(name)
        return dead

    def start(self) -> None:
        """Start all processes and wait until the API answers; raises Unavailable."""
        for name in self.commands:
            self.start_one(name)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.processes["serve"].poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise Unavailable(f"the API does not answer; its log is {self.log('serve')}")

    def stop(self) -> None:
        """Let every process finish what it does."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            wait_or_kill(process)

    def log(self, name: str) -> Path:
        """Where a process writes what it does."""
        return self.directory / f"{name}.log"

    def start_one(self, name: str) -> None:
        """Start one process."""
        port = self.metrics_ports.setdefault(name, free_port())
        self.processes[name] = start(
            self.commands[name],
            log=self.log(name),
            stop=signal.SIGTERM,
            environment={**self.environment, "METRICS_HOST": "127.0.0.1", "METRICS_PORT": str(port)},
            directory=os.getcwd(),
        )


@contextmanager
def deployed(directory: Path) -> Iterator[Deployment]:
    """The whole service until the block is left, on embedded servers unless DATABASE_URL and REDIS_URL are set."""
    with ExitStack() as stack:
        environment = dict(os.environ)
        if "DATABASE_URL" not in environment or "REDIS_URL" not in environment:
            embedded = stack.enter_context(servers(directory / "servers"))
            environment.setdefault("DATABASE_URL", embedded.database_url)
            environment.setdefault("REDIS_URL", embedded.redis_url)
        directory.mkdir(parents=True, exist_ok=True)
        environment.setdefault("MASTER_KEY", kept_secret(directory / "master.key", new=new_master_key))
        environment.setdefault("GOMP_SPINCOUNT", "10000")  # three processes share the cores: none may spin for long
        environment.setdefault("HOST", "127.0.0.1")
        environment.setdefault("PORT", str(free_port()))
        migrate(environment)
        deployment = Deployment(directory, environment)
        stack.callback(deployment.stop)
        deployment.start()
        yield deployment


def migrate(environment: Mapping[str, str]) -> None:
    """Bring the database to the newest schema; raises Unavailable."""
    done = subprocess.run([sys.executable, "-m", "summarizer.cli", "migrate"], env=environment, check=False)
    if done.returncode != 0:
        raise Unavailable("the database could not be migrated")
