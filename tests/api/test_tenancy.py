"""A tenant with one of everything, and another who asks every route for it.

A new route fails here until it is said what scope it needs, and what is sent to it.
"""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from httpx import Response
from sqlalchemy import text

import api.routes
from summarizer.access import create_source
from summarizer.keys import Scope, source_token
from summarizer.platforms import Platform
from summarizer.store.tables import tenant_tables
from tests.api.conftest import Served
from tests.api.test_webhooks import Sender
from tests.builders import LOST_CARD, a_body

KINDS = {"conversation_id": "conv", "endpoint_id": "ep", "callback_id": "msg", "batch_id": "bat"}
WATERMARK = "aardvarkish"  #: stands in all that the first tenant sent
OPEN = {"/livez", "/readyz", "/startupz", "/problems/{slug}", "/v1/webhooks/{platform}"}
READ, INGEST, EDIT, CONFIGURE, ERASE = Scope.READ, Scope.INGEST, Scope.EDIT, Scope.CONFIGURE, Scope.ERASE
SCOPES = {
    "POST /v1/conversations": INGEST,
    "GET /v1/conversations/{conversation_id}": READ,
    "GET /v1/conversations/{conversation_id}/vcon": READ,
    "DELETE /v1/conversations/{conversation_id}": ERASE,
    "POST /v1/erasures": ERASE,
    "POST /v1/exports": ERASE,
    "GET /v1/conversations/{conversation_id}/summary": READ,
    "PUT /v1/conversations/{conversation_id}/summary": EDIT,
    "POST /v1/conversations/{conversation_id}/summary/rating": EDIT,
    "GET /v1/summaries": READ,
    "GET /v1/costs": READ,
    "POST /v1/batches": INGEST,
    "GET /v1/batches": READ,
    "GET /v1/batches/{batch_id}": READ,
    "GET /v1/templates": READ,
    "POST /v1/templates": CONFIGURE,
    "POST /v1/templates/preview": CONFIGURE,
    "GET /v1/backends": READ,
    "GET /v1/backends/choices": READ,
    "POST /v1/backends/choices": CONFIGURE,
    "POST /v1/endpoints": CONFIGURE,
    "GET /v1/endpoints": CONFIGURE,
    "GET /v1/endpoints/{endpoint_id}": CONFIGURE,
    "PATCH /v1/endpoints/{endpoint_id}": CONFIGURE,
    "DELETE /v1/endpoints/{endpoint_id}": CONFIGURE,
    "POST /v1/endpoints/{endpoint_id}/secret": CONFIGURE,
    "DELETE /v1/endpoints/{endpoint_id}/secret/former": CONFIGURE,
    "POST /v1/endpoints/{endpoint_id}/test": CONFIGURE,
    "GET /v1/callbacks": READ,
    "GET /v1/callbacks/{callback_id}": READ,
    "POST /v1/callbacks/{callback_id}/replay": CONFIGURE,
    "POST /v1/callbacks/replay": CONFIGURE,
}
# What a route with an id needs to get as far as looking for it.
ASKED: dict[str, dict[str, Any]] = {
    "PUT /v1/conversations/{conversation_id}/summary": {"json": {"text": "mine"}, "headers": {"If-Match": "*"}},
    "POST /v1/conversations/{conversation_id}/summary/rating": {"json": {"verdict": "positive"}},
    "PATCH /v1/endpoints/{endpoint_id}": {"json": {"description": "mine"}},
}
# Ids that stand elsewhere than in a path.
ELSEWHERE: list[tuple[str, dict[str, Any]]] = [
    ("GET /v1/callbacks", {"params": {"endpoint_id": "{endpoint_id}"}}),
    ("POST /v1/callbacks/replay", {"json": {"endpoint_id": "{endpoint_id}", "only_failed": False}}),
]
# What is the installation's and the same for everybody.
OF_ALL = {"GET /v1/backends"}
# Lists, and what narrows them to what the first tenant has.
LISTS: dict[str, list[dict[str, str]]] = {
    "GET /v1/summaries": [{}, {"queue": WATERMARK}, {"text": WATERMARK}, {"agent": "agent"}],
    "GET /v1/batches": [{}],
    "GET /v1/costs": [{"by": "queue"}],
    "GET /v1/templates": [{}, {"queue": WATERMARK}],
    "GET /v1/backends/choices": [{"queue": WATERMARK}],
    "GET /v1/endpoints": [{}],
    "GET /v1/callbacks": [{}],
}


@dataclass(frozen=True)
class Neighbours:
    """The service, a tenant with one of everything, and the key of another."""

    served: Served
    ids: dict[str, str]  #: of the first tenant, by their names in paths
    other: str

    def ask(self, called: str, *, key: str | None = None, ids: dict[str, str] | None = None, **asked: Any) -> Response:
        """A route, by itself as the other tenant about the first one's."""
        method, path = called.split()
        headers = {"Authorization": f"Bearer {key or self.other}", **asked.pop("headers", {})}
        address = path.format(**(self.ids if ids is None else ids))
        return self.served.client.request(method, address, headers=headers, **asked)  # type: ignore[return-value]

    def owner(self, called: str, **asked: Any) -> Response:
        """A route as the first tenant asks it."""
        return self.ask(called, key=self.served.client.headers["Authorization"].removeprefix("Bearer "), **asked)


