import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.schemas import Problem
from summarizer.redaction.sealed import new_private_key, opened, public_key, public_key_of
from summarizer.store import tenants
from tests.api.conftest import Served
from tests.builders import a_body
from tests.work import count


def test_a_conversation_is_accepted_with_links_and_stored_with_its_job(served: Served) -> None:
    answer = served.client.post("/v1/conversations", json=a_body())
    assert answer.status_code == 202
    body = answer.json()
    assert body["id"].startswith("conv_")
    assert answer.headers["Location"] == body["links"]["summary"] == f"/v1/conversations/{body['id']}/summary"
    assert len(served.bell.rung) == count(served.database, served.tenant_id, "jobs") == 1


def test_what_was_stored_can_be_read_back(client: TestClient) -> None:
    made = client.post("/v1/conversations", json=a_body(queue="cards", started_at="2026-01-02T03:04:05Z")).json()
    stored = client.get(made["links"]["conversation"]).json()
    assert stored["external_id"] == "call-1"
    assert stored["job"] == {"id": made["job"], "state": "queued", "attempt": 0, "reason": None}
    assert [turn["text"] for turn in stored["conversation"]["turns"]] == [turn["text"] for turn in a_body()["turns"]]
    assert (stored["conversation"]["queue"], stored["revision"]) == ("cards", 1)
    assert stored["sealed"] is None


def test_what_was_masked_is_given_sealed_to_a_tenant_with_a_key(served: Served) -> None:
    private_key = new_private_key()
    body = a_body(turns=[{"participant": "customer", "text": "My name is Ann Lee, card 4111 1111 1111 1111."}])
    with served.database.begin(None) as session:
        tenants.set_seal_key(session, served.tenant_id, public_key(public_key_of(private_key)))
    made = served.client.post("/v1/conversations", json=body).json()
    view = served.client.get(made["links"]["conversation"]).json()
    assert view["conversation"]["turns"][0]["text"] == "My name is [NAME], card [CARD]."
    assert opened(view, private_key).turns[0].text == "My name is Ann Lee, card [CARD]."


def test_a_repeated_idempotency_key_is_answered_as_the_first_and_says_so(client: TestClient) -> None:
    first, second = (
        client.post("/v1/conversations", json=a_body(external_id=None), headers={"Idempotency-Key": "k"})
        for _ in range(2)
    )
    assert first.json() == second.json()
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"


def test_webvtt_and_vcon_come_in_as_they_are(client: TestClient) -> None:
    vtt = b"WEBVTT\n\n00:00.000 --> 00:02.000\n<v Agent>Hello?\n\n00:02.000 --> 00:04.000\n<v Customer>My card.\n"
    made = client.post(
        "/v1/conversations", content=vtt, headers={"Content-Type": "text/vtt"}, params={"external_id": "v-1"}
    ).json()
    stored = client.get(made["links"]["conversation"]).json()
    assert stored["external_id"] == "v-1"
    assert [turn["start_ms"] for turn in stored["conversation"]["turns"]] == [0, 2000]


BAD: list[tuple[str, bytes, int, str, str | None]] = [
    ("empty", b"", 400, "invalid-json", None),
    ("truncated", b'{"turns": [', 400, "invalid-json", None),
    ("two values", b"{} {}", 400, "invalid-json", None),
    ("comment", b"{/* */}", 400, "invalid-json", None),
    ("NaN", b'{"turns": NaN}', 400, "invalid-json", None),
    ("not UTF-8", b'{"a": "\xff"}', 400, "invalid-encoding", None),
    ("UTF-16", json.dumps(a_body()).encode("utf-16"), 400, "invalid-encoding", None),
    ("deep", b"[" * 100_000, 422, "json-too-deep", None),
    ("duplicate key", b'{"turns": [], "turns": []}', 422, "duplicate-key", ""),
    ("array", b"[]", 422, "validation-failed", ""),
    ("null", b"null", 422, "validation-failed", ""),
    ("huge number", b'{"turns": [{"start_ms": 1e999}]}', 422, "validation-failed", "/turns/0/start_ms"),
    ("lone surrogate", b'{"external_id": "\\ud800"}', 422, "validation-failed", "/external_id"),
    ("NUL", b'{"external_id": "a\\u0000"}', 422, "validation-failed", "/external_id"),
]

