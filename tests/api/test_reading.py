"""Who read a conversation stands in the audit, and one that does not open is said to be so."""

from contextlib import closing

from starlette.testclient import TestClient

from api.app import build
from api.dependencies import Parts
from summarizer.settings import Settings
from summarizer.store import audit
from summarizer.store.database import Database, app_engine
from summarizer.vault import new_master_key
from tests.api.conftest import Served
from tests.builders import a_body
from tests.fakes import FakeBell


def _readings(served: Served) -> list[str]:
    with served.database.begin(served.tenant_id) as session:
        return [one.subject for one in audit.page(session, limit=100, action="conversation.read")]


def test_each_reading_of_a_transcript_is_noted_once(served: Served) -> None:
    made = served.client.post("/v1/conversations", json=a_body()).json()["id"]
    for path in (f"/v1/conversations/{made}", f"/v1/conversations/{made}/vcon"):
        assert served.client.get(path).status_code == 200
    served.client.get(f"/v1/conversations/conv_{'0' * 32}")
    assert [one.replace("-", "") for one in _readings(served)] == 2 * [made.partition("_")[2]]


def test_without_the_right_master_key_a_conversation_is_unavailable(served: Served) -> None:
    values = {**served.settings.model_dump(), "encrypt_transcripts": True}
    answers = []
    for changes in ({}, {"master_key": new_master_key()}):
        settings = Settings(**{**values, **changes}, _env_file=None)
        with closing(Database(app_engine(settings))) as database:
            client = TestClient(build(Parts(settings, database, FakeBell())), raise_server_exceptions=False)
            client.headers = served.client.headers
            made = client.post("/v1/conversations", json=a_body(external_id=f"call-{len(answers)}"))
            path = f"/v1/conversations/{made.json()['id']}" if made.is_success else answers[0].request.url.path
            answers.append(client.get(path))
    assert "card fell" in answers[0].text
    assert (made.status_code, answers[1].status_code) == (503, 503)
    assert answers[1].json()["detail"] == "the master key does not open the stored secrets"
