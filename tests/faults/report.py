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


def show(reports: Iterable[Report], console: Console) -> None:
    """Print the table."""
    names = (
        "fault|accepted|summarised|failed|lost|doubled|runs|crossed|5xx|cut|drain s|recovery s|p99 ms|restarts|holds"
    )
    table = Table(*names.split("|"))
    for one in reports:
        counts = (one.accepted, one.summarised, one.failed, one.lost, one.duplicate_rows, one.executions)
        during = (one.cross_tenant, one.rejected_5xx, one.broken_connections, one.drain_s, one.recovery_s)
        holds = "yes" if one.is_good else ", ".join(one.broken) or "did not recover"
        cells = (*counts, *during, one.p99_ms_during, one.restarts)
        table.add_row(f"{one.fault} {one.title}", *map(str, cells), holds)
    console.print(table)