@pytest.fixture
def neighbours(served: Served) -> Neighbours:
    ids = _one_of_everything(served)
    other = served.key(*Scope, tenant="other")
    served.client.post("/v1/conversations", json=a_body(), headers={"Authorization": f"Bearer {other}"})
    served.work()
    return Neighbours(served, ids, other)


def _one_of_everything(served: Served) -> dict[str, str]:
    client = served.client
    for queue in (None, WATERMARK):
        client.post("/v1/templates", json={"queue": queue, "template": {"codes": [_code()]}}).raise_for_status()
        client.post("/v1/backends/choices", json={"queue": queue, "backends": ["wrapup"]}).raise_for_status()
    wanted = {"url": "https://crm.example.com", "description": WATERMARK, "events": ["summary.completed"]}
    endpoint_id = client.post("/v1/endpoints", json=wanted).raise_for_status().json()["id"]
    callback_id = client.post(f"/v1/endpoints/{endpoint_id}/test").raise_for_status().json()["id"]
    said = [*LOST_CARD, ("customer", f"The {WATERMARK} card fell into the water at the terminal.")]
    turns = [{"participant": role, "text": words} for role, words in said]
    for number in range(2):
        call = a_body(external_id=f"{WATERMARK}-{number}", queue=WATERMARK, turns=turns)
        conversation_id = client.post("/v1/conversations", json=call).raise_for_status().json()["id"]
        lines = json.dumps({**call, "external_id": f"{WATERMARK}-past-{number}"})
        headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": f"{WATERMARK}-{number}"}
        batch_id = client.post("/v1/batches", content=lines, headers=headers).raise_for_status().json()["id"]
    for leg in ("1", "2"):
        client.post("/v1/conversations", json={**call, "external_id": "legs", "leg": leg}).raise_for_status()
    Sender(served).send(json.dumps({"type": "conversation.ended", "data": a_body(external_id="sent")}).encode())
    served.work()
    address = f"/v1/conversations/{conversation_id}/summary"
    edited = {"text": f"A better {WATERMARK} summary.", "outcome": "resolved"}
    client.put(address, json=edited, headers={"If-Match": "*"}).raise_for_status()
    client.post(f"{address}/rating", json={"verdict": "negative", "reason": "missing"}).raise_for_status()
    return {
        "conversation_id": conversation_id,
        "endpoint_id": endpoint_id,
        "callback_id": callback_id,
        "batch_id": batch_id,
    }


def _code() -> dict[str, str]:
    return {"code": WATERMARK, "label": "A card was lost"}


def _routes(served: Served) -> list[str]:
    """Every route that needs a key, as `GET /v1/...`."""
    paths = served.app.openapi()["paths"]
    return [f"{method.upper()} {path}" for path, item in paths.items() if path not in OPEN for method in item]


def _unknown(ids: dict[str, str]) -> dict[str, str]:
    """Ids of the same kinds that nobody has."""
    return {name: f"{one.partition('_')[0]}_{uuid4().hex}" for name, one in ids.items()}


def _said(answer: Response) -> tuple[int, dict[str, str], Any]:
    """All of an answer that may not differ: not the request's own id."""
    headers = {name: value for name, value in answer.headers.items() if name != "request-id"}
    body = answer.json() if answer.content else None
    return answer.status_code, headers, {**body, "instance": None} if isinstance(body, dict) else body


def _filled(asked: Any, ids: dict[str, str]) -> Any:
    if isinstance(asked, dict):
        return {name: _filled(one, ids) for name, one in asked.items()}
    return asked.format(**ids) if isinstance(asked, str) else asked


def _rows(served: Served) -> dict[str, str]:
    """A fingerprint of each table as the first tenant sees it; when a key was last used is nobody's secret."""
    with served.database.begin(served.tenant_id) as session:
        digest = "SELECT md5(coalesce(string_agg(to_jsonb(one)::text, ',' ORDER BY one::text), '')) FROM {} AS one"
        return {
            table: session.scalar(text(digest.format(table))) or "" for table in tenant_tables() if table != "api_keys"
        }


def test_every_route_of_the_code_is_in_the_document_and_has_a_scope(served: Served) -> None:
    modules = [importlib.import_module(f"api.routes.{one.name}") for one in pkgutil.iter_modules(api.routes.__path__)]
    routes = [route for module in modules for route in module.router.routes if isinstance(route, APIRoute)]
    coded = {f"{method} {route.path}" for route in routes if route.path not in OPEN for method in route.methods}
    assert coded == set(_routes(served)) == set(SCOPES)