WRONG: list[tuple[str, dict[str, object], str, str]] = [
    ("no turns", {"turns": []}, "empty-conversation", "/turns"),
    ("turns missing", {"turns": None}, "validation-failed", "/turns"),
    ("blank turns", {"turns": [{"participant": "agent", "text": " "}]}, "empty-conversation", "/turns"),
    (
        "unlisted",
        {"turns": [{"participant": "x", "text": "hi"}]},
        "validation-failed",
        "/turns/0/participant",
    ),
    ("number as text", {"turns": [{"participant": "agent", "text": 7}]}, "validation-failed", "/turns/0/text"),
    ("twice the same id", {"participants": [{"id": "agent"}] * 2}, "validation-failed", "/participants/1/id"),
    ("unknown role", {"participants": [{"id": "agent", "role": "boss"}]}, "validation-failed", "/participants/0/role"),
    ("unknown channel", {"channel": "smoke"}, "validation-failed", "/channel"),
    ("no language tag", {"language": "klingon!"}, "validation-failed", "/language"),
    ("unknown language", {"language": "xx"}, "validation-failed", "/language"),
    ("no zone", {"started_at": "2026-01-02T03:04:05"}, "validation-failed", "/started_at"),
    ("number as date", {"started_at": 1e20}, "validation-failed", "/started_at"),
    ("server's field", {"tenant_id": "x"}, "validation-failed", "/tenant_id"),
    ("empty id", {"external_id": ""}, "validation-failed", "/external_id"),
    ("long id", {"external_id": "x" * 256}, "validation-failed", "/external_id"),
    ("bidi id", {"external_id": "a\u202eb"}, "validation-failed", "/external_id"),
    ("many turns", {"turns": [{"participant": "agent", "text": "a"}] * 5001}, "limit-exceeded", "/turns"),
    ("long turn", {"turns": [{"participant": "agent", "text": "a" * 20001}]}, "limit-exceeded", "/turns/0/text"),
    (
        "ends before it starts",
        {"turns": [{"participant": "agent", "text": "a", "start_ms": 9, "end_ms": 8}]},
        "validation-failed",
        "/turns/0/end_ms",
    ),
]


@pytest.mark.parametrize(
    ("raw", "status", "slug", "pointer"), [case[1:] for case in BAD], ids=[case[0] for case in BAD]
)
def test_a_body_that_is_no_clean_json_is_refused(
    served: Served, raw: bytes, status: int, slug: str, pointer: str | None
) -> None:
    answer = served.client.post("/v1/conversations", content=raw, headers={"Content-Type": "application/json"})
    _is_problem(answer.content, answer.headers["content-type"], status, slug)
    assert answer.status_code == status
    if pointer is not None:
        assert answer.json()["errors"][0]["pointer"] == pointer
    assert count(served.database, served.tenant_id, "conversations") == 0


