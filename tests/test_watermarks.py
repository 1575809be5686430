"""No word of anybody's in a log, a metric, a queue or an error: each kind of text carries a word of its own.

The words go through the whole service, in good requests and bad ones, with every process at its most talkative.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from sqlalchemy import Engine, make_url, text

from summarizer.access import create_key, create_source
from summarizer.deployment import Deployment
from summarizer.errors import ModelFailure
from summarizer.jobs import run, sweep
from summarizer.keys import Scope, parse_key
from summarizer.kinds import SUMMARIES, Kind
from summarizer.log import configure
from summarizer.platforms import Platform
from summarizer.settings import Settings
from summarizer.store.database import Database
from tests.api.conftest import Served
from tests.api.conftest import served as served  # a fixture
from tests.builders import a_body
from tests.deployments import deployed_on
from tests.fakes import FakeGenerator
from tests.platforms import standard_headers, twilio_event, twilio_form, twilio_headers
from tests.receiver import Receiver, Reply, receiving
from tests.work import a_worker

PATIENCE_SECONDS = 30.0
UUIDS = re.compile("[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
TEXTS = (
    "turn name participant external queue url key secret signature credential edit reason idempotency label author "
    "delivery resource description answer header batch body unknown cursor"
)
MARKS = {name: f"zq{name}mark" for name in TEXTS.split()}
CUSTOMER, AGENT = MARKS["participant"], "agent"


@dataclass
class Caller:
    """Sends everything that a caller can send, and keeps what it was refused with."""

    client: httpx.Client
    headers: dict[str, str]
    refusals: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **asked: Any) -> httpx.Response:
        answer = self.client.request(method, path, headers={**self.headers, **(headers or {})}, **asked)
        self.statuses.append(answer.status_code)
        if not answer.is_success:
            self.refusals.append(f"{answer.text} {dict(answer.headers)}")
        return answer


def _body(**changes: Any) -> dict[str, Any]:
    """A call in which everything that is anybody's own is marked."""
    turns = [
        {"participant": CUSTOMER, "text": f"My {MARKS['turn']} card fell into the water at the terminal yesterday."},
        {"participant": AGENT, "text": "I have ordered the replacement card and it arrives in 5 business days."},
    ]
    people = [
        {"id": CUSTOMER, "role": "customer", "name": MARKS["name"]},
        {"id": AGENT, "role": "agent", "name": MARKS["name"]},
    ]
    marked = {"external_id": MARKS["external"], "queue": MARKS["queue"], "participants": people, "turns": turns}
    return a_body(**{**marked, **changes})


def _good(caller: Caller, hook: str) -> None:
    """What is taken."""
    codes = [{"code": MARKS["label"], "label": MARKS["label"]}]
    template = {"queue": MARKS["queue"], "template": {"language": "en", "codes": codes}}
    assert caller.send("POST", "/v1/templates", json=template).is_success
    address = f"{hook}/{MARKS['url']}?token={MARKS['url']}"
    endpoint = {"url": address, "description": MARKS["description"]}
    assert caller.send("POST", "/v1/endpoints", json=endpoint).is_success
    once = {"Idempotency-Key": MARKS["idempotency"]}
    made = caller.send("POST", "/v1/conversations", json=_body(), headers=once).json()
    summary = f"/v1/conversations/{made['id']}/summary"
    _wait_until(lambda: caller.send("GET", summary).status_code == 200)
    assert MARKS["turn"] in caller.send("GET", f"/v1/conversations/{made['id']}").text
    assert MARKS["turn"] in caller.send("GET", f"/v1/conversations/{made['id']}/vcon").text
    edit = {"text": f"The {MARKS['edit']} card was ordered.", "author": MARKS["author"]}
    assert caller.send("PUT", summary, json=edit, headers={"If-Match": "*"}).is_success
    rating = {"verdict": "negative", "reason": MARKS["reason"], "author": MARKS["author"]}
    caller.send("POST", f"{summary}/rating", json=rating)
    line = json.dumps(_body(external_id=MARKS["batch"])) + "\n"
    lines = {"Content-Type": "application/x-ndjson", "Idempotency-Key": MARKS["batch"]}
    assert caller.send("POST", "/v1/batches", content=line, headers=lines).is_success
    assert caller.send("GET", "/v1/summaries", params={"queue": MARKS["queue"], "text": MARKS["turn"]}).is_success


