from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any
from uuid import UUID

import anyio
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from starlette.testclient import TestClient

from api.app import build
from api.dependencies import Parts
from summarizer.access import create_key, revoke_key, rotate_key
from summarizer.keys import Key, Scope, new_key, source_token
from summarizer.store.database import Database, app_engine
from tests.api.conftest import Served

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
    foreign = Key(served.tenant_id, UUID(hex=other[2]), other[3]).text
    guessed = Key(served.tenant_id, UUID(hex=good.split("_")[2]), "0" * 64).text
    answers = set()
    for bad in ("x", good[:-1], good + "0", expired, revoked, foreign, guessed, "wk_é_x_y", good.replace("wk_", "sk_")):
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


def test_a_mistyped_or_invented_key_does_not_reach_the_database(served: Served) -> None:
    key = served.key(Scope.READ)
    invented = new_key(served.tenant_id).text
    away = served.settings.model_copy(update={"database_url": SecretStr("postgresql://a:b@127.0.0.1:1/none")})
    database = Database(app_engine(away))
    with closing(database), TestClient(build(Parts(away, database, served.bell))) as client:
        for mistyped in (key[:-1] + ("0" if key[-1] != "0" else "1"), invented.replace(invented[60:63], "abc", 1)):
            assert client.get("/v1/summaries", headers={"Authorization": f"Bearer {mistyped}"}).status_code == 401
        assert client.get("/v1/summaries", headers={"Authorization": f"Bearer {invented}"}).status_code == 503


def test_a_rotated_key_lives_for_the_overlap_and_a_revoked_one_not_a_moment(served: Served) -> None:
    def is_good(key: str) -> bool:
        return served.client.get("/v1/summaries", headers={"Authorization": f"Bearer {key}"}).status_code == 200

    first = served.key(Scope.READ)
    second = rotate_key(served.database, first, overlap=timedelta(days=1)).text
    assert [is_good(one) for one in (first, second)] == [True, True]
    third = rotate_key(served.database, second, overlap=timedelta(0)).text
    assert [is_good(one) for one in (first, second, third)] == [True, False, True]
    revoke_key(served.database, third)
    assert not is_good(third)


class Stalled:
    """A body that has no end, or of which nothing comes; reading it fails the test."""

    is_read = False

    async def receive(self) -> dict[str, Any]:
        self.is_read = True
        raise AssertionError("the body was read")


def _with_bodies(served: Served) -> Iterator[tuple[str, str]]:
    for path, item in served.app.openapi()["paths"].items():
        yield from ((method.upper(), path) for method, operation in item.items() if "requestBody" in operation)


@pytest.mark.parametrize("length", [None, b"1000000000000", b"10"])
def test_no_body_is_read_for_a_key_that_is_none(served: Served, length: bytes | None) -> None:
    wrong = [b"", b"Bearer x", f"Bearer {new_key(served.tenant_id).text}".encode()]
    routes = [(method, path) for method, path in _with_bodies(served) if path not in OPEN]
    assert len(routes) >= 9
    for method, path in routes:
        for key in wrong:
            body = Stalled()
            headers = [(b"authorization", key), (b"content-type", b"application/json")]
            headers += [] if length is None else [(b"content-length", length)]
            assert (_status(served, method, path, headers, body), body.is_read) == (401, False), path


def test_no_body_is_read_for_a_key_that_may_not(served: Served) -> None:
    key = served.key(Scope.READ)
    for method, path in _with_bodies(served):
        if path not in OPEN:
            body = Stalled()
            headers = [(b"authorization", f"Bearer {key}".encode())]
            assert (_status(served, method, path, headers, body), body.is_read) == (403, False), path


def test_no_body_is_read_of_a_sender_whom_nobody_knows(served: Served) -> None:
    for path, status in (("/v1/webhooks/zoom", 401), ("/v1/webhooks/nobody", 404)):
        body = Stalled()
        query = f"source={source_token(served.tenant_id, served.tenant_id)}".encode()
        assert (_status(served, "POST", path, [], body, query=query), body.is_read) == (status, False)


def _status(
    served: Served, method: str, path: str, headers: list[tuple[bytes, bytes]], body: Stalled, *, query: bytes = b""
) -> int:
    """The answer to one request as a server hands it to the app: the head is there, the body may come."""
    sent: list[int] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }

    async def send(message: Any) -> None:
        sent.append(message.get("status"))

    async def call() -> None:
        await served.app(scope, body.receive, send)

    anyio.run(call)
    return sent[0]


def test_the_last_use_of_a_key_is_remembered(served: Served) -> None:
    served.client.get("/v1/summaries")
    with served.database.begin(served.tenant_id) as session:
        assert session.scalar(text("SELECT count(*) FROM api_keys WHERE last_used_at IS NOT NULL")) == 1
