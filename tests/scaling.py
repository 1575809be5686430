"""What more workers bring, in figures: `python -m tests.scaling --workers 1,2,4 --calls 400`.

Real servers, real worker processes and the deterministic model, which takes its time for each call: by waiting, as for
a device or a rented model, or by computing, where the cores of this machine are the limit. Each part prints a line and
all of them are written as JSON.
"""

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import redis
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, create_engine

import migrations
from summarizer.embedded import Servers, servers
from summarizer.queue import Queue
from summarizer.settings import Settings
from summarizer.store.database import Database, app_engine, driver_url
from summarizer.vault import new_master_key
from tests.claiming import Claimed, claiming
from tests.crew import (
    CONCURRENCY,
    Calls,
    Done,
    accept,
    crew,
    done,
    now,
    num_summaries,
    start_worker,
    tell,
    wait_until_done,
    wait_until_ready,
)
from tests.work import environment_of

WAITING = {"PROMPT_SECONDS": "0.2"}
COMPUTING = {"PROMPT_SECONDS": "0.1", "PROMPT_COMPUTES": "1"}
IDEAL = CONCURRENCY / float(WAITING["PROMPT_SECONDS"])  #: summaries a second of one worker that does nothing else
PARTS = "waiting", "computing", "steady", "joined", "killed", "claims"
NUM_WARM = 12  #: calls for each worker before one measures, since a process reads its word lists with the first ones
STEADY_SHARE = 0.6  #: of what one worker could do


@dataclass(frozen=True, slots=True)
class Run:
    """Some calls by some workers; who waited before they began to work waited since then."""

    part: str
    workers: int
    calls: int
    per_second: float  #: summaries, from the first bell to the last summary
    p50_s: float
    p95_s: float
    p99_s: float
    shares: list[int]  #: calls of each process
    again: int  #: calls begun more than once
    summaries: int
    twice: int
    lost: int
    remark: str = ""

    @property
    def is_whole(self) -> bool:
        """Each call has one summary."""
        return self.summaries == self.calls and not self.twice and not self.lost


@dataclass(frozen=True, slots=True)
class Place:
    """Where the parts are measured."""

    directory: Path
    settings: Settings
    database: Database
    owner: Engine

    def fresh(self, part: str, **changes: str) -> tuple[Path, dict[str, str]]:
        """A folder and an environment for one part, with an empty queue."""
        redis.Redis.from_url(self.settings.redis_url.get_secret_value()).flushdb()
        return self.directory / part.replace(" ", "-"), {**os.environ, **environment_of(self.settings), **changes}


def all_at_once(place: Place, part: str, *, num_workers: int, num_calls: int, pace: dict[str, str]) -> Run:
    """All calls wait when the workers begin."""
    directory, environment = place.fresh(f"{part} {num_workers}", **pace)
    queue = Queue(place.settings)
    with crew(directory, environment, num_workers=num_workers):
        _warm(place, queue, part, num_workers=num_workers)
        calls = accept(place.database, num_calls=num_calls, prefix=f"{part}-{num_workers}")
        begun = now(place.owner)
        tell(place.database, queue, calls)
        wait_until_done(place.owner, calls)
    queue.close()
    return _run(place, part, calls, num_workers=num_workers, begun=begun)


def steady(place: Place, *, num_workers: int, num_calls: int, per_second: float) -> Run:
    """Calls come at one pace while the workers work."""
    directory, environment = place.fresh(f"steady {num_workers}", **WAITING)
    queue = Queue(place.settings)
    with crew(directory, environment, num_workers=num_workers, with_beat=True):
        _warm(place, queue, "steady", num_workers=num_workers)
        begun = now(place.owner)
        calls = accept(
            place.database, num_calls=num_calls, prefix=f"steady-{num_workers}", bell=queue, per_second=per_second
        )
        wait_until_done(place.owner, calls)
    queue.close()
    remark = f"asked for {per_second:.1f}/s"
    return _run(place, "steady arrival", calls, num_workers=num_workers, begun=begun, remark=remark)


