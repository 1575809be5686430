"""Whoever may erase can erase and give out what is kept of a person, and nobody else can."""

import pytest
from starlette.testclient import TestClient

from summarizer.keys import Scope
from tests.api.conftest import Served
from tests.builders import LOST_CARD, a_body

CUSTOMER = {"customer": "crm-48151"}


def sent(client: TestClient, **changes: object) -> str:
    answer = client.post("/v1/conversations", json=a_body(**{**CUSTOMER, **changes}))
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def test_a_customer_is_taken_and_not_given_back(client: TestClient) -> None:
    answer = client.get(f"/v1/conversations/{sent(client)}")
    assert answer.json()["conversation"]["external_id"] == "call-1"
    assert "crm-48151" not in answer.text


def test_every_way_to_what_was_erased_answers_410(served: Served) -> None:
    client = served.client
    erased = sent(client)
    served.work()
    report = client.delete(f"/v1/conversations/{erased}")
    assert (report.status_code, report.json()["conversations"], report.json()["models"]) == (200, [erased], [])
    assert "backups of the database" in report.json()["left_to_you"]
    edit = {"json": {"text": "The agent ordered a new card."}, "headers": {"If-Match": "*"}}
    answers = [
        client.get(f"/v1/conversations/{erased}"),
        client.get(f"/v1/conversations/{erased}/vcon"),
        client.get(f"/v1/conversations/{erased}/summary"),
        client.put(f"/v1/conversations/{erased}/summary", **edit),
        client.post(f"/v1/conversations/{erased}/summary/rating", json={"verdict": "positive"}),
        client.delete(f"/v1/conversations/{erased}"),
    ]
    assert [(one.status_code, one.json()["type"]) for one in answers] == [(410, "/problems/erased")] * len(answers)
    assert client.get("/v1/summaries").json()["data"] == []
    described = client.get("/problems/erased")
    assert described.status_code == 200


def test_what_was_erased_is_for_another_tenant_what_was_never_there(served: Served) -> None:
    erased = sent(served.client)
    served.client.delete(f"/v1/conversations/{erased}")
    other = {"Authorization": f"Bearer {served.key(*Scope, tenant='other')}"}
    for path in (erased, f"conv_{'0' * 32}"):
        assert served.client.get(f"/v1/conversations/{path}", headers=other).status_code == 404
        assert served.client.delete(f"/v1/conversations/{path}", headers=other).status_code == 404
    assert served.client.post("/v1/exports", json=CUSTOMER, headers=other).json()["conversations"] == []


def test_a_customers_conversations_are_erased_by_their_name(client: TestClient) -> None:
    one, two = sent(client), sent(client, external_id="call-2", turns=[{"participant": "agent", "text": "Hello?"}])
    kept = sent(client, external_id="call-3", customer="crm-2")
    report = client.post("/v1/erasures", json=CUSTOMER).json()
    assert set(report["conversations"]) == {one, two}
    assert client.post("/v1/erasures", json=CUSTOMER).json()["conversations"] == []
    assert client.get(f"/v1/conversations/{kept}").status_code == 200


def test_an_export_holds_everything_of_a_customer_and_nothing_of_another(served: Served) -> None:
    client = served.client
    mine = sent(client)
    served.work()
    edit = {"text": "The agent ordered a new card.", "author": "maria"}
    client.put(f"/v1/conversations/{mine}/summary", json=edit, headers={"If-Match": "*"})
    rating = {"verdict": "negative", "reason": "missing", "author": "maria"}
    client.post(f"/v1/conversations/{mine}/summary/rating", json=rating)
    more = [{"participant": role, "text": said} for role, said in (*LOST_CARD, ("agent", "Goodbye."))]
    sent(client, turns=more)
    sent(client, external_id="call-9", customer="crm-2")
    (found,) = client.post("/v1/exports", json=CUSTOMER).json()["conversations"]
    assert (found["id"], found["external_id"]) == (mine, "call-1")
    assert [len(one["conversation"]["turns"]) for one in found["revisions"]] == [4, 5]
    (summary,) = found["summaries"]
    assert summary["claims"]
    assert [one["verdict"] for one in summary["ratings"]] == ["negative"]
    assert [one["text"] for one in found["edits"]] == ["The agent ordered a new card."]
    actions = [one["action"] for one in found["audit"]]
    assert {"conversation.accept", "summary.edit", "summary.rate"} <= set(actions)


@pytest.mark.parametrize("scope", [one for one in Scope if one is not Scope.ERASE])
def test_no_other_scope_erases_or_gives_out(served: Served, scope: Scope) -> None:
    made = sent(served.client)
    headers = {"Authorization": f"Bearer {served.key(scope)}"}
    answers = [
        served.client.delete(f"/v1/conversations/{made}", headers=headers),
        served.client.post("/v1/erasures", json=CUSTOMER, headers=headers),
        served.client.post("/v1/exports", json=CUSTOMER, headers=headers),
    ]
    assert [one.status_code for one in answers] == [403, 403, 403]
    assert served.client.get(f"/v1/conversations/{made}").status_code == 200


@pytest.mark.parametrize("body", [{}, {"customer": ""}, {"customer": "a" * 256}, {"customer": 1}, {"customer": None}])
def test_a_customer_must_be_named(client: TestClient, body: dict[str, object]) -> None:
    for path in ("/v1/erasures", "/v1/exports"):
        assert client.post(path, json=body).status_code == 422
