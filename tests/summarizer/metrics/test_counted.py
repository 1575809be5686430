"""What the service does is counted where it happens, once it has happened."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text

from summarizer.errors import ModelFailure
from summarizer.jobs import Work, run, sweep
from summarizer.kinds import Kind
from summarizer.log import configure
from summarizer.metrics.exposition import serve
from summarizer.metrics.process import process
from summarizer.processes import free_port
from summarizer.queue import Queue
from summarizer.settings import Settings
from tests.api.conftest import Served
from tests.api.conftest import served as served  # a fixture
from tests.builders import a_body
from tests.fakes import FakeBell, FakeGenerator
from tests.summarizer.metrics.exported import exposition, value
from tests.work import a_worker, make_older, status, submitted

LIVE = {"kind": "summarize"}
OURS = {"backend": "wrapup", "model_version": FakeGenerator.model_version[:12]}


@contextmanager
def _more(name: str, by: float, **labels: str) -> Iterator[None]:
    """In the block the series grows by so much."""
    before = value(name, **labels)
    yield
    assert value(name, **labels) - before == pytest.approx(by), (name, labels)


def _worker(served: Served, **changes: object) -> Work:
    return a_worker(served.database, served.settings, **changes)  # type: ignore[arg-type]


def test_a_job_is_counted_with_its_wait_its_tokens_and_its_money(served: Served) -> None:
    made = submitted(served.database, served.tenant_id)
    make_older(served.database, served.tenant_id, "created_at", by="90 seconds")
    with (
        _more("wrapup_jobs_finished_total", 1, **LIVE, result="succeeded", reason="none"),
        _more("wrapup_job_duration_seconds_bucket", 0, **LIVE, le="60.0"),
        _more("wrapup_job_duration_seconds_bucket", 1, **LIVE, le="300.0"),
        _more("wrapup_summaries_total", 1, kind="generated", **OURS),
        _more("wrapup_tokens_total", 10, backend="wrapup", type="completion"),
        _more("wrapup_messages_without_work_total", 2),
    ):
        for _ in range(3):
            run(_worker(served), served.tenant_id, made.job_id)
    assert value("wrapup_cost_total", backend="wrapup", currency="USD") >= 0


def test_a_late_result_a_retry_and_the_end_of_all_attempts_are_counted(served: Served) -> None:
    made = submitted(served.database, served.tenant_id)

    def fail(_: str) -> str:
        raise ModelFailure("no")

    def lose(_: str) -> str:
        with served.database.begin(served.tenant_id) as session:
            session.execute(text("UPDATE jobs SET owner = 'another'"))
        return "Reason: A card."

    with _more("wrapup_job_attempts_total", 1, **LIVE, result="retried"):
        run(_worker(served, generate=FakeGenerator(fail)), served.tenant_id, made.job_id)
    make_older(served.database, served.tenant_id, "due_at", by="1 hour")
    with _more("wrapup_job_attempts_total", 1, **LIVE, result="refused"):
        run(_worker(served, generate=FakeGenerator(lose)), served.tenant_id, made.job_id)
    make_older(served.database, served.tenant_id, "lease_until", by="1 hour")
    with _more("wrapup_jobs_finished_total", 1, **LIVE, result="failed", reason="model_failure"):
        run(_worker(served, generate=FakeGenerator(fail)), served.tenant_id, made.job_id)
    assert status(served.database, served.tenant_id, made).state == "failed"


def test_what_the_sweeper_finds_is_counted(served: Served) -> None:
    submitted(served.database, served.tenant_id)
    make_older(served.database, served.tenant_id, "sent_at", by="1 minute")
    attempts = dict.fromkeys(Kind, 3)
    with _more("wrapup_jobs_requeued_total", 1, **LIVE), _more("wrapup_jobs_abandoned_total", 0):
        sweep(served.database, FakeBell(), stale_after=timedelta(seconds=10), max_attempts=attempts)
    with served.database.begin(served.tenant_id) as session:
        lost = "UPDATE jobs SET state = 'running', attempt = 3, lease_until = now() - interval '1 hour'"
        session.execute(text(lost))
    with _more("wrapup_jobs_abandoned_total", 1):
        sweep(served.database, FakeBell(), stale_after=timedelta(seconds=10), max_attempts=attempts)


def test_requests_refusals_edits_and_ratings_are_counted_by_route_and_model(served: Served) -> None:
    route = "/v1/conversations/{conversation_id}/summary"
    made = served.client.post("/v1/conversations", json=a_body()).json()
    served.work()
    path = f"/v1/conversations/{made['id']}/summary"
    said = served.client.get(path).json()["text"]
    with (
        _more("wrapup_http_requests_total", 1, route=route, method="PUT", status="2xx"),
        _more("wrapup_http_requests_total", 1, route=route, method="GET", status="4xx"),
        _more("wrapup_http_requests_total", 1, route="other", method="GET", status="4xx"),
        _more("wrapup_http_requests_total", 1, route="other", method="other", status="4xx"),
        _more("wrapup_http_problems_total", 1, problem="unauthorized"),
        _more("wrapup_http_request_duration_seconds_count", 2, route=route),
        _more("wrapup_edit_changed_ratio_count", 1, **OURS),
        _more("wrapup_ratings_total", 1, verdict="negative", **OURS),
    ):
        edit = {"text": f"{said} Really."}
        assert served.client.put(path, json=edit, headers={"If-Match": "*"}).status_code == 200
        assert served.client.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert served.client.get("/v1/nowhere/call-1").status_code == 404
        assert served.client.request("BREW", "/v1/nowhere/call-1").status_code == 404
        assert served.client.post(f"{path}/rating", json={"verdict": "negative"}).status_code == 201
    assert made["id"] not in exposition()
    assert "nowhere" not in exposition()
    assert value("wrapup_http_requests_in_progress") == 0


def test_a_process_tells_its_connections_and_whether_the_queue_answers(served: Served) -> None:
    queue = Queue(served.settings)
    away = Queue(
        served.settings.model_copy(update={"redis_url": type(served.settings.redis_url)("redis://127.0.0.1:1")})
    )
    try:
        process.watch(pool=served.database, queue=queue)
        with served.database.begin(served.tenant_id):
            assert value("wrapup_database_connections", state="in_use") == 1
        assert value("wrapup_database_connections_max") == served.settings.database_pool_size
        assert value("wrapup_queue_up") == 1
        process.watch(pool=served.database, queue=away)
        assert value("wrapup_queue_up") == 0
    finally:
        process.watch(pool=None, queue=None)
        queue.close()
        away.close()


@pytest.mark.usefixtures("same_handlers")
def test_it_is_read_at_a_port_of_its_own_and_a_taken_one_stops_nobody(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("INFO")
    assert not serve(settings), "nobody asked"
    asked = settings.model_copy(update={"metrics_port": free_port()})
    assert serve(asked)
    assert "# HELP wrapup_build_info" in httpx.get(f"http://127.0.0.1:{asked.metrics_port}/metrics").text
    assert not serve(asked)
    assert "metrics not served" in capsys.readouterr().err