def killed(place: Place, *, num_workers: int, num_calls: int) -> Run:
    """One of the workers is killed with half of the calls done, and nobody starts it again."""
    directory, environment = place.fresh("killed", **WAITING)
    queue = Queue(place.settings)
    calls = accept(place.database, num_calls=num_calls, prefix="killed")
    with crew(directory, environment, num_workers=num_workers) as working:
        _warm(place, queue, "killed", num_workers=num_workers)
        begun = now(place.owner)
        tell(place.database, queue, calls)
        working.start_one("beat")  # before, it would have rung for them
        wait_until_done(place.owner, calls, num_left=num_calls // 2)
        working.processes["worker-1"].kill()
        at = now(place.owner)
        wait_until_done(place.owner, calls)
    queue.close()
    finished = done(place.owner, calls, begun=begun)
    late = (finished[-1].at - at).total_seconds()
    remark = f"the last {late:.0f} s after the kill; a lease is {place.settings.lease.total_seconds():.0f} s"
    return _run(place, "one killed half-way", calls, num_workers=num_workers, begun=begun, remark=remark)


def joined(place: Place, *, num_calls: int) -> Run:
    """A second worker is started while the first works through what waits."""
    directory, environment = place.fresh("joined", **WAITING)
    queue = Queue(place.settings)
    with crew(directory, environment, num_workers=1) as working:
        _warm(place, queue, "joined", num_workers=1)
        calls = accept(place.database, num_calls=num_calls, prefix="joined")
        begun = now(place.owner)
        tell(place.database, queue, calls)
        wait_until_done(place.owner, calls, num_left=num_calls * 9 // 10)
        started = now(place.owner)
        start_worker(working, "worker-2")
        wait_until_ready(working, "worker-2")
        ready = now(place.owner)
        wait_until_done(place.owner, calls)
        second = working.processes["worker-2"].pid
    queue.close()
    remark = _joining(done(place.owner, calls, begun=begun), second, started=started, ready=ready)
    return _run(place, "a second one joins", calls, num_workers=2, begun=begun, remark=remark)


def main(
    workers: Annotated[str, typer.Option(help="Numbers of processes, with commas between them.")] = "1,2,4",
    calls: Annotated[int, typer.Option(min=40, help="How many calls in each part.")] = 400,
    claims: Annotated[int, typer.Option(min=40, help="Jobs for each measure of the claim path.")] = 400,
    only: Annotated[str, typer.Option(help="Some of the parts, with commas between them.")] = ",".join(PARTS),
    to: Annotated[Path, typer.Option(help="Where the figures are written.")] = Path("reports/scaling.json"),
) -> None:
    """Measure on embedded servers; 1 if any call was lost or done twice."""
    numbers = [int(one) for one in workers.split(",")]
    found: list[Run | Claimed] = []
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, servers(Path(directory) / "servers") as embedded:
        place = _place(Path(directory), embedded)
        for part in _parts(place, only.split(","), numbers, num_calls=calls, num_claims=claims):
            typer.echo(json.dumps(asdict(part)))
            found.append(part)
            to.write_text(json.dumps([asdict(one) for one in found], indent=1) + "\n")
        place.database.close()
        place.owner.dispose()
    runs = [one for one in found if isinstance(one, Run)]
    _show(runs, [one for one in found if isinstance(one, Claimed)])
    raise typer.Exit(0 if all(one.is_whole for one in runs) else 1)


def _parts(
    place: Place, only: list[str], numbers: list[int], *, num_calls: int, num_claims: int
) -> Iterator[Run | Claimed]:
    one = IDEAL
    if "waiting" in only:
        for number in numbers:
            run = all_at_once(place, "waiting model", num_workers=number, num_calls=num_calls, pace=WAITING)
            one = run.per_second if number == 1 else one
            yield run
    if "computing" in only:
        for number in numbers:
            yield all_at_once(place, "computing model", num_workers=number, num_calls=num_calls // 4, pace=COMPUTING)
    if "steady" in only:
        for number in numbers:
            yield steady(place, num_workers=number, num_calls=num_calls // 2, per_second=STEADY_SHARE * one)
    if "joined" in only:
        yield joined(place, num_calls=num_calls)
    if "killed" in only:
        yield killed(place, num_workers=max(numbers), num_calls=num_calls)
    if "claims" in only:
        yield from claiming(place.settings, place.database, place.owner, num_jobs=num_claims)


def _place(directory: Path, embedded: Servers) -> Place:
    migrations.upgrade(embedded.database_url)
    settings = Settings(
        _env_file=None,
        database_url=embedded.database_url,
        redis_url=embedded.redis_url,
        master_key=new_master_key(),
    )
    owner = create_engine(driver_url(embedded.database_url), isolation_level="AUTOCOMMIT")
    return Place(directory, settings, Database(app_engine(settings)), owner)


def _warm(place: Place, queue: Queue, part: str, *, num_workers: int) -> None:
    calls = accept(place.database, num_calls=NUM_WARM * num_workers, prefix=f"warm-{part}-{num_workers}")
    tell(place.database, queue, calls)
    wait_until_done(place.owner, calls)


def _run(place: Place, part: str, calls: Calls, *, num_workers: int, begun: datetime, remark: str = "") -> Run:
    finished = done(place.owner, calls, begun=begun)
    num_rows, num_of_calls = num_summaries(place.owner, calls)
    seconds = sorted(one.seconds for one in finished)
    return Run(
        part,
        num_workers,
        calls.num,
        round(len(finished) / (finished[-1].at - begun).total_seconds(), 1),
        *(round(seconds[min(int(share * len(seconds)), len(seconds) - 1)], 2) for share in (0.5, 0.95, 0.99)),
        shares=sorted(Counter(one.pid for one in finished).values()),
        again=sum(one.attempt > 1 for one in finished),
        summaries=num_rows,
        twice=num_rows - num_of_calls,
        lost=calls.num - len(finished),
        remark=remark,
    )


def _joining(finished: list[Done], second: int, *, started: datetime, ready: datetime) -> str:
    """How long the second took to start and to its first summary, and its part of all after that."""
    mine = [one for one in finished if one.pid == second]
    if not mine:
        return "the second came too late"
    after = [one for one in finished if one.at >= mine[0].at]
    start, first = (ready - started).total_seconds(), (mine[0].at - started).total_seconds()
    return f"start {start:.1f} s, first summary after {first:.1f} s, then {len(mine) / len(after):.0%} of the calls"


def _show(runs: list[Run], claims: list[Claimed]) -> None:
    console = Console(width=160)
    heads = "part", "workers", "calls", "summaries/s", "p50 s", "p95 s", "p99 s", "each", "again", "twice", "lost"
    table = Table(*heads, "remark", title=f"{CONCURRENCY} calls at once in each worker")
    for run in runs:
        figures = (run.workers, run.calls, run.per_second, run.p50_s, run.p95_s, run.p99_s, run.shares)
        table.add_row(run.part, *map(str, figures), str(run.again), str(run.twice), str(run.lost), run.remark)
    console.print(table)
    table = Table("part", "processes", "tenants", "a second", "median ms", "connections that waited", "for")
    for one in claims:
        figures = (one.processes, one.tenants, one.per_second, one.median_ms, one.num_waiting)
        table.add_row(one.part, *map(str, figures), ", ".join(f"{name} {num}" for name, num in one.waits.items()))
    if claims:
        console.print(table)


if __name__ == "__main__":
    typer.run(main)
