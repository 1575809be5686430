"""One thing is broken at a time, on real servers; the doctor says it, with what mends it."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

import pytest
import redis
from alembic import command
from pydantic import ValidationError
from sqlalchemy import create_engine, text

import migrations
from summarizer.doctor import backends, environment, examine, model, postgres, queue, work
from summarizer.doctor.environment import mistaken
from summarizer.doctor.finding import Finding
from summarizer.embedded import Servers
from summarizer.settings import Settings
from summarizer.store import choices, model_versions
from summarizer.store.database import LEADER_LOCK, Database, driver_url
from summarizer.store.tables import SCHEMA
from tests.work import environment_of, make_older, submitted

OLD_LIST = 'currency = "EUR"\n[[devices]]\nname = "cpu"\nsince = 2020-01-01\nper_hour = 1\nwatts = 65\n'
RENTED = '[backends.rented]\nkind = "endpoint"\nurl = "{url}"\nmodel = "big"\non_premises = true\n{more}\n'


def _changed(settings: Settings, **changes: object) -> Settings:
    return Settings(**{**settings.model_dump(exclude_unset=True), **changes}, _env_file=None)


def _wrong(found: Iterable[Finding]) -> list[tuple[str, str]]:
    """What is said to be wrong, and how to mend it."""
    return [(one.name, one.advice) for one in found if one.advice]


def _only(found: Iterable[Finding]) -> Finding:
    (only,) = [one for one in found if one.advice]
    return only


@contextmanager
def _owner(url: str) -> Iterator[Callable[[str], object]]:
    engine = create_engine(driver_url(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection.exec_driver_sql
    engine.dispose()


@pytest.mark.parametrize("look", [postgres.look, work.look, queue.look, backends.look, backends.look_at_prices])
def test_a_new_installation_is_well(settings: Settings, look: Callable[[Settings], Iterator[Finding]]) -> None:
    found = list(look(settings))
    assert not _wrong(found)
    assert found or look is backends.look


def test_the_newest_migration_is_the_one_this_code_wants() -> None:
    assert migrations.head() == SCHEMA


def test_a_schema_of_yesterday_is_migrated(settings: Settings, database_url: str) -> None:
    command.downgrade(migrations.config(database_url), "0007")
    assert _wrong(postgres.look(settings)) == [("schema", postgres.MIGRATE)]


def test_a_database_without_tables_is_migrated(settings: Settings, embedded: Servers) -> None:
    bare = _changed(settings, database_url=embedded.database_url)
    assert _wrong(postgres.look(bare)) == [("schema", postgres.MIGRATE)]


def test_a_schema_of_tomorrow_wants_newer_code(settings: Settings, database_url: str) -> None:
    with _owner(database_url) as execute:
        execute("UPDATE alembic_version SET version_num = '9999'")
    assert _only(postgres.look(settings)).advice == "install the version that migrated it"


def test_a_table_without_row_level_security_is_named(settings: Settings, database_url: str) -> None:
    with _owner(database_url) as execute:
        execute("ALTER TABLE summaries NO FORCE ROW LEVEL SECURITY")
        execute("ALTER TABLE jobs DISABLE ROW LEVEL SECURITY")
        found = _only(postgres.look(settings))
        assert found.seen == "does not apply to jobs, summaries"
        for statement in found.advice.removeprefix("let the owner run: ").split(";")[:-1]:
            execute(statement)
    assert not _wrong(postgres.look(settings))


def test_who_holds_a_lock_for_long_is_named(settings: Settings, database_url: str) -> None:
    engine = create_engine(driver_url(database_url))
    with engine.connect() as holder, engine.connect() as waiter:
        pid = holder.scalar(text("SELECT pg_backend_pid()"))
        holder.execute(text("LOCK TABLE endpoints"))
        thread = threading.Thread(target=lambda: waiter.scalar(text("SELECT count(*) FROM endpoints")))
        thread.start()
        deadline = time.monotonic() + 5
        while not (found := _wrong(postgres.look(settings, longest_lock=timedelta(0)))) and time.monotonic() < deadline:
            time.sleep(0.05)
        holder.rollback()
        thread.join()
        waiter.rollback()
    engine.dispose()
    assert found == [("locks", f"let the owner run: SELECT pg_terminate_backend({pid});")]


def test_too_few_connections_are_said(settings: Settings) -> None:
    (seen,) = [one.seen for one in postgres.look(settings) if one.name == "connections"]
    assert int(seen.split()[0]) >= 1
    found = _only(postgres.look(_changed(settings, database_pool_size=100_000)))
    assert "DATABASE_POOL_SIZE" in found.advice


def test_a_queue_that_forgets_or_is_full_is_said(settings: Settings) -> None:
    client = redis.Redis.from_url(settings.redis_url.get_secret_value())
    try:
        client.config_set("maxmemory-policy", "allkeys-lru")
        assert "CONFIG SET maxmemory-policy noeviction" in _only(queue.look(settings)).advice
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", int(client.info("memory")["used_memory"]) + 10_000)
        assert _only(queue.look(settings)).name == "queue memory"
    finally:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", 0)
        client.close()


def test_a_server_that_is_away_is_said_with_its_setting(settings: Settings, tmp_path: Path) -> None:
    gone = _changed(
        settings,
        database_url="postgresql://a:secret-word@127.0.0.1:1/c",
        redis_url="redis://:secret-word@127.0.0.1:1/0",
        model_dir=tmp_path / "none",
    )
    found = list(examine(gone))
    wrong = dict(_wrong(found))
    assert "DATABASE_URL" in wrong["postgres"]
    assert "REDIS_URL" in wrong["queue"]
    assert "secret-word" not in str(found)


def test_jobs_that_nobody_takes_and_a_beat_that_is_missing(
    settings: Settings, database: Database, tenant_id: UUID
) -> None:
    submitted(database, tenant_id)
    assert _wrong(work.look(settings)) == [("beat", "start `wrapup beat`")]
    with database.leading(LEADER_LOCK):
        assert not _wrong(work.look(settings))
        make_older(database, tenant_id, "due_at", by="1 hour")
        assert "nobody takes what waits" in _only(work.look(settings)).advice


def test_a_worker_that_shows_no_life_is_said(settings: Settings, tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    watched = _changed(settings, alive_file=alive)
    assert "ALIVE_FILE" in _only(work.look(watched)).advice
    alive.touch()
    assert not _wrong(work.look(watched))
    os.utime(alive, (time.time() - 600,) * 2)
    assert "start the worker or courier again" in _only(work.look(watched)).advice


def test_a_metrics_port_that_does_not_answer_is_said(settings: Settings) -> None:
    assert _only(work.look(_changed(settings, metrics_port=1))).advice.startswith("start the worker that has METRICS_P")


def test_a_place_that_is_not_there_is_said_with_its_setting(settings: Settings, tmp_path: Path) -> None:
    missing = _changed(settings, nightly_dir=tmp_path / "not" / "mounted")
    found = _wrong(environment.look(missing))
    assert ("nightly disk", "make it, mount it, or set NIGHTLY_DIR to another place") in found


def test_a_misspelt_setting_is_found_and_its_value_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert mistaken({"REDIS_URI", "LOG_LEVL", "WRAPUP_MODEL_DIR", "PATH", "HOSTNAME", "CUDA_VERSION"}) == {
        "REDIS_URI": "REDIS_URL",
        "LOG_LEVL": "LOG_LEVEL",
        "WRAPUP_MODEL_DIR": "MODEL_DIR",
    }
    assert not mistaken({"OTEL_EXPORTER_OTLP_HEADERS", "OWNER_DATABASE_PASSWORD", "QUEUE_PASSWORD", "PUBLISH", "HOME"})
    assert not mistaken({"LOG_LEVL", "LOG_LEVEL"})  # ours is set as well
    monkeypatch.setenv("REDIS_URI", "secret-word")
    with pytest.raises(ValidationError) as caught:
        Settings(_env_file=None, database_url="postgresql://a", port="secret-word")  # type: ignore[arg-type, call-arg]
    found = {one.seen: one.advice for one in environment.unusable(caught.value)}
    assert found["REDIS_URL: missing"] == "rename REDIS_URI: its name is REDIS_URL"
    assert found["MASTER_KEY: missing"] == "set MASTER_KEY"
    assert found["PORT: wrong"] == "set PORT to what summarizer/settings.py says of it"
    assert "secret-word" not in str(found)


def test_a_package_of_another_version_is_named() -> None:
    wanted = ["httpx==0.1", "pytest>=1", "nowhere-to-be-found>=3", 'optional-one==1; extra == "bench"']
    assert environment._packages(wanted).advice == "run `pip install 'httpx==0.1' 'nowhere-to-be-found>=3'`"


def test_a_model_that_is_missing_or_another_is_said(settings: Settings, tmp_path: Path) -> None:
    assert "MODEL_DIR" in _only(model.look(_changed(settings, model_dir=tmp_path / "none"))).advice
    assert "MODEL_VERSION" in _only(model.look(_changed(settings, model_version="0" * 64))).advice


def test_a_champion_whose_files_are_gone_is_said(settings: Settings, database: Database, tmp_path: Path) -> None:
    with database.begin(None) as session:
        model_versions.register(session, "1" * 64, directory=str(tmp_path))
        model_versions.add_promotion(session, "1" * 64, share=1, action="promote", actor="test", decision=None)
    found = dict(_wrong(model.look(_changed(settings, model_dir=tmp_path / "none"))))
    assert "wrapup model rollback" in found["champion"]


def _with_backends(settings: Settings, tmp_path: Path, toml: str) -> Settings:
    file = tmp_path / "backends.toml"
    file.write_text(toml)
    return _changed(settings, backends_file=file)


def test_a_backends_file_with_a_typo_is_said_with_its_place(settings: Settings, tmp_path: Path) -> None:
    ill = _with_backends(settings, tmp_path, '[backends.dolly]\nkind = "transformers"\nmodel_dri = "/models/dolly"\n')
    ill = _changed(ill, model_dir=tmp_path / "none", database_url="postgresql://a:b@127.0.0.1:1/c")
    found = {one.name: one for one in examine(ill)}["backends"]
    assert "backends.dolly" in found.seen
    assert "BACKENDS_FILE" in found.advice


def test_a_backend_without_files_is_said(settings: Settings, tmp_path: Path) -> None:
    toml = f'[backends.dolly]\nkind = "transformers"\nmodel_dir = "{tmp_path}"\n'
    found = _only(backends.look(_with_backends(settings, tmp_path, toml)))
    assert (found.name, found.seen) == ("backend dolly", f"{tmp_path} has no config.json")
    assert "model_dir of [backends.dolly]" in found.advice


@contextmanager
def _api(*, key: str | None = None) -> Iterator[str]:
    """A server that lists its models as OpenAI's does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_let_in = key is None or self.headers.get("authorization") == f"Bearer {key}"
            status = 404 if self.path != "/v1/models" else 200 if is_let_in else 401
            raw = json.dumps({"data": [{"id": "big"}, {"id": "small"}]}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_an_endpoint_is_asked_for_its_models(settings: Settings, tmp_path: Path) -> None:
    def ask(url: str, more: str = "") -> list[Finding]:
        return list(backends.look(_with_backends(settings, tmp_path, RENTED.format(url=url, more=more))))

    key = tmp_path / "key"
    key.write_text("secret-word\n")
    with _api(key="secret-word") as url:
        assert not _wrong(ask(url, f'key_file = "{key}"'))
        assert "key_file" in _only(ask(url)).advice
        assert "cannot be read" in _only(ask(url, f'key_file = "{tmp_path}/none"')).seen
        assert "/v1" in _only(ask(f"{url}/v1", f'key_file = "{key}"')).advice
    with _api() as url:
        other = RENTED.format(url=url, more="").replace('"big"', '"vast"')
        found = _only(backends.look(_with_backends(settings, tmp_path, other)))
        assert found.advice == "set model of [backends.rented] in BACKENDS_FILE to one of: big, small"
        elsewhere = RENTED.format(url=url, more="").replace("on_premises = true", "on_premises = false")
        found = _only(backends.look(_with_backends(settings, tmp_path, elsewhere)))
        assert "on_premises" in found.advice, "a worker would not call it either"
    down = _only(ask(url))
    assert (down.seen, down.advice.split(",")[0]) == ("ConnectError", f"start the server at {url}")


def test_a_backend_without_a_price_is_said(settings: Settings, tmp_path: Path) -> None:
    with _api() as url:
        ill = _with_backends(settings, tmp_path, RENTED.format(url=url, more='rented_as = "nobody-rents-it"'))
        assert _only(backends.look(ill)).advice == "add it to PRICES_FILE, or mend [backends.rented]"


def test_a_price_list_of_years_ago_is_said(settings: Settings, tmp_path: Path) -> None:
    old = tmp_path / "prices.toml"
    old.write_text(OLD_LIST)
    assert "PRICES_FILE" in _only(backends.look_at_prices(_changed(settings, prices_file=old))).advice


def test_a_choice_that_the_file_no_longer_has_is_said(settings: Settings, database: Database, tenant_id: UUID) -> None:
    with database.begin(tenant_id) as session:
        choices.add(session, tenant_id, queue=None, author="test", backends=["gone", "extractive"])
        choices.add(session, tenant_id, queue="billing", author="test", backends=["older"])
        choices.add(session, tenant_id, queue="billing", author="test", backends=["wrapup"])
    found = _only(backends.look(settings))
    assert (found.seen, found.advice) == ("unknown, and chosen by acme", "add [backends.gone] to BACKENDS_FILE")


def test_the_command_says_it_as_objects_and_ends_with_1(settings: Settings, tmp_path: Path) -> None:
    known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2]), **environment_of(settings)}
    known["REDIS_UR"] = known.pop("REDIS_URL")
    arguments = [sys.executable, "-m", "summarizer.cli", "doctor", "--json"]
    done = subprocess.run(arguments, env=known, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    advice = "rename REDIS_UR: its name is REDIS_URL"
    assert json.loads(done.stdout) == [{"name": "settings", "seen": "REDIS_URL: missing", "advice": advice}]
