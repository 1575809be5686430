"""One line of JSON for each fault, and a table to look at."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

REPORTS = Path("reports")


@dataclass(frozen=True, slots=True)
class Report:
    """What one fault did to the service."""

    fault: str
    title: str
    accepted: int
    rejected_4xx: int
    rejected_5xx: int
    broken_connections: int
    summarised: int
    failed: int
    lost: int
    duplicate_rows: int
    callbacks: int
    callbacks_again: int  #: told more than once
    executions: int
    cross_tenant: int
    drain_s: float  #: from the end of the fault, or of the sending if that was later, until nothing waited
    recovery_s: float  #: from the end of the fault until the calls that waited in it were done
    p99_ms_during: float
    restarts: int  #: of processes that had died
    recovered_by_itself: bool
    reasons: dict[str, int] = field(default_factory=dict)
    broken: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether every invariant held."""
        return not self.broken and self.recovered_by_itself


def write(reports: Iterable[Report], path: Path) -> None:
    """Add the lines to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as lines:
        for one in reports:
            lines.write(json.dumps(asdict(one)) + "\n")


COLUMNS = {
    "accepted": "accepted",
    "summarised": "summarised",
    "failed": "failed",
    "lost": "lost",
    "duplicate_rows": "doubled",
    "callbacks": "told",
    "callbacks_again": "again",
    "executions": "runs",
    "cross_tenant": "crossed",
    "rejected_5xx": "5xx",
    "broken_connections": "cut",
    "drain_s": "drain s",
    "recovery_s": "recovery s",
    "p99_ms_during": "p99 ms",
    "restarts": "restarts",
}


def show(reports: Iterable[Report], console: Console) -> None:
    """Print the table."""
    table = Table("fault", *COLUMNS.values(), "holds")
    for one in reports:
        holds = "yes" if one.is_good else ", ".join(one.broken) or "did not recover"
        table.add_row(f"{one.fault} {one.title}", *(str(getattr(one, name)) for name in COLUMNS), holds)
    console.print(table)