def test_another_tenants_things_are_as_unknown_as_what_never_was(neighbours: Neighbours) -> None:
    walked = [called for called in _routes(neighbours.served) if "{" in called]
    assert len(walked) >= 13
    before = _rows(neighbours.served)
    for called in walked:
        asked = ASKED.get(called, {})
        theirs = _said(neighbours.ask(called, **asked))
        assert theirs == _said(neighbours.ask(called, ids=_unknown(neighbours.ids), **asked)), called
        assert theirs[0] == 404, (called, theirs)
    for called, asked in ELSEWHERE:
        theirs = _said(neighbours.ask(called, **_filled(asked, neighbours.ids)))
        unknown = _filled(asked, _unknown(neighbours.ids))
        assert theirs == _said(neighbours.ask(called, **unknown)), called
        assert theirs[0] == 404 or theirs[2]["data"] == [], (called, theirs)
    assert _rows(neighbours.served) == before


def test_the_owner_finds_all_of_it(neighbours: Neighbours) -> None:
    for called in _routes(neighbours.served):
        if "{" in called and called.startswith("GET"):
            assert neighbours.owner(called).status_code == 200, called
    for called, asked in ELSEWHERE:
        assert neighbours.owner(called, **_filled(asked, neighbours.ids)).is_success, called


def test_lists_hold_nothing_of_another_tenant(neighbours: Neighbours) -> None:
    lists = {one for one in _routes(neighbours.served) if one.startswith("GET") and "{" not in one}
    assert lists == {*LISTS, *OF_ALL}
    marks = [WATERMARK, *neighbours.ids.values()]
    for called, narrowed in LISTS.items():
        for query in narrowed:
            owned, seen = (ask(called, params=query) for ask in (neighbours.owner, neighbours.ask))
            assert any(mark in owned.text for mark in marks), (called, query)
            assert seen.status_code == 200, (called, query)
            assert not any(mark in seen.text for mark in marks), (called, query)
    body = {"template": {"codes": [{"code": "x", "label": "A card was lost"}]}, "limit": 5}
    assert WATERMARK not in neighbours.ask("POST /v1/templates/preview", json={**body, "queue": WATERMARK}).text
    assert WATERMARK in neighbours.owner("POST /v1/templates/preview", json={**body, "queue": WATERMARK}).text


def test_a_cursor_is_good_for_its_own_tenant_only(neighbours: Neighbours) -> None:
    walked = list(_with_cursors(neighbours.served))
    assert len(walked) >= 3
    for called in walked:
        page = neighbours.owner(called, params={"limit": 1}).json()
        assert page["has_more"], called
        query = {"cursor": page["next_cursor"]}
        assert neighbours.owner(called, params=query).status_code == 200
        refused = _said(neighbours.ask(called, params=query))
        assert refused == _said(neighbours.ask(called, params={"cursor": "AAAA"}))
        assert (refused[0], refused[2]["type"]) == (400, "/problems/invalid-cursor"), called


def _with_cursors(served: Served) -> Iterator[str]:
    for path, item in served.app.openapi()["paths"].items():
        for method, operation in item.items():
            if any(one["name"] == "cursor" for one in operation.get("parameters", [])):
                yield f"{method.upper()} {path}"


def test_the_same_names_and_keys_of_two_tenants_are_two_things(neighbours: Neighbours) -> None:
    client, headers = neighbours.served.client, {"Idempotency-Key": "once"}
    mine = client.post("/v1/conversations", json=a_body(), headers=headers).json()
    theirs = neighbours.ask("POST /v1/conversations", json=a_body(), headers=headers)
    assert theirs.json()["id"] != mine["id"]
    assert "Idempotency-Replayed" not in theirs.headers


def test_another_tenants_source_answers_as_one_that_never_was(served: Served) -> None:
    ours = Sender(served)
    theirs, _ = create_source(served.database, served.settings, "other", platform=Platform.STANDARD, secret=None)
    raw = json.dumps({"type": "conversation.ended", "data": a_body()}).encode()
    never = f"/v1/webhooks/standard?source={source_token(served.tenant_id, uuid4())}"
    answers = [ours.send(raw, address=address) for address in (theirs, never)]
    foreign, unknown = ((status, {**body, "instance": None}) for status, body in answers)
    assert foreign == unknown
    assert foreign[0] == 401


def test_a_key_reaches_as_far_as_its_scope(served: Served) -> None:
    ids = {name: f"{kind}_{'0' * 32}" for name, kind in KINDS.items()}
    neighbours = Neighbours(served, ids, "")
    for scope in Scope:
        with_it = served.key(scope)
        without = served.key(*(one for one in Scope if one is not scope))
        for called in (called for called, needed in SCOPES.items() if needed is scope):
            refused = neighbours.ask(called, key=without)
            assert (refused.status_code, refused.json()["type"]) == (403, "/problems/insufficient-scope"), called
            assert neighbours.ask(called, key=with_it).status_code != 403, called
