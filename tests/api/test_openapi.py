"""Schemathesis over the whole document: nothing breaks the service, and it answers as documented."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode, SerializationContext
from schemathesis.checks import CHECKS

from tests.api.conftest import Served
from tests.builders import a_body

EXAMPLES = 25
# Left out: what a schema cannot say (a turn names a listed participant, a session, another vendor's JSON).
EXCLUDED = ["positive_data_acceptance", "unsupported_method", "use_after_free", "ensure_resource_availability"]
# Whatever it is, as one line it is a batch of one that is refused by its line, and the schema can only say "text".
EXCLUDED_OF = {"POST /v1/batches": ["negative_data_rejection"]}


@schemathesis.serializer("application/x-ndjson")
def ndjson(_: SerializationContext, value: object) -> bytes:
    """Whatever is to be sent as lines, as it is."""
    return value.encode(errors="surrogatepass") if isinstance(value, str) else json.dumps(value, default=str).encode()


def _excluded(case: Case, url: str) -> list[Any]:
    """What was wrong about a parameter cannot be refused when it was not sent, as an empty list is not."""
    is_lost = bool(set(case.query or {}) - set(parse_qs(urlsplit(url).query, keep_blank_values=True)))
    names = EXCLUDED + EXCLUDED_OF.get(case.operation.label, []) + ["negative_data_rejection"] * is_lost
    return [check for name in names for check in CHECKS.get_by_names([name])]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_sent_is_answered_as_documented(served: Served, mode: GenerationMode) -> None:
    served.client.post("/v1/conversations", json=a_body())
    served.work()
    schema = schemathesis.openapi.from_asgi("/openapi.json", served.app)
    headers = {"Authorization": served.client.headers["Authorization"]}
    seen = []
    for found in schema.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def check(case: Case) -> None:
            response = case.call(headers=headers)
            case.validate_response(response, excluded_checks=_excluded(case, str(response.request.url)))

        try:
            check()
        except Unsatisfiable:  # a probe takes nothing that could be wrong
            continue
        seen.append(operation.label)
    assert len(seen) >= 7
