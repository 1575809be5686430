"""A callback on its way, shown with times: `python -m tests.receiving`.

The whole service runs on this machine. Its endpoint fails in four ways before it takes the callback; the waits
between two attempts are shown as they were planned and then cut short in the database.
"""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError

from summarizer.access import create_key
from summarizer.deployment import Deployment, deployed
from summarizer.keys import Scope
from summarizer.settings import Settings
from summarizer.store.database import Database, app_engine
from tests.builders import a_body
from tests.receiver import DEAF, Received, Receiver, Reply, receiving

PATIENCE_SECONDS = 120.0
REPLIES = (
    Reply(500),
    Reply(DEAF),
    Reply(429, {"retry-after": "900"}),
    Reply(302, {"location": "http://127.0.0.1:1/inside"}),
    Reply(200),
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, as the receiver saw it and as the service keeps it."""

    seconds: float  #: since the conversation was sent
    received: Received
    is_verified: bool
    kept: dict[str, Any]
    wait_seconds: float | None  #: that was planned until the next one


def main() -> int:
    """Run it and print the table; 1 if the callback did not arrive."""
    os.environ["OUTBOUND_NETWORKS"] = "127.0.0.0/8"
    with tempfile.TemporaryDirectory(prefix="wrapup-receiving-") as directory, deployed(Path(directory)) as deployment:
        database = Database(app_engine(_settings(deployment)))
        attempts = _attempts(deployment, database)
        database.close()
    Console(width=150).print(_table(attempts))
    return 0 if attempts and attempts[-1].kept["state"] == "succeeded" else 1


def _attempts(deployment: Deployment, database: Database) -> list[Attempt]:
    key = create_key(database, f"receiving-{uuid4().hex[:8]}", name="receiving", scopes=list(Scope), expires_in=None)
    headers = {"Authorization": f"Bearer {key.text}"}
    attempts: list[Attempt] = []
    with (
        receiving(*REPLIES) as receiver,
        httpx.Client(base_url=deployment.url, headers=headers, timeout=30) as client,
    ):
        secret = client.post("/v1/endpoints", json={"url": receiver.url}).raise_for_status().json()["secret"]
        started = time.monotonic()
        client.post("/v1/conversations", json=a_body()).raise_for_status()
        for number in range(1, len(REPLIES) + 1):
            _wait_until(partial(_has_arrived, receiver, number))
            seconds = time.monotonic() - started
            _wait_until(partial(_is_over, client, number))
            kept = _kept(client)
            received = receiver.received[number - 1]
            attempts.append(Attempt(seconds, received, _is_verified(received, secret), kept, _wait(kept)))
            with database.begin(key.tenant_id) as session:
                session.execute(text("UPDATE jobs SET due_at = now() WHERE kind = 'deliver' AND state = 'queued'"))
    return attempts


def _has_arrived(receiver: Receiver, number: int) -> bool:
    return len(receiver.received) >= number


def _is_over(client: httpx.Client, number: int) -> bool:
    kept = _kept(client)
    return bool(kept["attempt"] == number and kept["state"] != "running")


def _kept(client: httpx.Client) -> dict[str, Any]:
    (kept,) = client.get("/v1/callbacks").raise_for_status().json()["data"]
    return dict(kept)


def _wait(kept: dict[str, Any]) -> float | None:
    moment = kept["next_attempt_at"]
    return None if moment is None else (datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds()


def _is_verified(received: Received, secret: str) -> bool:
    try:
        Webhook(secret).verify(received.raw, received.headers)
    except WebhookVerificationError:
        return False
    return True


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("it did not happen")
        time.sleep(0.02)


def _table(attempts: list[Attempt]) -> Table:
    table = Table(title="One callback, as its endpoint saw it")
    for heading in (
        "attempt",
        "after s",
        "webhook-id",
        "webhook-timestamp",
        "signature",
        "answer",
        "kept as",
        "next in",
    ):
        table.add_column(heading)
    for reply, one in zip(REPLIES, attempts, strict=False):
        kept, wait = one.kept, one.wait_seconds
        table.add_row(
            str(kept["attempt"]),
            f"{one.seconds:.1f}",
            one.received.headers["webhook-id"][:12] + "...",
            one.received.headers["webhook-timestamp"],
            "good" if one.is_verified else "BAD",
            "reset" if reply.status == DEAF else " ".join([str(reply.status), *reply.headers.values()]),
            f"{kept['state']} {kept['failure'] or ''}",
            "-" if wait is None else f"{wait:.0f} s",
        )
    return table


def _settings(deployment: Deployment) -> Settings:
    names = ("DATABASE_URL", "REDIS_URL", "MASTER_KEY")
    return Settings.model_validate({name.lower(): deployment.environment[name] for name in names})


if __name__ == "__main__":
    raise SystemExit(main())
