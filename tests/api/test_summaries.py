import pytest
from starlette.testclient import TestClient

from summarizer.summary import NoSummary
from tests.api.conftest import Served
from tests.builders import a_body


@pytest.fixture
def address(served: Served) -> str:
    """Where the summary of a finished conversation is."""
    links = served.client.post("/v1/conversations", json=a_body(queue="cards")).json()["links"]
    served.work()
    return str(links["summary"])


def test_a_summary_comes_with_its_evidence_and_what_it_took(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    body = answer.json()
    assert body["kind"] == "generated"
    assert body["edit"] is None
    assert body["agents"] == ["agent"]
    assert body["completion_tokens"] > 0
    for claim in body["claims"]:
        for one in claim["evidence"]:
            text = a_body()["turns"][one["turn"]]["text"]
            assert text[one["start"] : one["end"]].strip()


def test_an_unchanged_summary_is_not_sent_again(client: TestClient, address: str) -> None:
    tag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"If-None-Match": f'"x", W/{tag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)


def test_a_summary_that_is_not_there_yet_says_when_to_ask_again(client: TestClient) -> None:
    links = client.post("/v1/conversations", json=a_body()).json()["links"]
    answer = client.get(links["summary"])
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_call_without_content_says_why_it_has_no_summary(served: Served) -> None:
    turns = [{"participant": "agent", "text": "Hello?"}, {"participant": "customer", "text": "Mm-hm."}]
    links = served.client.post("/v1/conversations", json=a_body(turns=turns)).json()["links"]
    served.work()
    answer = served.client.get(links["summary"])
    assert answer.status_code == 404
    assert (answer.json()["type"], answer.json()["reason"]) == ("/problems/no-summary", "nothing_said")


def test_the_reasons_are_a_closed_list_that_the_document_explains(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert set(schemas["NoSummary"]["enum"]) == set(NoSummary)
    for name in ("Problem", "JobView"):
        assert all(f"`{reason}`" in schemas[name]["properties"]["reason"]["description"] for reason in NoSummary)


def test_a_call_of_one_side_says_so_and_so_does_its_job(served: Served) -> None:
    turns = [{"participant": "agent", "text": "Thank you for calling Anchor Credit Union, the choice for captains."}]
    links = served.client.post("/v1/conversations", json=a_body(turns=turns)).json()["links"]
    served.work()
    assert served.client.get(links["summary"]).json()["reason"] == "one_party"
    assert served.client.get(links["conversation"]).json()["job"]["reason"] == "one_party"


def test_an_agents_edit_stands_beside_the_machines_text(client: TestClient, address: str) -> None:
    tag = client.get(address).headers["ETag"]
    edit = {"text": "Card lost, new one sent.", "author": "ann", "disposition": "lost-card", "outcome": "resolved"}
    answer = client.put(address, json=edit, headers={"If-Match": tag})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != tag
    body = client.get(address).json()
    assert body["edit"]["text"] == edit["text"]
    assert body["text"] != edit["text"]


def test_an_edit_of_an_old_version_is_refused(client: TestClient, address: str) -> None:
    tag = client.get(address).headers["ETag"]
    client.put(address, json={"text": "first"}, headers={"If-Match": tag})
    second = client.put(address, json={"text": "second"}, headers={"If-Match": tag})
    assert (second.status_code, second.json()["type"]) == (412, "/problems/edit-conflict")


def test_an_edit_must_say_what_it_edits(client: TestClient, address: str) -> None:
    answer = client.put(address, json={"text": "first"})
    assert (answer.status_code, answer.json()["type"]) == (428, "/problems/precondition-required")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/text"),
        ({"text": " "}, "/text"),
        ({"text": "x", "outcome": "great"}, "/outcome"),
        ({"text": "x", "tenant_id": "y"}, "/tenant_id"),
        ({"text": "x" * 20_001}, "/text"),
    ],
)
def test_a_bad_edit_is_refused_with_its_place(client: TestClient, address: str, body: object, pointer: str) -> None:
    answer = client.put(address, json=body, headers={"If-Match": client.get(address).headers["ETag"]})
    assert answer.status_code == 422
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]


def test_a_rating_is_kept(client: TestClient, address: str) -> None:
    answer = client.post(f"{address}/rating", json={"verdict": "negative", "reason": "wrong_fact"})
    assert answer.status_code == 201
    assert answer.json()["id"].startswith("rat_")
    assert client.post(f"{address}/rating", json={"verdict": "meh"}).status_code == 422


def test_summaries_are_listed_newest_first_and_each_once_while_more_come(served: Served) -> None:
    def post(index: int) -> None:
        served.client.post("/v1/conversations", json=a_body(external_id=f"call-{index}"))
        served.work()

    for index in range(7):
        post(index)
    seen: list[str] = []
    cursor: str | None = None
    for page in range(10):
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        body = served.client.get("/v1/summaries", params=params).json()
        seen += [one["external_id"] for one in body["data"]]
        cursor = body["next_cursor"]
        post(100 + page)
        if not body["has_more"]:
            break
    assert seen == [f"call-{index}" for index in reversed(range(7))]


def test_a_list_is_narrowed_by_what_one_asks_for(client: TestClient, address: str) -> None:
    assert address
    for params, num in [
        ({"queue": "cards"}, 1),
        ({"queue": "loans"}, 0),
        ({"agent": "agent"}, 1),
        ({"text": "terminal water"}, 1),
        ({"text": "pizza"}, 0),
        ({"outcome": "resolved"}, 0),
        ({"created_after": "2020-01-01T00:00:00Z", "created_before": "2100-01-01T00:00:00Z"}, 1),
        ({"created_before": "2020-01-01T00:00:00Z"}, 0),
    ]:
        assert len(client.get("/v1/summaries", params=params).json()["data"]) == num, params


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "abc"},
        {"limit": "1000000000"},
        {"sort": "x"},
        {"outcome": "x"},
        {"created_after": "2020"},
        {"text": "a\x00"},
    ],
)
def test_a_bad_question_is_refused(client: TestClient, params: dict[str, str]) -> None:
    answer = client.get("/v1/summaries", params=params)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/validation-failed")


def test_a_cursor_of_somebody_else_or_nobody_is_refused(served: Served) -> None:
    for index in range(2):
        served.client.post("/v1/conversations", json=a_body(external_id=f"call-{index}"))
    served.work()
    cursor = served.client.get("/v1/summaries", params={"limit": 1}).json()["next_cursor"]
    other = {"Authorization": f"Bearer {served.key('read', tenant='other')}"}  # type: ignore[arg-type]
    for params, headers in [
        ({"cursor": "x"}, {}),
        ({"cursor": "é"}, {}),
        ({"cursor": cursor[:-2] + "AA"}, {}),
        ({"cursor": cursor}, other),
    ]:
        answer = served.client.get("/v1/summaries", params=params, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-cursor")


def test_a_parameter_that_is_given_twice_is_refused_with_its_name(client: TestClient) -> None:
    answer = client.get("/v1/summaries", params=[("queue", "a"), ("queue", "b")])
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "query/queue"
