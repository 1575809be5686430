"""How much one tenant may ask for, by a clock that the test moves."""

from dataclasses import dataclass
from uuid import uuid4

import pytest

from api.rates import Rates
from summarizer.errors import TooManyRequests
from summarizer.keys import Scope, new_key
from summarizer.settings import Settings
from summarizer.store import tenants
from tests.api.conftest import Served


@dataclass
class Clock:
    """Seconds, which pass when the test says so."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slow(settings: Settings, clock: Clock) -> Rates:
    """Two requests a second, four at once."""
    return Rates(settings.model_copy(update={"requests_per_second": 2.0, "request_burst": 4}), clock=clock)


def _num_served(rates: Rates, tenant_id: object, *, asked: int, per_second: float | None = None) -> int:
    served = 0
    for _ in range(asked):
        try:
            rates.count(tenant_id, per_second=per_second)  # type: ignore[arg-type]
            served += 1
        except TooManyRequests:
            continue
    return served


def test_a_burst_is_served_and_then_as_many_as_the_rate_says(slow: Rates, clock: Clock) -> None:
    tenant_id = uuid4()
    assert _num_served(slow, tenant_id, asked=10) == 4
    clock.now += 1
    assert _num_served(slow, tenant_id, asked=10) == 2
    clock.now += 3600
    assert _num_served(slow, tenant_id, asked=10) == 4


def test_who_is_refused_knows_for_how_long_and_is_served_then(slow: Rates, clock: Clock) -> None:
    tenant_id = uuid4()
    _num_served(slow, tenant_id, asked=4)
    with pytest.raises(TooManyRequests) as refused:
        slow.count(tenant_id, per_second=None)
    assert refused.value.wait.total_seconds() == 0.5
    clock.now += 0.5
    slow.count(tenant_id, per_second=None)


def test_a_flood_takes_nothing_from_another_tenant(slow: Rates) -> None:
    _num_served(slow, uuid4(), asked=1000)
    assert _num_served(slow, uuid4(), asked=4) == 4


@pytest.mark.parametrize(("per_second", "burst"), [(1.0, 2), (0.1, 1), (50.0, 100)])
def test_a_tenants_own_rate_has_a_burst_of_as_many_seconds(slow: Rates, per_second: float, burst: int) -> None:
    assert _num_served(slow, uuid4(), asked=200, per_second=per_second) == burst


def test_too_many_requests_are_answered_429_with_a_time_to_wait(served: Served, slow: Rates) -> None:
    served.app.state.rates = slow
    answers = [served.client.get("/v1/summaries") for _ in range(5)]
    assert [one.status_code for one in answers] == [200, 200, 200, 200, 429]
    assert answers[-1].json()["type"] == "/problems/rate-limited"
    assert answers[-1].headers["Retry-After"] == "1"
    others = {"Authorization": f"Bearer {served.key(Scope.READ, tenant='other')}"}
    assert served.client.get("/v1/summaries", headers=others).status_code == 200


def test_whatever_asks_who_one_is_says_that_it_may_be_too_much(served: Served) -> None:
    for path, item in served.app.openapi()["paths"].items():
        for method, operation in item.items():
            assert ("401" in operation["responses"]) is ("429" in operation["responses"]), (method, path)


def test_all_keys_of_a_tenant_share_its_rate_and_what_a_key_may_not_counts_as_well(served: Served, slow: Rates) -> None:
    served.app.state.rates = slow
    keys = [served.key(Scope.READ), served.key(Scope.INGEST)] * 3
    answers = [served.client.get("/v1/summaries", headers={"Authorization": f"Bearer {key}"}) for key in keys]
    assert [one.status_code for one in answers] == [200, 403, 200, 403, 429, 429]


def test_who_proves_nothing_takes_no_token_of_anybody(served: Served, slow: Rates) -> None:
    served.app.state.rates = slow
    for _ in range(20):
        invented = {"Authorization": f"Bearer {new_key(served.tenant_id).text}"}
        assert served.client.get("/v1/summaries", headers=invented).status_code == 401
    assert served.client.get("/v1/summaries").status_code == 200


def test_a_tenants_own_rate_counts_from_the_next_request_on(served: Served, slow: Rates) -> None:
    served.app.state.rates = slow
    with served.database.begin(None) as session:
        tenants.set_rate(session, served.tenant_id, 0.5)
    assert [served.client.get("/v1/summaries").status_code for _ in range(2)] == [200, 429]
