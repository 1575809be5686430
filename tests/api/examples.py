"""Walks through the API as a new user does, and keeps what was asked and answered: `pytest tests/api/examples.py`.

The OpenAPI document shows these examples (`api/examples.json`); a test walks again and compares their shape.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

from summarizer.access import Platform, create_source
from tests.api.conftest import Served
from tests.builders import a_body

FILE = Path(__file__).parents[2] / "api" / "examples.json"
CODES = [{"code": "lost-card", "label": "A card was lost"}, {"code": "address", "label": "Change of address"}]
TEMPLATE = {"queue": "cards", "template": {"language": "en", "concise_words": 40, "codes": CODES}}


class Walk:
    """Everything that was asked and answered, by method and path."""

    def __init__(self, served: Served) -> None:
        self.client = served.client
        self.kept: dict[str, dict[str, Any]] = {}

    def call(self, method: str, path: str, *, query: Any = None, **asked: Any) -> Any:
        """One request, with the ids in its path; its answer's body."""
        body = {name: asked.pop(name) for name in ("json", "headers") if name in asked}
        text = asked.pop("text", None)
        answer = self.client.request(method, path.format(**asked), params=query, content=text, **body)
        assert answer.is_success, (method, path, answer.text)
        example: dict[str, Any] = {"status": str(answer.status_code)}
        if "json" in body or text is not None:
            example["request_type"] = answer.request.headers["content-type"]
            example["request"] = body.get("json", text)
        if answer.content:
            example |= {"response_type": answer.headers["content-type"].split(";")[0], "response": answer.json()}
        self.kept[f"{method} {path}"] = example
        return example.get("response")


def walk(served: Served) -> dict[str, dict[str, Any]]:
    """The whole API once, in an order in which every request has what it needs."""
    walk = Walk(served)
    _summaries(walk, served)
    _batches(walk)
    _endpoints(walk)
    _webhook(walk, served)
    _privacy(walk)
    for path in ("/livez", "/readyz", "/startupz"):
        walk.call("GET", path)
    walk.call("GET", "/problems/{slug}", slug="no-summary")
    return walk.kept


def _summaries(walk: Walk, served: Served) -> None:
    walk.call("POST", "/v1/templates", json=TEMPLATE)
    made = walk.call("POST", "/v1/conversations", json=a_body(queue="cards"), headers={"Idempotency-Key": "call-1"})
    served.work()
    called = {"conversation_id": made["id"]}
    walk.call("GET", "/v1/conversations/{conversation_id}", **called)
    walk.call("GET", "/v1/conversations/{conversation_id}/vcon", **called)
    walk.call("GET", "/v1/conversations/{conversation_id}/summary", **called)
    walk.call("GET", "/v1/summaries", query={"queue": "cards"})
    walk.call("GET", "/v1/costs", query={"by": "day,queue,model"})
    walk.call("GET", "/v1/templates", query={"queue": "cards"})
    walk.call("POST", "/v1/templates/preview", json={**TEMPLATE, "limit": 1})
    walk.call("GET", "/v1/backends")
    walk.call("POST", "/v1/backends/choices", json={"queue": "billing", "backends": ["wrapup", "extractive"]})
    walk.call("GET", "/v1/backends/choices", query={"queue": "billing"})
    rating = {"verdict": "negative", "reason": "missing", "author": "maria"}
    walk.call("POST", "/v1/conversations/{conversation_id}/summary/rating", json=rating, **called)
    edit = {"text": "A new card was ordered; it arrives in five days.", "author": "maria", "outcome": "resolved"}
    walk.call("PUT", "/v1/conversations/{conversation_id}/summary", json=edit, headers={"If-Match": "*"}, **called)


def _batches(walk: Walk) -> None:
    lines = [a_body(external_id="call-8"), a_body(external_id="call-9", turns="none")]
    raw = "".join(json.dumps(one) + "\n" for one in lines)
    made = walk.call("POST", "/v1/batches", text=raw, headers={"Content-Type": "application/x-ndjson"})
    walk.call("GET", "/v1/batches/{batch_id}", batch_id=made["id"])
    walk.call("GET", "/v1/batches")


def _endpoints(walk: Walk) -> None:
    wanted = {"url": "https://crm.example.com/hooks/wrapup", "events": ["summary.completed"], "shape": "wrapup"}
    made = walk.call("POST", "/v1/endpoints", json=wanted)
    at = {"endpoint_id": made["id"]}
    walk.call("GET", "/v1/endpoints")
    walk.call("GET", "/v1/endpoints/{endpoint_id}", **at)
    walk.call("PATCH", "/v1/endpoints/{endpoint_id}", json={"description": "our CRM"}, **at)
    walk.call("POST", "/v1/endpoints/{endpoint_id}/secret", **at)
    walk.call("DELETE", "/v1/endpoints/{endpoint_id}/secret/former", **at)
    callback = walk.call("POST", "/v1/endpoints/{endpoint_id}/test", **at)
    told = {"callback_id": callback["id"]}
    walk.call("GET", "/v1/callbacks", query={"state": "queued"})
    walk.call("GET", "/v1/callbacks/{callback_id}", **told)
    walk.call("POST", "/v1/callbacks/{callback_id}/replay", **told)
    walk.call("POST", "/v1/callbacks/replay", json={"endpoint_id": made["id"], "since": "2026-11-01T00:00:00Z"})
    walk.call("DELETE", "/v1/endpoints/{endpoint_id}", **at)


def _privacy(walk: Walk) -> None:
    """What is erased at the end was there for the others."""
    body = {"customer": "crm-48151"}
    made = walk.client.post("/v1/conversations", json=a_body(external_id="call-20", **body)).json()
    walk.call("POST", "/v1/exports", json=body)
    walk.call("DELETE", "/v1/conversations/{conversation_id}", conversation_id=made["id"])
    walk.client.post("/v1/conversations", json=a_body(external_id="call-21", **body))
    walk.call("POST", "/v1/erasures", json=body)


def _webhook(walk: Walk, served: Served) -> None:
    address, secret = create_source(served.database, served.settings, "acme", platform=Platform.STANDARD, secret=None)
    event = {"type": "conversation.ended", "timestamp": "2026-03-03T15:04:05Z", "data": a_body(external_id="call-2")}
    raw, now = json.dumps(event), datetime.now(UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", now, raw),
    }
    answer = served.client.post(address, content=raw, headers={**headers, "Content-Type": "application/json"})
    walk.kept["POST /v1/webhooks/{platform}"] = {
        "status": str(answer.status_code),
        "request_type": "application/json",
        "request": event,
        "response_type": "application/json",
        "response": answer.json(),
    }


def test_write(served: Served) -> None:
    """Not collected by the suite, whose files begin with `test_`."""
    FILE.write_text(json.dumps(walk(served), indent=1, ensure_ascii=False) + "\n", "utf-8")
