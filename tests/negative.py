"""Schemathesis over the whole OpenAPI document: `python -m tests.negative --minutes 5 --seed 1`.

Nothing that a schema allows or forbids may break the service, and it answers as documented. In the negative mode every
request contradicts its schema somewhere, and must be refused.
"""

import json
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode, SerializationContext
from schemathesis.checks import CHECKS

from tests.bad_inputs import a_server

# Left out: what a schema cannot say (a turn names a listed participant, a session, another vendor's JSON).
EXCLUDED = ["positive_data_acceptance", "unsupported_method", "use_after_free", "ensure_resource_availability"]
# Whatever it is, as one line it is a batch of one that is refused by its line, and the schema can only say "text".
EXCLUDED_OF = {"POST /v1/batches": ["negative_data_rejection"]}
PHASES = (Phase.explicit, Phase.generate)  # a shorter example of a failure is worth less than the time


@schemathesis.serializer("application/x-ndjson")
def ndjson(_: SerializationContext, value: object) -> bytes:
    """Whatever is to be sent as lines, as it is."""
    return value.encode(errors="surrogatepass") if isinstance(value, str) else json.dumps(value, default=str).encode()


@dataclass(slots=True)
class Seen:
    """What was asked and what came of it."""

    operations: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)  #: the first one of an operation


def sweep(
    schema: Any, headers: Mapping[str, str], *, mode: GenerationMode, num_examples: int, chance: int, seen: Seen
) -> None:
    """So many requests to every operation; what fails is noted."""
    for found in schema.get_all_operations():
        operation = found.ok()
        try:
            _ask(operation, headers, mode=mode, num_examples=num_examples, chance=chance, seen=seen)
        except Unsatisfiable:  # a probe takes nothing that could be wrong
            continue
        except Exception as error:
            seen.failures.setdefault(operation.label, str(error))
        seen.operations.add(operation.label)


def _ask(
    operation: Any, headers: Mapping[str, str], *, mode: GenerationMode, num_examples: int, chance: int, seen: Seen
) -> None:
    @seed(chance)
    @settings(
        max_examples=num_examples,
        deadline=None,
        database=None,
        phases=PHASES,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Case) -> None:
        response = case.call(headers=dict(headers))
        seen.statuses[response.status_code] += 1
        case.validate_response(response, excluded_checks=_excluded(case, str(response.request.url)))

    check()


def _excluded(case: Case, url: str) -> list[Any]:
    """What was wrong about a parameter cannot be refused when it was not sent, as an empty list is not."""
    is_lost = bool(set(case.query or {}) - set(parse_qs(urlsplit(url).query, keep_blank_values=True)))
    names = EXCLUDED + EXCLUDED_OF.get(case.operation.label, []) + ["negative_data_rejection"] * is_lost
    return [check for name in names for check in CHECKS.get_by_names([name])]


def main() -> int:
    """One sweep after the other, mostly negative, until the time is over; the exit status."""
    wanted = ArgumentParser(prog="python -m tests.negative", description="Requests that contradict the document")
    wanted.add_argument("--minutes", type=float, default=1)
    wanted.add_argument("--seed", type=int, default=1)
    given = wanted.parse_args()
    seen, chance = Seen(), given.seed
    with tempfile.TemporaryDirectory() as name, a_server(Path(name)) as world:
        schema = schemathesis.openapi.from_url(f"{world.address.url}/openapi.json")
        headers = {"Authorization": f"Bearer {world.key}"}
        ends = time.monotonic() + given.minutes * 60
        while time.monotonic() < ends:
            mode = GenerationMode.POSITIVE if chance % 4 == 0 else GenerationMode.NEGATIVE
            sweep(schema, headers, mode=mode, num_examples=20, chance=chance, seen=seen)
            chance += 1
    by_status = ", ".join(f"{status}: {num}" for status, num in sorted(seen.statuses.items()))
    for label, failure in seen.failures.items():
        print(f"{label}: {failure}")
    print(f"seeds {given.seed} to {chance - 1}: {seen.statuses.total()} requests to {len(seen.operations)} operations")
    print(f"{by_status}; failures: {len(seen.failures)}")
    return 1 if seen.failures else 0


if __name__ == "__main__":
    sys.exit(main())
