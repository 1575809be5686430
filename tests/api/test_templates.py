from uuid import UUID

from starlette.testclient import TestClient

from summarizer.keys import Scope
from tests.api.conftest import Served
from tests.builders import a_body

FRENCH = {"language": "fr", "sections": ["headline", "reason", "disposition"]}
CODES = [
    {"code": "card-replacement", "label": "Replacement of a lost or damaged card"},
    {"code": "loan", "label": "Loan or mortgage"},
]


def _summary(served: Served, **changes: object) -> dict[str, object]:
    accepted = served.client.post("/v1/conversations", json=a_body(**changes)).json()
    served.work()
    found: dict[str, object] = served.client.get(accepted["links"]["summary"]).json()
    return found


def _sections(summary: dict[str, object]) -> dict[str, dict[str, object]]:
    listed = summary["sections"]
    assert isinstance(listed, list)
    return {section["name"]: section for section in listed}


def test_without_a_template_all_sections_are_there_and_what_is_not_said_is_not_stated(served: Served) -> None:
    summary = _summary(served)
    sections = _sections(summary)
    assert summary["template"] is None
    assert sections["reason"]["is_stated"]
    assert (sections["disposition"]["is_stated"], sections["disposition"]["text"]) == (False, "Not stated")
    assert next(iter(sections)) == "headline"
    assert len(str(sections["headline"]["text"]).split()) <= 12


def test_a_summary_follows_the_newest_template_of_its_queue_and_names_it(served: Served) -> None:
    own = served.client.post("/v1/templates", json={"template": {"sections": ["reason"]}}).json()
    served.client.post("/v1/templates", json={"queue": "billing", "template": {"sections": ["concise"]}})
    newest = served.client.post("/v1/templates", json={"queue": "billing", "template": FRENCH}).json()
    assert (own["version"], newest["version"]) == (1, 2)
    elsewhere = _summary(served)
    billed = _summary(served, external_id="call-2", queue="billing")
    assert (elsewhere["template"], list(_sections(elsewhere))) == (own["id"], ["reason"])
    assert (billed["template"], list(_sections(billed))) == (newest["id"], FRENCH["sections"])
    assert _sections(billed)["reason"]["heading"] == "Motif"
    assert billed["language"] == "fr"


def test_a_preview_shows_past_conversations_and_keeps_nothing(served: Served) -> None:
    before = _summary(served)
    template = {"sections": ["disposition", "concise"], "codes": CODES, "code_threshold": 0.0}
    (shown,) = served.client.post("/v1/templates/preview", json={"template": template}).json()["data"]
    assert shown["external_id"] == "call-1"
    assert shown["sections"][0]["value"] == "card-replacement"
    assert served.client.get("/v1/templates").json() == {"data": []}
    assert _summary(served)["sections"] == before["sections"]


def test_a_template_that_says_nonsense_is_refused_with_the_place(client: TestClient) -> None:
    for wrong, pointer in [
        ({"sections": ["poem"]}, "/template/sections/0"),
        ({"sections": []}, "/template/sections"),
        ({"language": "klingonese!"}, "/template/language"),
        ({"codes": [CODES[0], CODES[0]]}, "/template"),
        ({"concise_words": 1}, "/template/concise_words"),
        ({"colour": "red"}, "/template/colour"),
    ]:
        answer = client.post("/v1/templates", json={"template": wrong})
        assert answer.status_code == 422, wrong
        assert pointer in [one["pointer"] for one in answer.json()["errors"]]


def test_only_a_key_that_may_configure_changes_templates(served: Served) -> None:
    headers = {"Authorization": f"Bearer {served.key(Scope.READ, Scope.EDIT, Scope.INGEST)}"}
    for path in ("/v1/templates", "/v1/templates/preview"):
        assert served.client.post(path, json={"template": {}}, headers=headers).status_code == 403


def test_another_tenant_sees_no_template(served: Served) -> None:
    served.client.post("/v1/templates", json={"template": {"sections": ["reason"]}})
    headers = {"Authorization": f"Bearer {served.key(Scope.READ, Scope.CONFIGURE, tenant='other')}"}
    assert served.client.get("/v1/templates", headers=headers).json() == {"data": []}
    assert served.client.post("/v1/templates/preview", json={"template": {}}, headers=headers).json() == {"data": []}


def test_a_vcon_carries_the_summary_with_its_evidence(served: Served) -> None:
    accepted = served.client.post("/v1/conversations", json=a_body()).json()
    address = accepted["links"]["conversation"] + "/vcon"
    assert served.client.get(address).json()["analysis"] == []
    served.work()
    answer = served.client.get(address)
    document = answer.json()
    assert answer.headers["content-type"] == "application/vcon+json"
    assert UUID(document["uuid"]).hex == accepted["id"].removeprefix("conv_")
    summary = served.client.get(accepted["links"]["summary"]).json()
    assert document["analysis"][0]["body"]["claims"] == summary["claims"]
    assert document["analysis"][0]["body"]["sections"] == summary["sections"]


def test_quotations_say_in_the_readers_language_that_they_are_quotations(served: Served) -> None:
    assert _summary(served)["notice"] is None
    served.client.post("/v1/templates", json={"template": {"language": "fr", "min_score": 1.0}})
    quoted = _summary(served, external_id="call-2")
    assert quoted["kind"] == "extractive"
    assert str(quoted["notice"]).startswith("Citations de la conversation")
