from datetime import timedelta

import pytest
from sqlalchemy import text

from summarizer.access import create_key
from summarizer.keys import Scope
from tests.api.conftest import Served
from tests.builders import a_body

OPEN = {"/livez", "/readyz", "/startupz", "/problems/{slug}", "/v1/webhooks/{platform}"}


def _routes(served: Served) -> list[tuple[str, str]]:
    paths = served.app.openapi()["paths"]
    return [(method.upper(), path) for path, item in paths.items() if path not in OPEN for method in item]


def test_every_route_with_data_needs_a_key(served: Served) -> None:
    assert len(_routes(served)) >= 6
    for method, path in _routes(served):
        address = path.replace("{conversation_id}", "conv_" + "0" * 32)
        answer = served.client.request(method, address, headers={"Authorization": ""})
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthorized"), path
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_every_bad_key_gets_one_and_the_same_answer(served: Served) -> None:
    good = served.key(Scope.READ)
    expired = create_key(served.database, "acme", name="old", scopes=[Scope.READ], expires_in=timedelta(-1)).text
    revoked = served.key(Scope.READ)
    with served.database.begin(served.tenant_id) as session:
        session.execute(text("UPDATE api_keys SET revoked_at = now() WHERE id = :id"), {"id": revoked.split("_")[2]})
    other = served.key(Scope.READ, tenant="other").split("_")
    foreign = "_".join([other[0], good.split("_")[1], *other[2:]])
    answers = set()
    for bad in ("x", good[:-1], good + "0", expired, revoked, foreign, "wk_é_x_y", good.replace("wk_", "sk_")):
        header = f"Bearer {bad}".encode()
        answer = served.client.get("/v1/summaries", headers={b"Authorization": header})
        body = answer.json()
        body.pop("instance")
        answers.add((answer.status_code, str(body)))
    assert len(answers) == 1
    assert served.client.get("/v1/summaries", headers={"Authorization": f"Bearer {good}"}).status_code == 200


def test_a_key_in_the_address_or_twice_is_no_key(served: Served) -> None:
    key = served.key(Scope.READ)
    assert served.client.get(f"/v1/summaries?key={key}", headers={"Authorization": ""}).status_code == 401
    del served.client.headers["Authorization"]
    twice = [("Authorization", f"Bearer {key}"), ("Authorization", f"Bearer {key}")]
    assert served.client.get("/v1/summaries", headers=twice).status_code == 401


def test_the_key_is_looked_at_before_the_body(served: Served) -> None:
    answer = served.client.post("/v1/conversations", content=b"x" * 5_000_000, headers={"Authorization": "Bearer x"})
    assert answer.status_code == 401


@pytest.mark.parametrize("scope", list(Scope))
def test_a_key_reaches_as_far_as_its_scope(served: Served, scope: Scope) -> None:
    headers = {"Authorization": f"Bearer {served.key(scope)}"}
    address = "/v1/conversations/conv_" + "0" * 32
    for needed, (method, path) in {
        Scope.INGEST: ("POST", "/v1/conversations"),
        Scope.READ: ("GET", "/v1/summaries"),
        Scope.EDIT: ("PUT", f"{address}/summary"),
    }.items():
        answer = served.client.request(method, path, headers=headers)
        assert (answer.status_code == 403) is (needed is not scope)
        if needed is not scope:
            assert answer.json()["type"] == "/problems/insufficient-scope"


def test_another_tenants_conversation_is_as_unknown_as_one_that_never_was(served: Served) -> None:
    made = served.client.post("/v1/conversations", json=a_body()).json()
    served.work()
    headers = {"Authorization": f"Bearer {served.key(*Scope, tenant='other')}", "If-Match": '"x"'}
    for method, suffix, body in [
        ("GET", "", None),
        ("GET", "/summary", None),
        ("PUT", "/summary", {"text": "mine"}),
        ("POST", "/summary/rating", {"verdict": "positive"}),
    ]:
        bodies = []
        for name in (made["id"], "conv_" + "0" * 32):
            answer = served.client.request(method, f"/v1/conversations/{name}{suffix}", headers=headers, json=body)
            assert answer.status_code == 404, (method, suffix)
            bodies.append({**answer.json(), "instance": None})
        assert bodies[0] == bodies[1]
    assert served.client.get("/v1/summaries", headers=headers).json()["data"] == []


def test_the_last_use_of_a_key_is_remembered(served: Served) -> None:
    served.client.get("/v1/summaries")
    with served.database.begin(served.tenant_id) as session:
        assert session.scalar(text("SELECT count(*) FROM api_keys WHERE last_used_at IS NOT NULL")) == 1
