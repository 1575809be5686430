"""What an endpoint gets, on a real socket, read with the library that receivers use."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError

from summarizer import endpoints, outbound
from summarizer.callbacks import announce, replay, replay_range
from summarizer.courier import Courier
from summarizer.delivering import AT_ONCE, run
from summarizer.edits import edit
from summarizer.endpoints import Made
from summarizer.errors import Conflict, ModelFailure
from summarizer.events import SUBSCRIBABLE, Event
from summarizer.jobs import run as run_summary
from summarizer.jobs import sweep
from summarizer.kinds import Kind
from summarizer.log import configure
from summarizer.settings import Settings
from summarizer.store import callbacks, jobs
from summarizer.store import endpoints as stored
from summarizer.store.callbacks import Tracked, Wanted
from summarizer.store.database import Database
from summarizer.verdict import SCHEDULE, Again, Because, Dead, Done, Failure, judge
from tests.fakes import FakeBell, FakeGenerator
from tests.receiver import DEAF, HOLD_SECONDS, Received, Receiver, Reply, receiving
from tests.work import a_worker, count, make_older, no_renewal, submitted, subscribed

SECOND = timedelta(seconds=1)


@dataclass
class Line:
    """A courier, and short ways to make it work."""

    courier: Courier
    bell: FakeBell
    tenant_id: UUID

    @property
    def database(self) -> Database:
        return self.courier.database

    @property
    def settings(self) -> Settings:
        return self.courier.settings

    def endpoint(self, receiver: Receiver, *events: Event, url: str | None = None) -> Made:
        """An endpoint at a receiver."""
        to = url or receiver.url
        return subscribed(self.database, self.tenant_id, self.settings, url=to, events=events or SUBSCRIBABLE)

    def test(self, made: Made) -> UUID:
        """A callback about nothing."""
        return endpoints.try_out(self.database, self.bell, self.tenant_id, made.endpoint.id, actor="test")

    def work(self) -> None:
        """Tell everything the bell was rung for."""
        for tenant_id, job_id in self.bell.taken(Kind.DELIVER):
            run(self.courier, tenant_id, job_id)

    def work_later(self) -> None:
        """Let all that waits be due, and tell it."""
        make_older(self.database, self.tenant_id, "due_at", by="2 days")
        make_older(self.database, self.tenant_id, "sent_at", by="2 days")
        sweep(self.database, self.bell, stale_after=SECOND, max_attempts=dict.fromkeys(Kind, 10))
        self.work()

    def all(self, **wanted: object) -> list[Tracked]:
        """Callbacks, newest first."""
        with self.database.begin(self.tenant_id) as session:
            return callbacks.page(session, Wanted(**wanted), after=None, limit=100)  # type: ignore[arg-type]

    def one(self) -> Tracked:
        (only,) = self.all()
        return only

    def disabled(self, made: Made) -> str | None:
        with self.database.begin(self.tenant_id) as session:
            found = stored.find(session, made.endpoint.id)
        assert found is not None
        return found.disabled_because

    def execute(self, statement: str) -> None:
        with self.database.begin(self.tenant_id) as session:
            session.execute(text(statement))


@pytest.fixture
def line(database: Database, settings: Settings, tenant_id: UUID) -> Iterator[Line]:
    allowing = Settings(**{**settings.model_dump(), "outbound_networks": ["127.0.0.0/8"]}, _env_file=None)
    bell = FakeBell()
    with outbound.client(allowing) as client:
        yield Line(Courier(database, bell, "courier-1", allowing, no_renewal, client), bell, tenant_id)


def _verified(received: Received, secret: str) -> dict[str, object]:
    return dict(Webhook(secret).verify(received.raw, received.headers))


def test_a_summary_is_told_signed_with_its_evidence(line: Line) -> None:
    with receiving() as receiver:
        made = line.endpoint(receiver)
        job = submitted(line.database, line.tenant_id)
        run_summary(a_worker(line.database, line.settings, bell=line.bell), line.tenant_id, job.job_id)
        line.work()
    (received,) = receiver.received
    event = _verified(received, made.secrets.current)
    assert event["type"] == "summary.completed"
    data = event["data"]
    assert isinstance(data, dict)
    assert (data["conversation_id"], data["external_id"]) == (f"conv_{job.conversation_id.hex}", "call-1")
    assert data["summary"]["claims"][0]["evidence"][0]["turn"] == 1
    told = line.one()
    assert received.headers["webhook-id"] == f"msg_{told.callback.id.hex}"
    assert (told.job.state, told.callback.status, told.callback.failure) == ("succeeded", 200, None)
    assert received.headers["content-type"] == "application/json"


def test_a_conversation_without_a_summary_is_told_with_its_reason(line: Line) -> None:
    def fail(_: str) -> str:
        raise ModelFailure("no")

    worker = a_worker(line.database, line.settings, bell=line.bell, generate=FakeGenerator(fail))
    with receiving() as receiver:
        line.endpoint(receiver)
        noise = submitted(line.database, line.tenant_id, lines=(("agent", "Hello?"), ("customer", "Mm-hm.")))
        run_summary(worker, line.tenant_id, noise.job_id)
        broken = submitted(line.database, line.tenant_id, external_id="call-2")
        for _ in range(3):
            run_summary(worker, line.tenant_id, broken.job_id)
            make_older(line.database, line.tenant_id, "due_at", by="1 hour")
        lost = submitted(line.database, line.tenant_id, external_id="call-3")
        line.execute(
            "UPDATE jobs SET state = 'running', attempt = 3, lease_until = now() - interval '1 s' "
            f"WHERE id = '{lost.job_id}'"
        )
        line.bell.rung = [one for one in line.bell.rung if one[0] is Kind.DELIVER]
        sweep(line.database, line.bell, stale_after=timedelta(hours=9), max_attempts=dict.fromkeys(Kind, 3))
        line.work()
    told = [json.loads(one.raw) for one in receiver.received]
    assert {one["type"] for one in told} == {"summary.failed"}
    assert [one["data"]["reason"] for one in told] == ["nothing_said", "model_failure", "worker_lost"]


def test_an_edit_is_told_with_its_text_each_time(line: Line) -> None:
    with receiving() as receiver:
        line.endpoint(receiver, Event.EDITED)
        job = submitted(line.database, line.tenant_id)
        run_summary(a_worker(line.database, line.settings, bell=line.bell), line.tenant_id, job.job_id)
        for words in ("first", "second"):
            edit(
                line.database,
                line.bell,
                line.tenant_id,
                job.conversation_id,
                expected=None,
                actor="ann",
                text=words,
                disposition=None,
                outcome=None,
            )
        line.work()
    assert [json.loads(one.raw)["data"]["edit"]["text"] for one in receiver.received] == ["first", "second"]


def test_an_event_that_happens_twice_makes_one_callback_and_an_old_revision_none(line: Line) -> None:
    with receiving() as receiver:
        line.endpoint(receiver)
        job = submitted(line.database, line.tenant_id)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: _announce(line, job.conversation_id, 1), range(8)))
        assert count(line.database, line.tenant_id, "callbacks") == 1
        _announce(line, job.conversation_id, 2)
        assert count(line.database, line.tenant_id, "callbacks") == 1


def _announce(line: Line, conversation_id: UUID, revision: int) -> None:
    with line.database.begin(line.tenant_id) as session:
        announce(session, line.tenant_id, Event.COMPLETED, conversation_id, revision)


def test_a_failed_attempt_is_repeated_later_under_the_same_id_with_a_new_time(line: Line) -> None:
    with receiving(Reply(500), Reply(200)) as receiver:
        made = line.endpoint(receiver)
        line.test(made)
        line.work()
        waiting = line.one()
        assert (waiting.job.state, waiting.callback.failure, waiting.callback.status) == ("queued", "status", 500)
        time.sleep(1.1)
        line.work_later()
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] < second.headers["webhook-timestamp"]
    _verified(second, made.secrets.current)
    assert line.one().job.state == "succeeded"


def test_an_endpoint_that_is_gone_is_told_nothing_more_until_it_is_enabled(line: Line) -> None:
    with receiving(Reply(410), Reply(200)) as receiver:
        made = line.endpoint(receiver)
        line.test(made)
        line.test(made)
        line.work()
        assert line.disabled(made) == Because.GONE
        assert sorted(one.callback.failure or "" for one in line.all(state="failed")) == ["endpoint_disabled", "gone"]
        assert len(receiver.received) == 1
        with pytest.raises(Conflict):
            line.test(made)
        endpoints.change(
            line.database,
            line.tenant_id,
            made.endpoint.id,
            settings=line.settings,
            actor="test",
            values={},
            is_enabled=True,
        )
        line.test(made)
        line.work()
    assert len(receiver.received) == 2


def test_an_endpoint_may_ask_for_time(line: Line) -> None:
    with receiving(Reply(429, {"retry-after": "7200"})) as receiver:
        line.test(line.endpoint(receiver))
        line.work()
    wait = line.one().job.due_at - datetime.now(UTC)
    assert timedelta(hours=1, minutes=59) < wait < timedelta(hours=2, minutes=1)


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        (Reply(302, {"location": "http://127.0.0.1:1/"}), Failure.REDIRECT),
        (Reply(404), Failure.STATUS),
        (Reply(DEAF), Failure.CONNECT),
        (Reply(200, {"content-length": "nine"}), Failure.PROTOCOL),
    ],
)
def test_what_went_wrong_is_kept_by_a_name_from_a_closed_list(line: Line, reply: Reply, failure: Failure) -> None:
    with receiving(reply) as receiver:
        line.test(line.endpoint(receiver))
        line.work()
    assert line.one().callback.failure == failure


def test_nobody_listening_bad_tls_and_an_inside_address_have_names_too(line: Line) -> None:
    with receiving() as receiver:
        line.test(line.endpoint(receiver, url=receiver.url.replace("http", "https")))
        line.work()
    line.test(line.endpoint(receiver))
    line.work()
    line.execute("UPDATE endpoints SET url = 'https://10.0.0.1/hook'")
    line.bell.rung.clear()
    line.test(line.endpoint(receiver, url="http://127.0.0.1:9/"))
    line.execute("UPDATE endpoints SET url = 'http://10.0.0.1/hook'")
    line.work()
    assert [one.callback.failure for one in line.all()] == ["address_refused", "connect", "tls"]


def test_an_answer_that_never_ends_is_not_read_to_its_end(line: Line) -> None:
    with receiving(Reply(200, raw=b"x" * 50_000_000)) as receiver:
        line.test(line.endpoint(receiver))
        line.work()
        assert line.one().job.state == "succeeded"
        assert receiver.num_written < 10_000_000


def test_an_answer_that_drips_is_a_timeout(line: Line) -> None:
    with receiving(Reply(200, drip_seconds=0.1)) as receiver, outbound.client(line.settings, seconds=1.0) as client:
        line.test(line.endpoint(receiver))
        replace(line, courier=replace(line.courier, client=client)).work()
    assert line.one().callback.failure == Failure.TIMEOUT


def test_a_slow_endpoint_hinders_no_other_and_is_told_few_things_at_once(line: Line) -> None:
    held = threading.Event()
    with receiving(Reply(200, held=held)) as slow, receiving() as quick:
        busy, other = line.endpoint(slow), line.endpoint(quick)
        for _ in range(8):
            line.test(busy)
        for _ in range(4):
            line.test(other)
        taken = line.bell.taken(Kind.DELIVER)
        with ThreadPoolExecutor(8) as pool:
            done = [pool.submit(run, line.courier, *one) for one in taken]
            _wait_until(lambda: len(quick.received) == 4)  # while the slow one answers nothing
            held.set()
            [one.result() for one in done]
        assert len(slow.received) == AT_ONCE
        waiting = line.all(state="queued")
        assert [one.job.attempt for one in waiting] == [0] * 4
        line.work_later()
        assert len(slow.received) == 8


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + HOLD_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_after_a_rotation_both_secrets_verify_until_the_former_is_retired(line: Line) -> None:
    with receiving() as receiver:
        former = line.endpoint(receiver)
        endpoint_id = former.endpoint.id
        means = {"settings": line.settings, "actor": "test"}
        current = endpoints.rotate(line.database, line.tenant_id, endpoint_id, **means)  # type: ignore[arg-type]
        line.test(former)
        line.work()
        for made in (former, current):
            _verified(receiver.received[0], made.secrets.current)
        endpoints.retire(line.database, line.tenant_id, endpoint_id, **means)  # type: ignore[arg-type]
        line.test(former)
        line.work()
    _verified(receiver.received[1], current.secrets.current)
    with pytest.raises(WebhookVerificationError):
        _verified(receiver.received[1], former.secrets.current)
    later = datetime.now(UTC) + timedelta(hours=25)
    assert current.secrets.live(later) == (current.secrets.current,)
    third = current.secrets.rotated(later)
    assert third.live(later) == (third.current, current.secrets.current)


def test_dead_letters_are_listed_and_told_again_under_the_same_id(line: Line) -> None:
    with receiving(*[Reply(500)] * 10, Reply(200)) as receiver:
        made = line.endpoint(receiver)
        callback_id = line.test(made)
        line.work()
        for _ in range(9):
            line.work_later()
        (dead,) = line.all(state="failed")
        assert (dead.job.attempt, dead.callback.failure, len(receiver.received)) == (10, "status", 10)
        line.work_later()
        assert len(receiver.received) == 10
        replay(line.database, line.bell, line.tenant_id, callback_id, actor="test")
        line.work()
        assert line.one().job.state == "succeeded"
        assert len({one.headers["webhook-id"] for one in receiver.received}) == 1


def test_a_time_is_told_again_at_once(line: Line) -> None:
    with receiving(*[Reply(410)] * 1, Reply(200)) as receiver:
        made = line.endpoint(receiver)
        for _ in range(3):
            line.test(made)
        line.work()
        line.execute("UPDATE endpoints SET disabled_at = NULL")
        moments = {"actor": "test", "since": datetime.now(UTC) - timedelta(hours=1), "until": None}
        args = (line.database, line.tenant_id, made.endpoint.id)
        assert replay_range(*args, **{**moments, "until": moments["since"]}, only_failed=True) == 0  # type: ignore[arg-type]
        assert replay_range(*args, **moments, only_failed=True) == 3  # type: ignore[arg-type]
        assert replay_range(*args, **moments, only_failed=True) == 0  # type: ignore[arg-type]
        sweep(line.database, line.bell, stale_after=SECOND, max_attempts=dict.fromkeys(Kind, 10))
        line.work()
        assert {one.job.state for one in line.all()} == {"succeeded"}
        assert replay_range(*args, **moments, only_failed=False) == 3  # type: ignore[arg-type]


def test_an_endpoint_that_fails_for_five_days_is_disabled_and_a_success_starts_the_count_anew(line: Line) -> None:
    with receiving(Reply(500), Reply(200), Reply(500)) as receiver:
        made = line.endpoint(receiver)
        for _ in range(3):
            line.test(made)
        line.work()
        line.execute("UPDATE endpoints SET failing_since = failing_since - interval '4 days 23 hours'")
        line.work_later()
        assert line.disabled(made) is None
        line.execute("UPDATE endpoints SET failing_since = failing_since - interval '2 hours'")
        line.work_later()
        assert line.disabled(made) == Because.FAILING


def test_another_courier_takes_what_a_crashed_one_held_and_the_late_answer_counts_for_nothing(line: Line) -> None:
    with receiving() as receiver:
        line.test(line.endpoint(receiver))
        ((_, job_id),) = line.bell.taken(Kind.DELIVER)
        with line.database.begin(line.tenant_id) as session:
            held = jobs.claim_delivery(
                session, line.tenant_id, job_id, owner="dead", lease=30 * SECOND, max_attempts=10, at_once=4
            )
        assert held is not None
        run(line.courier, line.tenant_id, job_id)
        assert receiver.received == []
        make_older(line.database, line.tenant_id, "lease_until", by="1 hour")
        run(replace(line.courier, owner="courier-2"), line.tenant_id, job_id)
        with line.database.begin(line.tenant_id) as session:
            assert not jobs.fail(session, held, reason="late")
    assert (line.one().job.state, line.one().job.attempt, len(receiver.received)) == ("succeeded", 2, 1)


def test_a_forgotten_endpoint_takes_its_callbacks_with_it(line: Line) -> None:
    with receiving() as receiver:
        made = line.endpoint(receiver)
        line.test(made)
        endpoints.remove(line.database, line.tenant_id, made.endpoint.id, actor="test")
        line.work()
    assert (receiver.received, line.all()) == ([], [])


@pytest.mark.usefixtures("same_handlers")
def test_the_log_names_the_host_and_nothing_else_of_the_address(line: Line, capsys: pytest.CaptureFixture[str]) -> None:
    configure("DEBUG")
    with receiving(Reply(500)) as receiver:
        line.test(line.endpoint(receiver, url=f"{receiver.url}/hidden-token?key=hidden-key"))
        line.work()
    logged = "".join(capsys.readouterr())
    assert "127.0.0.1" in logged
    assert "hidden" not in logged  # not a number, which a time or an id may hold by chance


def test_the_verdict_on_each_outcome() -> None:
    def verdict(outcome: int | Failure, attempt: int = 1, wait: timedelta | None = None) -> Done | Again | Dead:
        return judge(outcome, attempt=attempt, max_attempts=10, retry_after=wait, chance=0.5)

    assert [verdict(status) for status in (200, 204, 299)] == [Done()] * 3
    assert [verdict(500, attempt) for attempt in range(1, 10)] == [Again(Failure.STATUS, wait) for wait in SCHEDULE]
    assert verdict(500, 10) == Dead(Failure.STATUS)
    assert verdict(410) == Dead(Failure.GONE, disables=Because.GONE)
    assert verdict(301) == Again(Failure.REDIRECT, SCHEDULE[0])
    assert verdict(Failure.TIMEOUT, 2) == Again(Failure.TIMEOUT, SCHEDULE[1])
    for status in (429, 502, 503, 504):
        assert verdict(status, wait=timedelta(hours=1)) == Again(Failure.STATUS, timedelta(hours=1))
    assert verdict(503, 3, wait=SECOND) == Again(Failure.STATUS, SCHEDULE[2])
    assert verdict(500, wait=timedelta(hours=1)) == Again(Failure.STATUS, SCHEDULE[0])
    assert sum(SCHEDULE, timedelta(0)) > timedelta(days=3)
    early, late = (judge(500, attempt=3, max_attempts=10, retry_after=None, chance=chance) for chance in (0.0, 1.0))
    assert early == Again(Failure.STATUS, 0.8 * SCHEDULE[2])
    assert late == Again(Failure.STATUS, 1.2 * SCHEDULE[2])