def _bad(caller: Caller) -> None:
    """What is refused, each for another reason."""
    once = {"Idempotency-Key": MARKS["idempotency"]}
    refused = [
        caller.send("POST", "/v1/conversations", json=_body(channel=MARKS["body"])),
        caller.send("POST", "/v1/conversations", json=_body(language=MARKS["body"])),
        caller.send("POST", "/v1/conversations", json=_body(started_at=MARKS["body"])),
        caller.send("POST", "/v1/conversations", json=_body(turns=MARKS["body"])),
        caller.send("POST", "/v1/conversations", json=_body(turns=[])),
        caller.send("POST", "/v1/conversations", json=_body(participants=[])),
        caller.send("POST", "/v1/conversations", content=f'{{"turns": "{MARKS["body"]}'),
        caller.send("POST", "/v1/conversations", content=MARKS["body"].encode() + b"\xff"),
        caller.send("POST", "/v1/conversations", content=MARKS["body"], headers={"Content-Type": MARKS["body"]}),
        caller.send("POST", "/v1/conversations", json=_body(queue="another"), headers=once),
        caller.send("POST", f"/v1/conversations?external_id={MARKS['external']}&external_id=x", json=_body()),
        caller.send("POST", "/v1/conversations", json=_body(), params={"external_id": "x" + MARKS["external"]}),
        caller.send("POST", "/v1/endpoints", json={"url": f"http://10.0.0.1/{MARKS['url']}"}),
        caller.send("POST", "/v1/endpoints", json={"url": MARKS["url"]}),
        caller.send("POST", "/v1/templates", json={"queue": MARKS["queue"], "template": {"language": MARKS["label"]}}),
        caller.send("GET", "/v1/summaries", params={"cursor": MARKS["cursor"]}),
        caller.send("GET", f"/v1/conversations/{MARKS['unknown']}"),
        caller.send("GET", f"/{MARKS['unknown']}"),
        caller.send("DELETE", f"/v1/summaries?{MARKS['unknown']}={MARKS['unknown']}"),
        caller.send("GET", "/v1/summaries", headers={"Authorization": f"Bearer {MARKS['key']}"}),
        caller.send("GET", "/v1/summaries", headers={"Authorization": f"Basic {MARKS['key']}"}),
    ]
    assert {one.status_code // 100 for one in refused} == {4}


def _webhooks(caller: Caller, database: Database, settings: Settings) -> None:
    """Good events, wrong signatures, wrong addresses, and one that names what cannot be fetched."""
    address, secret = create_source(database, settings, "acme", platform=Platform.STANDARD, secret=None)
    event = {"type": MARKS["delivery"], "timestamp": "2026-01-02T03:04:05Z", "data": _body(external_id="call-2")}
    raw = json.dumps(event | {"type": "conversation.ended"}).encode()
    good = standard_headers(raw, secret=secret, delivery=MARKS["delivery"])
    assert caller.send("POST", address, content=raw, headers=good).status_code == 202
    unknown = json.dumps(event).encode()
    other = standard_headers(unknown, secret=secret, delivery="msg_2")
    assert caller.send("POST", address, content=unknown, headers=other).status_code == 202
    wrong = {**good, "webhook-signature": f"v1,{MARKS['signature']}"}
    assert caller.send("POST", address, content=raw, headers=wrong).status_code == 401
    caller.send("POST", f"{address}{MARKS['signature']}", content=raw, headers=good)
    caller.send("POST", f"/v1/webhooks/{MARKS['unknown']}?source=x", content=raw, headers=good)
    broken = raw[:-9]
    caller.send("POST", address, content=broken, headers=standard_headers(broken, secret=secret, delivery="msg_3"))
    credentials = {"account_sid": MARKS["credential"], "auth_token": MARKS["credential"]}
    key = 2 * MARKS["secret"]
    twilio, _ = create_source(database, settings, "acme", platform=Platform.TWILIO, secret=key, credentials=credentials)
    thin = twilio_event(customer_key=MARKS["resource"])
    signed = twilio_headers(f"{str(caller.client.base_url).rstrip('/')}{twilio}", thin, secret=key)
    assert caller.send("POST", twilio, content=twilio_form(thin), headers=signed).status_code == 202


def _was_tried(database: Database, key: str) -> bool:
    """Whether the courier has asked the platform, in vain."""
    parsed = parse_key(key)
    assert parsed is not None
    tried = text("SELECT count(*) FROM jobs WHERE kind = 'fetch' AND attempt > 0 AND state <> 'running'")
    with database.begin(parsed.tenant_id) as session:
        return bool(session.scalar(tried))


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def _found(said: str, *more: str) -> set[str]:
    """Kinds of text whose words, or other words that must stay unsaid, stand in what was said."""
    return {name for name, mark in MARKS.items() if mark in said.lower()} | {one for one in more if one in said}


def _everything_in(broker: str) -> str:
    """All that Valkey holds, whatever its type."""
    client = redis.Redis.from_url(broker)
    readers: dict[bytes, Callable[[bytes], object]] = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
    }
    keys: list[bytes] = list(client.scan_iter())  # type: ignore[arg-type]
    said = [str((key, readers[client.type(key)](key))) for key in keys]  # type: ignore[index]
    client.close()
    assert said
    return "\n".join(said)


