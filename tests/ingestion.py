"""How fast calls come in, in figures: `python -m tests.ingestion --calls 10000`.

A backfill by command, then live calls by REST with a broker, with one that is gone, and with one that is silent.
"""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

import httpx
import typer
from sqlalchemy import text

import migrations
from summarizer import formats
from summarizer.access import create_key
from summarizer.conversation import Conversation
from summarizer.demo import samples
from summarizer.embedded import servers
from summarizer.formats import canonical
from summarizer.keys import Scope
from summarizer.processes import free_port, running
from summarizer.settings import Settings
from summarizer.store.database import Database, app_engine
from summarizer.vault import new_master_key

NUM_CLIENTS = 20  #: more than the machine serves at once, so most of a request is its wait
START_SECONDS = 60.0
LIVE_SHARE = 5  # one live call for so many of the backfill
TENANT = "ingestion"


@dataclass(frozen=True, slots=True)
class Backfill:
    """`wrapup ingest` from its start to its end."""

    part: str
    calls: int
    stored: int
    seconds: float
    calls_per_second: float


@dataclass(frozen=True, slots=True)
class Live:
    """POST /v1/conversations by clients that each wait for an answer before the next request."""

    part: str
    calls: int
    accepted: int
    clients: int
    requests_per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float


def backfill(environment: dict[str, str], database: Database, *, num_calls: int) -> Backfill:
    """A file of so many calls, a line each, by the command."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "calls.jsonl"
        with file.open("wb") as lines:
            lines.writelines(canonical.write(call) + b"\n" for call in _calls(num_calls, prefix="past"))
        command = [sys.executable, "-m", "summarizer.cli", "ingest", str(file), "--tenant", TENANT]
        started = time.monotonic()
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - started
    num_stored = _num_jobs(database)
    return Backfill("wrapup ingest", num_calls, num_stored, round(seconds, 1), round(num_calls / seconds, 1))


def live(
    environment: dict[str, str], database: Database, *, part: str, num_calls: int, num_clients: int = NUM_CLIENTS
) -> Live:
    """So many calls posted to an API process of its own."""
    num_before = _num_jobs(database)
    key = create_key(database, TENANT, name=part, scopes=[Scope.INGEST], expires_in=None).text
    bodies = [canonical.write(call) for call in _calls(num_calls, prefix=part)]
    with _api(environment) as url:
        started = time.monotonic()
        seconds = sorted(asyncio.run(_posted(url, key, bodies, num_clients=num_clients)))
        took = time.monotonic() - started
    return Live(
        part,
        num_calls,
        _num_jobs(database) - num_before,
        num_clients,
        round(num_calls / took, 1),
        *(round(seconds[int(len(seconds) * share)] * 1000, 1) for share in (0.5, 0.95, 0.99)),
    )


def main(calls: Annotated[int, typer.Option(min=100, help="How many past calls.")] = 10_000) -> None:
    """Measure on embedded servers, one JSON line a part; 1 if any call was lost."""
    with tempfile.TemporaryDirectory() as directory, servers(Path(directory) / "servers") as embedded:
        migrations.upgrade(embedded.database_url)
        names = {"DATABASE_URL": embedded.database_url, "REDIS_URL": embedded.redis_url}
        environment = {**os.environ, **names, "MASTER_KEY": new_master_key(), "LOG_LEVEL": "ERROR"}
        environment["REQUEST_BURST"] = str(calls)  # what is measured is how fast we are, not how fast one may ask
        settings = Settings.model_validate(
            {name.lower(): environment[name] for name in ("DATABASE_URL", "REDIS_URL", "MASTER_KEY")}
        )
        database = Database(app_engine(settings))
        reports: list[Backfill | Live] = []
        for report in _parts(environment, database, num_calls=calls):
            typer.echo(json.dumps(asdict(report)))
            reports.append(report)
        database.close()
    is_complete = all(one.calls == (one.stored if isinstance(one, Backfill) else one.accepted) for one in reports)
    raise typer.Exit(0 if is_complete else 1)


def _parts(environment: dict[str, str], database: Database, *, num_calls: int) -> Iterator[Backfill | Live]:
    yield backfill(environment, database, num_calls=num_calls)
    num_live = num_calls // LIVE_SHARE
    yield live(environment, database, part="live, nobody else", num_calls=num_live, num_clients=1)
    yield live(environment, database, part="live", num_calls=num_live)
    gone = {**environment, "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    yield live(gone, database, part="live, broker stopped", num_calls=num_live)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        mute = {**environment, "REDIS_URL": f"redis://127.0.0.1:{silent.getsockname()[1]}/0"}
        yield live(mute, database, part="live, broker silent", num_calls=num_live)


def _calls(num_calls: int, *, prefix: str) -> Iterator[Conversation]:
    """The sample calls in turn, each under an id of its own and with words of its own."""
    read = [formats.read(sample.read_bytes()) for sample in samples()]
    for number in range(num_calls):
        call = read[number % len(read)]
        first = replace(call.turns[0], text=f"{call.turns[0].text} This is {prefix} call {number} of this week.")
        identity = f"{prefix.replace(' ', '-')}-{number}"
        yield replace(call, external_id=identity, turns=(first, *call.turns[1:]))


@contextmanager
def _api(environment: dict[str, str]) -> Iterator[str]:
    port = free_port()
    names = {**environment, "HOST": "127.0.0.1", "PORT": str(port)}
    command, url = [sys.executable, "-m", "summarizer.cli", "serve"], f"http://127.0.0.1:{port}"
    with (
        tempfile.TemporaryDirectory() as directory,
        running(command, log=Path(directory) / "log", stop=signal.SIGTERM, environment=names, directory=os.getcwd()),
    ):
        deadline = time.monotonic() + START_SECONDS
        while not _is_up(url):
            if time.monotonic() > deadline:
                raise TimeoutError("the API does not answer")
            time.sleep(0.1)
        yield url


def _is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/livez", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


async def _posted(url: str, key: str, bodies: list[bytes], *, num_clients: int) -> list[float]:
    """Seconds that each answer took; raises for one that is no 202."""
    waiting = iter(bodies)
    seconds: list[float] = []
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    async def post_all() -> None:
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
            for body in waiting:
                started = time.monotonic()
                answer = await client.post("/v1/conversations", content=body)
                seconds.append(time.monotonic() - started)
                answer.raise_for_status()

    await asyncio.gather(*(post_all() for _ in range(num_clients)))
    return seconds


def _num_jobs(database: Database) -> int:
    with database.begin(None) as session:
        tenant_id = session.scalar(text("SELECT id FROM tenants WHERE name = :name"), {"name": TENANT})
    if tenant_id is None:
        return 0
    with database.begin(tenant_id) as session:
        return session.scalar(text("SELECT count(*) FROM jobs")) or 0


if __name__ == "__main__":
    typer.run(main)
