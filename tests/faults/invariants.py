"""What must hold after every fault, asked of the database by its owner, who sees every tenant's rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text

from tests.faults.load import MARKS, Load, Promise

TABLES_WITH_TEXT = ("revisions", "summaries", "edits", "callbacks", "batches", "jobs")

OPEN = "SELECT count(*) FROM jobs WHERE tenant_id = ANY(:tenants) AND state IN ('queued', 'running')"
#: Each conversation, its current revision's newest job, and how many current summaries that revision has.
ENDS = """
    SELECT c.id, c.external_id, c.tenant_id, j.state, j.reason, r.transcript::text AS words,
           (SELECT count(*) FROM summaries s
            WHERE s.conversation_id = c.id AND s.revision = c.revision AND s.is_current) AS num_current
    FROM conversations c
    JOIN revisions r ON r.conversation_id = c.id AND r.revision = c.revision
    LEFT JOIN LATERAL (SELECT state, reason FROM jobs
                       WHERE conversation_id = c.id AND revision = c.revision
                       ORDER BY created_at DESC, id LIMIT 1) j ON true
    WHERE c.tenant_id = ANY(:tenants)
"""
DOUBLED = """
    SELECT count(*) FROM (SELECT FROM summaries WHERE tenant_id = ANY(:tenants) AND is_current
                          GROUP BY conversation_id, revision HAVING count(*) > 1) AS doubled
"""
EXECUTIONS = """
    SELECT coalesce(sum(attempt), 0) FROM jobs
    WHERE tenant_id = ANY(:tenants) AND kind IN ('summarize', 'backfill')
"""
UNCHAINED = """
    SELECT count(*) FROM (SELECT count(*) AS num, max(number) AS last FROM audit
                          WHERE tenant_id = ANY(:tenants) GROUP BY tenant_id) AS chains WHERE num <> last
"""
CALLBACKS = "SELECT id FROM callbacks WHERE tenant_id = ANY(:tenants) AND event = 'summary.completed'"
SUMMARIES = "SELECT count(*) FROM summaries WHERE tenant_id = :tenant"
UNHEARD = """
    SELECT count(*) FROM summaries s WHERE tenant_id = ANY(:tenants) AND is_current
    AND NOT EXISTS (SELECT FROM audit a WHERE a.tenant_id = s.tenant_id AND a.subject LIKE s.conversation_id || '%')
"""


@dataclass(frozen=True, slots=True)
class Findings:
    """What became of what was promised, and which invariants are broken."""

    accepted: int
    summarised: int
    failed: int
    lost: int
    duplicate_rows: int
    executions: int
    cross_tenant: int
    reasons: dict[str, int]
    broken: tuple[str, ...]


def num_open(owner: Engine, tenant_ids: Sequence[UUID]) -> int:
    """Jobs of these tenants that wait or run."""
    return int(_scalar(owner, OPEN, tenant_ids))


def examine(owner: Engine, load: Load) -> Findings:
    """All of it, once nothing waits any more."""
    promises = {one.conversation_id: one for one in load.record.promises}
    with owner.connect() as connection:
        ends = {row.id: row for row in connection.execute(text(ENDS), {"tenants": load.tenant_ids})}
    summarised = [one for one in promises if one in ends and ends[one].num_current == 1]
    failed = [one for one in promises if one in ends and ends[one].state == "failed" and ends[one].reason]
    lost = len(promises) - len(set(summarised) | set(failed))
    doubled = int(_scalar(owner, DOUBLED, load.tenant_ids)) + _doubled_calls(ends.values())
    crossed = _crossed(owner, load)
    broken = {
        "I1 none lost": lost == 0,
        "I2 one current summary, one conversation a call": doubled == 0 and not load.record.split,
        "I3 no cross-tenant": crossed == 0,
        "I4 newest wins": all(_is_newest(ends[one.conversation_id], one) for one in _disordered(ends, promises, load)),
        "I6 told at least once, by one id": not _untold(owner, load),
        "I8 audited in a chain": not _scalar(owner, UNCHAINED, load.tenant_ids)
        and not _scalar(owner, UNHEARD, load.tenant_ids),
        "D6 every refusal is a problem": not load.record.unclear,
        "every client was served": not load.record.given_up,
    }
    return Findings(
        accepted=len(promises),
        summarised=len(summarised),
        failed=len(failed),
        lost=lost,
        duplicate_rows=doubled,
        executions=int(_scalar(owner, EXECUTIONS, load.tenant_ids)),
        cross_tenant=crossed,
        reasons=dict(Counter(str(ends[one].reason) for one in failed)),
        broken=tuple(name for name, holds in broken.items() if not holds),
    )


def _untold(owner: Engine, load: Load) -> int:
    """Summaries of which the receiver was not told, or was told by another id than the one that is kept."""
    told = {one.headers["webhook-id"] for one in load.received}
    with owner.connect() as connection:
        kept = {f"msg_{one.hex}" for one in connection.scalars(text(CALLBACKS), {"tenants": load.tenant_ids})}
        num_summaries = connection.scalar(text(SUMMARIES), {"tenant": load.tenant_ids[0]}) or 0
    return len(kept ^ told) + max(num_summaries - len(kept), 0)


def _doubled_calls(ends: Any) -> int:
    seen = Counter((row.tenant_id, row.external_id) for row in ends)
    return sum(count - 1 for count in seen.values())


def _crossed(owner: Engine, load: Load) -> int:
    """Rows of one tenant that hold the other's mark."""
    found = 0
    with owner.connect() as connection:
        for mine, theirs in zip(load.tenant_ids, reversed(MARKS), strict=True):
            for table in TABLES_WITH_TEXT:
                counted = text(f"SELECT count(*) FROM {table} t WHERE tenant_id = :mine AND t::text LIKE :mark")
                found += connection.scalar(counted, {"mine": mine, "mark": f"%{theirs}%"}) or 0
    return found


def _disordered(ends: dict[UUID, Any], promises: dict[UUID, Promise], load: Load) -> list[Promise]:
    """Calls whose newer words were sent before the older ones."""
    newer = load.with_two_versions
    return [one for one in promises.values() if one.external_id in newer and one.conversation_id in ends]


def _is_newest(row: Any, _: Promise) -> bool:
    return "still broken" in str(row.words) or '"encrypted"' in str(row.words)


def _scalar(owner: Engine, statement: str, tenant_ids: Sequence[UUID]) -> Any:
    with owner.connect() as connection:
        return connection.scalar(text(statement), {"tenants": list(tenant_ids)})
