"""One fault from beginning to end: load, cause, heal, wait, examine."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import text

from tests.faults.invariants import examine, num_open
from tests.faults.load import Load
from tests.faults.report import Report
from tests.faults.stage import Stage

DRAIN_SECONDS = 180.0

Cause = Callable[[Stage, Load], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that breaks, and at which point of the load."""

    id: str
    title: str
    cause: Cause
    at: float = 0.3  #: share of the calls that were sent before
    expected_failed: int = 0  #: calls that cannot be summarized
    needs_small_disk: bool = False


OPEN_IDS = "SELECT id FROM jobs WHERE tenant_id = ANY(:tenants) AND state IN ('queued', 'running')"
SINCE = "SELECT extract(epoch FROM max(finished_at) - :healed) FROM jobs WHERE id = ANY(:ids)"


def run(stage: Stage, fault: Fault, *, num_calls: int, seed: int = 1) -> Report:
    """What the fault did; the service is whole again afterwards, or the report says that it is not."""
    restarts = stage.num_restarts
    load = Load(stage, num_calls=num_calls, seed=seed).start()
    load.wait_for(fault.at)
    num_before = len(load.record.seconds)
    fault.cause(stage, load)
    during = load.record.seconds[num_before:]
    stage.heal()
    with stage.owner.connect() as connection:
        waiting = list(connection.scalars(text(OPEN_IDS), {"tenants": load.tenant_ids}))
        healed = connection.scalar(text("SELECT now()"))
    load.join()
    sent = time.monotonic()
    is_drained = stage.wait_until(lambda: not num_open(stage.owner, load.tenant_ids), seconds=DRAIN_SECONDS)
    drained = time.monotonic()
    found = examine(stage.owner, load)
    with stage.owner.connect() as connection:
        recovery = connection.scalar(text(SINCE), {"ids": waiting, "healed": healed}) if waiting else 0
    statuses = load.record.statuses
    return Report(
        fault=fault.id,
        title=fault.title,
        accepted=found.accepted,
        rejected_4xx=sum(num for status, num in statuses.items() if 400 <= status < 500),
        rejected_5xx=sum(num for status, num in statuses.items() if status >= 500),
        broken_connections=load.record.num_broken,
        summarised=found.summarised,
        failed=found.failed,
        lost=found.lost,
        duplicate_rows=found.duplicate_rows,
        callbacks=len(told := [one.headers["webhook-id"] for one in load.received]),
        callbacks_again=len(told) - len(set(told)),
        executions=found.executions,
        cross_tenant=found.cross_tenant,
        drain_s=round(drained - sent, 1),
        recovery_s=round(max(float(recovery or 0), 0.0), 1),
        p99_ms_during=round(_percentile(during or load.record.seconds, 0.99) * 1000, 1),
        restarts=stage.num_restarts - restarts,
        recovered_by_itself=is_drained,
        reasons=found.reasons,
        broken=found.broken + (() if found.failed == fault.expected_failed else ("as many failed as expected",)),
    )


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0
