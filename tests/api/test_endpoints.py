from sqlalchemy import text
from starlette.testclient import TestClient

from summarizer import outbound
from summarizer.courier import Courier
from summarizer.delivering import run
from summarizer.keys import Scope
from summarizer.kinds import Kind
from summarizer.settings import Settings
from tests.api.conftest import Served
from tests.builders import a_body
from tests.receiver import Reply, receiving
from tests.work import no_renewal

URL = "https://crm.example.com/hooks/wrapup"


def _made(client: TestClient, **changes: object) -> dict[str, object]:
    answer = client.post("/v1/endpoints", json={"url": URL, **changes})
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()
    return found


def _deliver(served: Served) -> None:
    """Tell everything the bell was rung for."""
    allowing = Settings(**{**served.settings.model_dump(), "outbound_networks": ["127.0.0.0/8"]}, _env_file=None)
    with outbound.client(allowing) as client:
        courier = Courier(served.database, served.bell, "courier", allowing, no_renewal, client)
        for tenant_id, job_id in served.bell.taken(Kind.DELIVER):
            run(courier, tenant_id, job_id)


def _at(served: Served, endpoint: dict[str, object], url: str) -> None:
    """Move an endpoint to this machine, where the app of these tests does not allow it."""
    with served.database.begin(served.tenant_id) as session:
        session.execute(text("UPDATE endpoints SET url = :url"), {"url": url})
    assert endpoint["id"]


def test_a_secret_is_shown_once_and_again_only_when_it_is_new(client: TestClient) -> None:
    made = _made(client, description="our CRM")
    address = f"/v1/endpoints/{made['id']}"
    assert str(made["secret"]).startswith("whsec_")
    assert made["former_secret_until"] is None
    for shown in (client.get(address).json(), client.get("/v1/endpoints").json()["data"][0]):
        assert "secret" not in shown
        assert (shown["url"], shown["description"], shown["shape"]) == (URL, "our CRM", "wrapup")
        assert shown["events"] == ["summary.completed", "summary.failed"]
    rotated = client.post(f"{address}/secret").json()
    assert rotated["secret"] != made["secret"]
    assert rotated["former_secret_until"] is not None
    assert client.delete(f"{address}/secret/former").status_code == 204


def test_an_endpoint_is_changed_switched_off_and_on_and_forgotten(client: TestClient) -> None:
    address = f"/v1/endpoints/{_made(client)['id']}"
    changed = client.patch(address, json={"events": ["summary.edited"], "enabled": False}).json()
    assert (changed["events"], changed["disabled_because"]) == (["summary.edited"], "requested")
    assert client.post(f"{address}/test").status_code == 409
    assert client.patch(address, json={"enabled": True}).json()["disabled_at"] is None
    assert client.patch(address, json={"description": "x"}).json()["url"] == URL
    assert client.patch(address, json={"url": None}).json()["errors"][0]["pointer"] == "/url"
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404
    assert client.delete(address).status_code == 404


def test_an_address_that_is_inside_is_refused_by_name(client: TestClient) -> None:
    address = f"/v1/endpoints/{_made(client)['id']}"
    for url in ("https://127.0.0.1", "https://0x7f000001", "http://example.com", "https://a:b@example.com", "nonsense"):
        for answer in (client.post("/v1/endpoints", json={"url": url}), client.patch(address, json={"url": url})):
            assert (answer.status_code, answer.json()["type"]) == (422, "/problems/url-not-allowed"), url
            assert url not in answer.text


def test_what_makes_no_sense_is_refused_with_its_place(client: TestClient) -> None:
    for wrong, pointer in [
        ({"events": []}, "/events"),
        ({"events": ["endpoint.test"]}, "/events/0"),
        ({"events": ["summary.failed", "summary.failed"]}, "/events"),
        ({"shape": "poem"}, "/shape"),
        ({"secret": "whsec_mine"}, "/secret"),
        ({"url": "x" * 3000}, "/url"),
    ]:
        answer = client.post("/v1/endpoints", json={"url": URL, **wrong})
        assert answer.status_code == 422, wrong
        assert answer.json()["errors"][0]["pointer"] == pointer


def test_a_tenant_has_at_most_twenty_endpoints(client: TestClient) -> None:
    for _ in range(20):
        _made(client)
    assert client.post("/v1/endpoints", json={"url": URL}).json()["type"] == "/problems/conflict"


