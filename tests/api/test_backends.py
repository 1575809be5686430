from summarizer.keys import Scope
from summarizer.specs import BUILT_IN, EndpointSpec
from summarizer.store import tenants
from summarizer.tariff import Tariff
from tests.api.conftest import Served
from tests.builders import a_body

ELSEWHERE = EndpointSpec(url="https://api.example.com/v1", model="m")


def _with_elsewhere(served: Served) -> None:
    parts = served.app.state.parts
    served.app.state.parts = type(parts)(
        parts.settings, parts.database, parts.bell, Tariff({**BUILT_IN, "elsewhere": ELSEWHERE})
    )


def test_the_newest_choice_of_a_queue_writes_its_summaries_and_another_queue_keeps_the_tenants(served: Served) -> None:
    first = served.client.post("/v1/backends/choices", json={"backends": ["wrapup"]}).json()
    served.client.post("/v1/backends/choices", json={"queue": "billing", "backends": ["wrapup"]})
    newest = served.client.post("/v1/backends/choices", json={"queue": "billing", "backends": ["extractive"]}).json()
    assert (first["version"], newest["version"], newest["queue"]) == (1, 2, "billing")
    listed = served.client.get("/v1/backends/choices", params={"queue": "billing"}).json()["data"]
    assert [one["version"] for one in listed] == [2, 1]


def test_what_nobody_has_is_refused_with_the_place_and_with_what_there_is(served: Served) -> None:
    for backends, pointer in [
        (["gpt"], "/backends/0"),
        (["wrapup", "wrapup"], "/backends/1"),
        ([], "/backends"),
        (["wrapup"] * 9, "/backends"),
        ("wrapup", "/backends"),
    ]:
        answer = served.client.post("/v1/backends/choices", json={"backends": backends})
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), backends
        assert pointer in [one["pointer"] for one in answer.json()["errors"]], answer.text
    assert served.client.get("/v1/backends/choices").json() == {"data": []}


def test_a_tenant_whose_words_stay_here_cannot_choose_what_is_elsewhere(served: Served) -> None:
    _with_elsewhere(served)
    with served.database.begin(None) as session:
        tenants.keep_on_premises(session, served.tenant_id, is_kept=True)
    listed = {one["name"]: one for one in served.client.get("/v1/backends").json()["data"]}
    assert (listed["elsewhere"]["on_premises"], listed["elsewhere"]["allowed"]) == (False, False)
    assert listed["wrapup"]["allowed"]
    answer = served.client.post("/v1/backends/choices", json={"backends": ["wrapup", "elsewhere"]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/backends/1"


def test_only_a_key_that_may_configure_chooses(served: Served) -> None:
    headers = {"Authorization": f"Bearer {served.key(Scope.READ, Scope.EDIT, Scope.INGEST)}"}
    answer = served.client.post("/v1/backends/choices", json={"backends": ["extractive"]}, headers=headers)
    assert answer.status_code == 403


def test_a_summary_is_written_without_a_choice_as_before(served: Served) -> None:
    accepted = served.client.post("/v1/conversations", json=a_body()).json()
    served.work()
    assert served.client.get(accepted["links"]["summary"]).status_code == 200
