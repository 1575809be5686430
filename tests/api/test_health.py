from uuid import uuid4

from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import build
from api.dependencies import Parts
from summarizer.keys import new_key
from summarizer.settings import Settings
from summarizer.store.database import Database, app_engine
from tests.builders import a_body
from tests.fakes import FakeBell


def test_all_probes_are_well_when_the_database_is(client: TestClient) -> None:
    for path in ("/livez", "/readyz", "/startupz"):
        assert client.get(path).json()["status"] == "ok"


def test_without_a_database_the_process_lives_and_takes_no_work(settings: Settings) -> None:
    away = settings.model_copy(update={"database_url": SecretStr("postgresql://nobody:secretword@127.0.0.1:1/none")})
    database = Database(app_engine(away))
    with TestClient(build(Parts(away, database, FakeBell())), raise_server_exceptions=False) as client:
        assert client.get("/livez").status_code == 200
        assert client.get("/readyz").status_code == 503
        assert client.get("/startupz").status_code == 503
        key = new_key(uuid4()).text
        answer = client.post("/v1/conversations", json=a_body(), headers={"Authorization": f"Bearer {key}"})
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
        assert answer.headers["Retry-After"]
        assert "secretword" not in answer.text
    database.close()


def test_what_was_not_foreseen_is_a_500_that_says_nothing(settings: Settings) -> None:
    class Broken:
        def begin(self, _: object) -> object:
            raise ValueError("4111 1111 1111 1111")

    parts = Parts(settings, Broken(), FakeBell())  # type: ignore[arg-type]
    with TestClient(build(parts), raise_server_exceptions=False) as client:
        key = new_key(uuid4()).text
        answer = client.get("/v1/summaries", headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal")
    assert "4111" not in answer.text


def test_every_problem_type_can_be_looked_up(client: TestClient) -> None:
    for slug, status in {"invalid-json": 400, "invalid-cursor": 400, "no-summary": 404, "edit-conflict": 412}.items():
        assert client.get(f"/problems/{slug}").json()["status"] == status
    assert client.get("/problems/nonsense").status_code == 404