def test_callbacks_are_listed_read_and_told_again(served: Served) -> None:
    client = served.client
    with receiving(Reply(200), Reply(500), Reply(200)) as receiver:
        made = _made(client)
        _at(served, made, receiver.url)
        accepted = client.post("/v1/conversations", json=a_body()).json()
        served.work()
        _deliver(served)
        tried = client.post(f"/v1/endpoints/{made['id']}/test")
        assert tried.status_code == 202
        _deliver(served)
        test, told = client.get("/v1/callbacks").json()["data"]
        assert (told["event"], told["state"], told["conversation_id"]) == (
            "summary.completed",
            "succeeded",
            accepted["id"],
        )
        assert (test["state"], test["failure"], test["status"], test["attempt"]) == ("queued", "status", 500, 1)
        assert test["next_attempt_at"] is not None
        address = f"/v1/callbacks/{test['id']}"
        assert client.get(address).json() == test
        assert client.post(f"{address}/replay").status_code == 202
        _deliver(served)
        assert client.get(address).json()["state"] == "succeeded"
        again = client.post(f"{address}/replay").json()
        assert (again["state"], again["attempt"], again["id"]) == ("queued", 0, test["id"])
        _deliver(served)
    ids = [one.headers["webhook-id"] for one in receiver.received]
    assert ids == [told["id"], test["id"], test["id"], test["id"]]


def test_callbacks_are_narrowed_and_paged(served: Served) -> None:
    client = served.client
    one, other = _made(client), _made(client)
    for _ in range(5):
        client.post(f"/v1/endpoints/{one['id']}/test")
    client.post(f"/v1/endpoints/{other['id']}/test")
    first = client.get("/v1/callbacks", params={"limit": 4}).json()
    rest = client.get("/v1/callbacks", params={"limit": 4, "cursor": first["next_cursor"]}).json()
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert len({found["id"] for found in first["data"] + rest["data"]}) == 6
    for narrowed, number in [
        ({"endpoint_id": one["id"]}, 5),
        ({"state": "failed"}, 0),
        ({"state": "queued", "event": "endpoint.test"}, 6),
        ({"event": "summary.completed"}, 0),
    ]:
        assert len(client.get("/v1/callbacks", params=narrowed).json()["data"]) == number
    assert client.get("/v1/callbacks", params={"cursor": "x"}).status_code == 400
    assert client.get("/v1/callbacks", params={"state": "lost"}).status_code == 422


def test_the_dead_letters_of_a_time_are_told_again(served: Served) -> None:
    client = served.client
    with receiving(Reply(410), Reply(200)) as receiver:
        made = _made(client)
        _at(served, made, receiver.url)
        client.post(f"/v1/endpoints/{made['id']}/test")
        _deliver(served)
        body = {"endpoint_id": made["id"], "since": "2020-01-01T00:00:00Z"}
        assert client.post("/v1/callbacks/replay", json=body).status_code == 409
        assert client.patch(f"/v1/endpoints/{made['id']}", json={"enabled": True}).json()["failing_since"] is None
        late = {**body, "since": "2099-01-01T00:00:00Z"}
        assert client.post("/v1/callbacks/replay", json=late).json() == {"num_replayed": 0}
        assert client.post("/v1/callbacks/replay", json=body).json() == {"num_replayed": 1}
        assert client.get("/v1/callbacks").json()["data"][0]["state"] == "queued"


def test_another_tenant_sees_no_endpoint_and_no_callback(served: Served) -> None:
    client = served.client
    made = _made(client)
    callback = client.post(f"/v1/endpoints/{made['id']}/test").json()
    headers = {"Authorization": f"Bearer {served.key(Scope.READ, Scope.CONFIGURE, tenant='other')}"}
    endpoint, told = f"/v1/endpoints/{made['id']}", f"/v1/callbacks/{callback['id']}"
    for method, path, body in [
        ("GET", endpoint, None),
        ("PATCH", endpoint, {"enabled": False}),
        ("DELETE", endpoint, None),
        ("POST", f"{endpoint}/secret", None),
        ("DELETE", f"{endpoint}/secret/former", None),
        ("POST", f"{endpoint}/test", None),
        ("GET", told, None),
        ("POST", f"{told}/replay", None),
        ("POST", "/v1/callbacks/replay", {"endpoint_id": made["id"]}),
    ]:
        assert client.request(method, path, json=body, headers=headers).status_code == 404, (method, path)
    assert client.get("/v1/endpoints", headers=headers).json() == {"data": []}
    assert client.get("/v1/callbacks", headers=headers).json()["data"] == []
    assert client.get(endpoint).json()["disabled_at"] is None


def test_a_key_that_may_only_read_sees_callbacks_and_no_endpoint(served: Served) -> None:
    headers = {"Authorization": f"Bearer {served.key(Scope.READ)}"}
    assert served.client.get("/v1/callbacks", headers=headers).status_code == 200
    assert served.client.get("/v1/endpoints", headers=headers).status_code == 403
    assert served.client.post("/v1/endpoints", json={"url": URL}, headers=headers).status_code == 403
    assert served.client.post("/v1/callbacks/replay", json={}, headers=headers).status_code == 403