@pytest.mark.parametrize(("changes", "slug", "pointer"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_body_that_says_something_impossible_is_refused_with_its_place(
    served: Served, changes: dict[str, object], slug: str, pointer: str
) -> None:
    answer = served.client.post("/v1/conversations", json={k: v for k, v in a_body(**changes).items() if v is not None})
    assert answer.status_code == 422
    _is_problem(answer.content, answer.headers["content-type"], 422, slug)
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]
    assert count(served.database, served.tenant_id, "conversations") == 0


def test_a_body_over_the_limit_is_refused_however_it_is_sent(client: TestClient) -> None:
    big = b'{"external_id": "' + b"x" * 5_000_000 + b'"}'
    headers = {"Content-Type": "application/json"}
    for content in (big, iter([big[:4_000_000], big[4_000_000:]])):
        answer = client.post("/v1/conversations", content=content, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (413, "/problems/payload-too-large")


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", "application/x-yaml", ""])
def test_other_types_are_refused(client: TestClient, kind: str) -> None:
    answer = client.post("/v1/conversations", content=b"Agent: hi", headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/unsupported-media-type")


def test_a_compressed_body_is_refused(client: TestClient) -> None:
    answer = client.post("/v1/conversations", content=b"x", headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 415


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\tb"])
def test_a_bad_idempotency_key_is_refused(client: TestClient, key: str) -> None:
    answer = client.post("/v1/conversations", json=a_body(), headers={"Idempotency-Key": key})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "path", ["/v1/conversations/conv_x", "/v1/conversations/%00", "/v1/conversations/conv_" + "f" * 32, "/nowhere"]
)
def test_what_does_not_exist_is_a_404_problem(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


def test_another_method_is_a_405_that_names_the_right_one(client: TestClient) -> None:
    answer = client.delete("/v1/conversations")
    assert (answer.status_code, answer.json()["type"]) == (405, "/problems/method-not-allowed")
    assert answer.headers["Allow"] == "POST"


def test_no_problem_repeats_what_was_sent(client: TestClient) -> None:
    answer = client.post("/v1/conversations", json=a_body(channel="secret word", language="secret word"))
    assert "secret" not in answer.text


def _is_problem(content: bytes, content_type: str, status: int, slug: str) -> None:
    problem = Problem.model_validate_json(content)
    assert content_type == "application/problem+json"
    assert (problem.status, problem.type) == (status, f"/problems/{slug}")
    assert problem.detail
    assert problem.instance.startswith("urn:request:")


@pytest.mark.parametrize(
    "name", ["genesys", "contact_lens", "transcribe", "twilio", "azure", "google", "vcon", "canonical"]
)
def test_a_platforms_own_json_is_taken_by_its_content(served: Served, name: str) -> None:
    raw = (Path(__file__).parents[1] / "data" / "formats" / "golden" / f"{name}.json").read_bytes()
    accepted = served.client.post("/v1/conversations", content=raw, headers={"Content-Type": "application/json"})
    assert accepted.status_code == 202, accepted.json()
    stored = served.client.get(accepted.json()["links"]["conversation"]).json()
    assert len(stored["conversation"]["turns"]) >= 30


def test_subtitles_are_taken_as_what_they_are(served: Served) -> None:
    raw = (Path(__file__).parents[1] / "data" / "formats" / "golden" / "captions.srt").read_bytes()
    headers = {"Content-Type": "application/x-subrip"}
    assert served.client.post("/v1/conversations", content=raw, headers=headers).status_code == 202


def test_a_transferred_call_shows_its_legs_and_each_has_its_summary(served: Served) -> None:
    second = [
        {"participant": turn["participant"].replace("agent", "second"), "text": turn["text"]}
        for turn in a_body()["turns"]
    ]
    people = [*a_body()["participants"], {"id": "second", "role": "agent"}]
    made = served.client.post(
        "/v1/conversations", json=a_body(participants=people, turns=a_body()["turns"] + second)
    ).json()
    served.work()
    whole = served.client.get(made["links"]["conversation"]).json()
    assert [(leg["leg"], leg["first_turn"], leg["agents"]) for leg in whole["legs"]] == [
        ("#1", 0, ["agent"]),
        ("#2", 4, ["second"]),
    ]
    leg = served.client.get(whole["legs"][1]["links"]["conversation"]).json()
    assert (leg["leg"], leg["whole"], leg["legs"], leg["external_id"]) == ("#2", made["id"], [], "call-1")
    for links in (made["links"], whole["legs"][0]["links"], leg["links"]):
        assert served.client.get(links["summary"]).status_code == 200
    pages = {is_leg: served.client.get("/v1/summaries", params={"is_leg": is_leg}).json() for is_leg in (True, False)}
    assert {is_leg: len(page["data"]) for is_leg, page in pages.items()} == {True: 2, False: 1}


def test_legs_that_come_one_by_one_are_one_conversation(served: Served) -> None:
    ids = [
        served.client.post(
            "/v1/conversations",
            json=a_body(leg=leg, started_at=f"2026-03-03T1{hour}:00:00Z", as_of="2026-03-03T16:00:00Z"),
        ).json()["id"]
        for leg, hour in (("b", 5), ("a", 4))
    ]
    leg = served.client.get(f"/v1/conversations/{ids[0]}").json()
    whole = served.client.get(f"/v1/conversations/{leg['whole']}").json()
    assert [(one["leg"], one["id"]) for one in whole["legs"]] == [("a", ids[1]), ("b", ids[0])]
    assert len(whole["conversation"]["turns"]) == 8
    assert whole["conversation"]["waits"] is None


def test_a_leg_cannot_be_named_as_we_name_them(client: TestClient) -> None:
    answer = client.post("/v1/conversations", json=a_body(leg="#1"))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/leg")
