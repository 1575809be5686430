"""What a caller is told of costs: its own tenant's, in text that loses no digit."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from summarizer.jobs import run
from summarizer.keys import Scope
from summarizer.kinds import Kind
from summarizer.store.tables import NightlyRun
from tests.api.conftest import Served
from tests.builders import a_body
from tests.fakes import GROUNDED
from tests.summarizer.test_costs import Timed, a_priced_worker, choose

TODAY = datetime.now(UTC).date()


def written(served: Served, **changes: object) -> dict[str, Any]:
    """A summary that took a dollar's worth of a device."""
    accepted = served.client.post("/v1/conversations", json=a_body(**changes)).json()
    work = a_priced_worker(served.database, served.settings, dear=Timed("d" * 64, lambda _: GROUNDED))
    for tenant_id, job_id in served.bell.taken(Kind.SUMMARIZE):
        run(work, tenant_id, job_id)
    found: dict[str, Any] = served.client.get(accepted["links"]["summary"]).json()
    return found


def test_a_summary_tells_what_it_took_and_what_it_would_have_cost_elsewhere(served: Served) -> None:
    choose(served.database, served.tenant_id, "dear")
    cost = written(served)["cost"]
    assert {name: cost[name] for name in ("backend", "because", "money", "currency", "device_seconds")} == {
        "backend": "dear",
        "because": None,
        "money": "1",
        "currency": "USD",
        "device_seconds": 1.0,
    }
    at = {one["name"]: one for one in cost["rented"]}
    assert at["genesys"] == {"name": "genesys", "money": "0.02", "ratio": "0.02"}
    assert 0 < Decimal(at["gpt-4.1-mini"]["money"]) < Decimal(at["gpt-4.1"]["money"])
    assert [Decimal(one["money"]) for one in cost["rented"]] == sorted(Decimal(one["money"]) for one in cost["rented"])


def test_a_summary_from_before_that_was_counted_tells_no_cost(served: Served) -> None:
    made = written(served)
    with served.database.begin(served.tenant_id) as session:
        session.execute(text("UPDATE summaries SET meter = NULL, money = NULL"))
    assert served.client.get(f"/v1/conversations/{made['conversation_id']}/summary").json()["cost"] is None


def test_costs_are_summed_by_what_was_asked_for_and_are_the_callers_own(served: Served) -> None:
    choose(served.database, served.tenant_id, "dear")
    for number, queue in enumerate(("billing", "cards", "cards")):
        written(served, external_id=f"call-{number}", queue=queue)
    with served.database.begin(None) as session:
        session.add(NightlyRun(slot=TODAY.isoformat(), state="refused", ledger={"device_hours": 1.0, "money": 5}))
    found = served.client.get("/v1/costs", params={"by": "queue,model"}).json()
    assert [(row["queue"], row["num_summaries"], row["money"], row["per_summary"]) for row in found["data"]] == [
        ("billing", 1, "1", "1"),
        ("cards", 2, "2", "1"),
    ]
    assert found["data"][0]["model"] == "d" * 64
    assert found["data"][0]["day"] is None
    (total,) = found["totals"]
    assert (total["money"], total["num_prompts"]) == ("3", 3)
    assert {one["name"] for one in total["rented"]} >= {"gpt-4.1-mini", "genesys"}
    other = {"Authorization": f"Bearer {served.key(Scope.READ, tenant='other')}"}
    theirs = served.client.get("/v1/costs", headers=other).json()
    assert (theirs["data"], theirs["totals"], "training" in theirs) == ([], [], False)


@pytest.mark.parametrize(
    "query",
    [
        {"since": "yesterday"},
        {"since": "1700000000"},
        {"until": "2026-02-30"},
        {"since": "2026-02-02", "until": "2026-02-01"},
        {"since": "2025-01-01", "until": "2026-06-01"},
        {"by": "agent"},
        {"by": "tenant"},
        {"by": ""},
        {"per": "day"},
    ],
)
def test_what_nobody_can_sum_up_is_refused_with_the_place(served: Served, query: dict[str, str]) -> None:
    answer = served.client.get("/v1/costs", params=query)
    assert (answer.status_code // 100, answer.headers["content-type"]) == (4, "application/problem+json")
    assert answer.json()["errors"], answer.text


def test_days_are_of_utc_and_the_last_one_is_included(served: Served) -> None:
    written(served)
    for since, num in ((TODAY, 1), (TODAY - timedelta(days=1), 1), (TODAY + timedelta(days=1), 0)):
        found = served.client.get("/v1/costs", params={"since": f"{since}", "until": f"{max(TODAY, since)}"}).json()
        assert len(found["data"]) == num
