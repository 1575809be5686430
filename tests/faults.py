"""What a fault does to the service, in figures: `python -m tests.faults --calls 200`.

The first of many: the worker is killed with -9 in the middle of its work, and another takes over.
"""

import json
import signal
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import httpx
import typer
from sqlalchemy import text

from summarizer import formats
from summarizer.access import create_key
from summarizer.demo import samples
from summarizer.deployment import Deployment, deployed
from summarizer.formats import canonical
from summarizer.keys import Scope
from summarizer.settings import Settings
from summarizer.store.database import Database, app_engine

PATIENCE_SECONDS = 300.0
DOUBLED = """
    SELECT count(*) FROM
    (SELECT FROM summaries WHERE is_current GROUP BY conversation_id, revision HAVING count(*) > 1) AS doubled
"""


@dataclass(frozen=True, slots=True)
class Report:
    """Every conversation the service took, and what became of it."""

    fault: str
    accepted: int
    summarised: int
    failed_with_reason: int
    lost: int
    duplicate_rows: int
    executions: int
    running_when_killed: int
    drain_seconds: float  #: from the kill until nothing waits


def kill_worker(deployment: Deployment, database: Database, *, num_calls: int) -> Report:
    """Submit calls, kill the worker once it works, let the supervisor start another, wait until nothing waits."""
    tenant = f"faults-{uuid4().hex[:8]}"
    key = create_key(database, tenant, name="faults", scopes=list(Scope), expires_in=None)
    with httpx.Client(base_url=deployment.url, headers={"Authorization": f"Bearer {key.text}"}, timeout=30) as client:
        accepted = [_submit(client, index) for index in range(num_calls)]
        _wait_until(lambda: _states(database, key.tenant_id).get("running", 0) > 0)
        deployment.processes["worker"].send_signal(signal.SIGKILL)
        deployment.processes["worker"].wait()
        killed = time.monotonic()
        num_running = _states(database, key.tenant_id).get("running", 0)
        deployment.watch()
        _wait_until(lambda: not {"queued", "running"} & _states(database, key.tenant_id).keys())
        drained = time.monotonic() - killed
        answers = [client.get(f"/v1/conversations/{one}/summary") for one in accepted]
    with database.begin(key.tenant_id) as session:
        num_doubled = session.scalar(text(DOUBLED)) or 0
        num_executions = session.scalar(text("SELECT sum(attempt) FROM jobs")) or 0
    summarised = sum(answer.status_code == 200 for answer in answers)
    failed = sum(answer.status_code == 404 and "reason" in answer.json() for answer in answers)
    return Report(
        fault="F1 kill -9 of the worker",
        accepted=len(accepted),
        summarised=summarised,
        failed_with_reason=failed,
        lost=len(accepted) - summarised - failed,
        duplicate_rows=num_doubled,
        executions=int(num_executions),
        running_when_killed=num_running,
        drain_seconds=round(drained, 1),
    )


def main(calls: Annotated[int, typer.Option(min=1, help="How many conversations.")] = 200) -> None:
    """Run the fault on embedded servers with the shipped model and print one JSON line; 1 if anything was lost."""
    with deployed(Path(".wrapup-faults")) as deployment:
        database = Database(app_engine(_settings(deployment)))
        report = kill_worker(deployment, database, num_calls=calls)
        database.close()
    typer.echo(json.dumps(asdict(report)))
    raise typer.Exit(1 if report.lost or report.duplicate_rows else 0)


def _settings(deployment: Deployment) -> Settings:
    names = ("DATABASE_URL", "REDIS_URL", "MASTER_KEY")
    return Settings.model_validate({name.lower(): deployment.environment[name] for name in names})


def _submit(client: httpx.Client, index: int) -> str:
    """The sample calls in turn, each time as another conversation."""
    sample = samples()[index % len(samples())]
    conversation = replace(formats.read(sample.read_bytes()), external_id=f"call-{index}")
    answer = client.post(
        "/v1/conversations", content=canonical.write(conversation), headers={"Content-Type": "application/json"}
    )
    return str(answer.raise_for_status().json()["id"])


def _states(database: Database, tenant_id: UUID) -> dict[str, int]:
    with database.begin(tenant_id) as session:
        rows = session.execute(text("SELECT state, count(*) AS num FROM jobs GROUP BY state"))
        return {row.state: row.num for row in rows}


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.05)


if __name__ == "__main__":
    typer.run(main)