@pytest.fixture
def deployment(tmp_path: Path, settings: Settings) -> Iterator[Deployment]:
    """Everything, at its most talkative."""
    changes = {"LOG_LEVEL": "DEBUG", "OUTBOUND_NETWORKS": "127.0.0.0/8", "DATABASE_TIMEOUT": "1"}
    with deployed_on(settings, tmp_path, broker=2, max_new_tokens=8, **changes) as running:
        yield running


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """It repeats in body and headers what nobody asked for."""
    with receiving(Reply(500, {"x-echo": MARKS["header"]}, MARKS["answer"].encode()), Reply(200)) as one:
        yield one


def test_no_process_says_a_word_of_anybody(
    deployment: Deployment, database: Database, settings: Settings, admin: Engine, receiver: Receiver
) -> None:
    key = create_key(database, "acme", name=MARKS["key"], scopes=list(Scope), expires_in=None).text
    with httpx.Client(base_url=deployment.url, timeout=30) as client:
        caller = Caller(client, {"Authorization": f"Bearer {key}"})
        _good(caller, receiver.url)
        _bad(caller)
        _webhooks(caller, database, settings)
        _wait_until(lambda: bool(receiver.received) and _was_tried(database, key))
        assert MARKS["turn"] in receiver.received[0].raw.decode()
        metrics = {f"metrics of {one}": httpx.get(deployment.metrics_url(one)).text for one in deployment.processes}
        _away(admin, settings)
        assert caller.send("POST", "/v1/conversations", json=_body(external_id="call-3")).status_code == 503
    queued = _everything_in(deployment.environment["REDIS_URL"])
    deployment.stop()
    logs = {name: deployment.log(name).read_text() for name in deployment.processes}
    password = make_url(deployment.environment["DATABASE_URL"]).password or "?"
    secrets = (key, password, settings.master_key.get_secret_value())
    for name, said in metrics.items():
        assert "acme" not in said, name
        assert not UUIDS.search(said), name
        assert sum(line.startswith("wrapup_") for line in said.splitlines()) < 500, name
    assert ',route="/v1/conversations/{conversation_id}/summary",' in metrics["metrics of serve"]
    assert "wrapup_engine_steps_total{" in metrics["metrics of worker"]
    assert 'wrapup_delivery_attempts_total{result="told"}' in metrics["metrics of courier"]
    assert 'wrapup_jobs{kind="backfill",state="waiting"}' in metrics["metrics of beat"]
    for name, said in {**logs, **metrics, "queue": queued}.items():
        assert said, name
        assert _found(said, *secrets) == set(), name
    assert len(caller.refusals) > 20
    assert not any(status >= 500 for status in caller.statuses[:-1])
    for refusal in caller.refusals:
        assert _found(refusal, *secrets) == set(), refusal


def _away(admin: Engine, settings: Settings) -> None:
    """Nobody reaches the database any more."""
    name = make_url(settings.database_url.get_secret_value()).database
    with admin.connect() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :n"), {"n": name}
        )


@pytest.mark.usefixtures("same_handlers")
def test_a_worker_that_breaks_on_a_call_does_not_repeat_it(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    configure("DEBUG")
    for number, broken in enumerate((ValueError, ModelFailure, RecursionError)):

        def repeat(prompt: str, broken: type[Exception] = broken) -> str:
            raise broken(prompt)

        answer = served.client.post("/v1/conversations", json=_body(external_id=f"call-{number}"))
        assert answer.status_code == 202
        worker = a_worker(served.database, served.settings, generate=FakeGenerator(repeat), bell=served.bell)
        for tenant_id, job_id in served.bell.taken(*SUMMARIES):
            run(worker, tenant_id, job_id)
    sweep(
        served.database,
        served.bell,
        stale_after=served.settings.stale_after,
        max_attempts=dict.fromkeys(Kind, 1),
    )
    said = capsys.readouterr()
    assert "job broke" in said.err
    assert _found(said.err + said.out) == set()
