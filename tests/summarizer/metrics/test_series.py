"""However many there are of whatever is sent, the number of series stays small."""

import asyncio
from decimal import Decimal
from uuid import uuid4

import pytest
from fastapi import FastAPI
from starlette.types import Message, Scope

from api.app import build
from api.dependencies import Parts
from summarizer.errors import NotFound
from summarizer.metering import Meter
from summarizer.metrics import couriers, jobs, money, platforms, quality
from summarizer.prices import Charge
from summarizer.settings import Settings
from summarizer.store.costs import Spent
from summarizer.store.database import Database
from summarizer.summary import Aspect, Claim, Evidence, Summary
from tests.fakes import FakeBell
from tests.summarizer.metrics.exported import exposition

NUM_ASKED, NUM_COUNTED = 1_000, 9_000
MOST_SERIES = 500
PATHS = (
    "/v1/conversations/{}",
    "/v1/conversations/{}/summary",
    "/v1/webhooks/{}?source={}",
    "/{}",
    "/v1/{}/{}",
    "/v1/summaries?text={}",
)
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "BREW{}")


@pytest.fixture
def app(settings: Settings, database: Database) -> FastAPI:
    return build(Parts(settings, database, FakeBell()))


def _scope(number: int) -> Scope:
    mark = f"zq{number}mark"
    path, _, query = PATHS[number % len(PATHS)].format(mark, mark).partition("?")
    method = METHODS[number % len(METHODS)].format(mark)
    agent, tenant_key = f"agent/{mark}", f"Bearer {mark}"
    headers = [(b"user-agent", agent.encode()), (b"host", mark.encode()), (b"authorization", tenant_key.encode())]
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "scheme": "http",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": (mark, 80),
    }


async def _ask_all(app: FastAPI) -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        pass

    for number in range(NUM_ASKED):
        await app(_scope(number), receive, send)


def _count_all() -> None:
    for number in range(NUM_COUNTED):
        mark, version = f"zq{number}mark", uuid4().hex * 2
        claim = Claim(Aspect.REASON, f"A {mark} was lost.", (Evidence(0, 0, 1),), score=number / NUM_COUNTED)
        quality.count(Summary((claim,)), backend=mark, model_version=version)
        quality.count_edit(mark, version, backend=mark, model_version=mark)
        quality.count_rating(mark, backend=mark, model_version=version)
        jobs.count_finished(mark, reason=mark, seconds=number)
        couriers.count_fetch(mark, mark, reason=mark)
        couriers.count_delivery(mark, seconds=number)
        platforms.count_refused(mark, NotFound(mark))
        charge = Charge(Decimal(1), 1.0, mark[:3].upper())
        money.count([Spent(mark, version, Meter(), charge, is_summary=True)])


def _series(told: str) -> set[str]:
    return {line.rpartition(" ")[0] for line in told.splitlines() if line.startswith("wrapup_")}


def test_ten_thousand_different_things_make_few_series_and_none_of_them_is_told(app: FastAPI) -> None:
    before = _series(exposition())  # what other tests of this process have brought about
    asyncio.run(_ask_all(app))
    _count_all()
    told = exposition()
    series = _series(told)
    assert "/v1/conversations/{conversation_id}/summary" in told
    assert "zq1mark" not in told
    assert len(series) > 100
    assert len(series - before) < MOST_SERIES
