"""Many conversations by REST: what is taken, what is refused and where, and who may see it."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from summarizer.keys import Scope
from tests.api.conftest import Served
from tests.builders import a_body
from tests.work import count

NDJSON = {"Content-Type": "application/x-ndjson"}


def the_lines(num_calls: int, *, prefix: str = "call") -> list[str]:
    return [json.dumps(a_body(external_id=f"{prefix}-{number}")) for number in range(num_calls)]


def posted(served: Served, lines: list[str], **headers: str) -> httpx.Response:
    return served.client.post("/v1/batches", content="\n".join(lines), headers={**NDJSON, **headers})


def test_each_line_is_taken_or_refused_by_its_number(served: Served) -> None:
    lines = the_lines(6)
    lines[2], lines[4] = "{broken", json.dumps(a_body(turns=[{"participant": "nobody", "text": "Zanzibar"}]))
    answer = posted(served, lines)
    assert answer.status_code == 202
    view = answer.json()
    assert answer.headers["Location"] == f"/v1/batches/{view['id']}"
    assert [view[name] for name in ("num_read", "num_accepted", "num_unchanged", "num_refused")] == [6, 4, 0, 2]
    assert [(one["line"], one["pointer"]) for one in view["refusals"]] == [(3, ""), (5, "/turns/0/participant")]
    assert "Zanzibar" not in answer.text
    assert (view["jobs"]["queued"], view["is_read"], view["is_finished"]) == (4, True, False)
    assert count(served.database, served.tenant_id, "conversations") == 4


def test_a_batch_is_finished_when_its_last_summary_is_written(served: Served) -> None:
    made = posted(served, the_lines(3)).json()
    served.work()
    view = served.client.get(f"/v1/batches/{made['id']}").json()
    assert (view["jobs"]["succeeded"], view["is_finished"]) == (3, True)


def test_vcons_records_and_platforms_json_may_stand_in_the_same_batch(served: Served) -> None:
    record = {"id": "r-1", "turns": [{"speaker": "customer", "text": "My card is lost."}]}
    canonical = a_body(external_id="c-1")
    party = [{"name": "Ann", "role": "agent"}]
    dialog = [{"type": "text", "start": "2026-01-01T00:00:00Z", "parties": 0, "body": "Your card is on its way.",
               "mediatype": "text/plain"}]  # fmt: skip
    vcon = {"vcon": "0.0.2", "uuid": "018f4e2c-9a52-7bd2-9c6b-5e0a0f7e8a11", "parties": party, "dialog": dialog}
    view = posted(
        served, [json.dumps(one) for one in (record, canonical, {**vcon, "created_at": "2026-01-01T00:00:00Z"})]
    ).json()
    assert (view["num_accepted"], view["refusals"]) == (3, [])


def test_a_body_without_a_good_line_is_answered_with_its_refusals(served: Served) -> None:
    answer = posted(served, ["{}", "[1]", '"x"'])
    assert answer.status_code == 202
    assert (answer.json()["num_refused"], answer.json()["is_finished"]) == (3, True)


@pytest.mark.parametrize("body", ["", "\n\n", "[]", "Agent: Hello.", '[\n{"turns": []\n}]'])
def test_what_is_no_ndjson_at_all_is_refused_as_a_whole(served: Served, body: str) -> None:
    answer = posted(served, [body])
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-json")
    assert count(served.database, served.tenant_id, "batches") == 0


def test_another_type_too_many_lines_or_bytes_are_refused_as_a_whole(served: Served) -> None:
    assert served.client.post("/v1/batches", json=a_body()).status_code == 415
    assert posted(served, ["{}"] * 10_001).json()["type"] == "/problems/limit-exceeded"
    long = "x" * (served.settings.max_batch_bytes + 1)
    assert posted(served, [long]).status_code == 413
    view = posted(served, [json.dumps({"turns": "x" * served.settings.max_body_bytes}), "{}"]).json()
    assert view["refusals"][0] == {
        "file": None,
        "line": 1,
        "pointer": "",
        "detail": f"longer than {served.settings.max_body_bytes} bytes",
    }


def test_the_same_lines_under_the_same_key_are_the_same_batch(served: Served) -> None:
    first, second = (posted(served, the_lines(3), **{"Idempotency-Key": "k"}) for _ in range(2))
    assert first.json() == second.json()
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    other = posted(served, the_lines(4), **{"Idempotency-Key": "k"})
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert count(served.database, served.tenant_id, "batches") == 1


def test_without_a_key_the_same_lines_are_another_batch_of_nothing_new(served: Served) -> None:
    posted(served, the_lines(3))
    view = posted(served, the_lines(3)).json()
    assert (view["num_accepted"], view["num_unchanged"], view["is_finished"]) == (0, 3, True)
    assert count(served.database, served.tenant_id, "jobs") == 3


def test_the_same_request_twice_at_once_takes_every_line_once(served: Served) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: posted(served, the_lines(120), **{"Idempotency-Key": "k"}), range(2)))
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert posted(served, the_lines(120), **{"Idempotency-Key": "k"}).json()["num_accepted"] == 120
    assert count(served.database, served.tenant_id, "jobs") == 120


def test_another_tenants_batch_is_not_there(served: Served) -> None:
    made = posted(served, the_lines(1)).json()
    other: dict[str, Any] = {"headers": {"Authorization": f"Bearer {served.key(*Scope, tenant='other')}"}}
    assert served.client.get(f"/v1/batches/{made['id']}", **other).status_code == 404
    assert served.client.get("/v1/batches", **other).json()["data"] == []


def test_ingest_may_send_and_only_read_may_look(served: Served) -> None:
    ingest, read = ({"Authorization": f"Bearer {served.key(scope)}"} for scope in (Scope.INGEST, Scope.READ))
    assert posted(served, ["{}"], **ingest).status_code == 202
    assert posted(served, ["{}"], **read).status_code == 403
    assert served.client.get("/v1/batches", headers=ingest).status_code == 403
    assert served.client.get("/v1/batches", headers=read).status_code == 200


def test_batches_are_listed_page_by_page_newest_first(served: Served) -> None:
    made = [posted(served, the_lines(1, prefix=f"b{number}")).json()["id"] for number in range(3)]
    first = served.client.get("/v1/batches", params={"limit": 2}).json()
    second = served.client.get("/v1/batches", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [one["id"] for one in first["data"] + second["data"]] == made[::-1]
    assert (first["has_more"], second["has_more"], second["next_cursor"]) == (True, False, None)
    assert served.client.get("/v1/batches", params={"cursor": "x"}).status_code == 400
