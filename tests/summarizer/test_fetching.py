import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from summarizer import tracing, vault
from summarizer.access import fetch_again
from summarizer.courier import Courier
from summarizer.fetchers.failures import NotFetched, NotYet, TryLater, Unfetchable, WhyNotFetched
from summarizer.fetching import next_fetch, run
from summarizer.keys import source_token
from summarizer.kinds import Kind
from summarizer.log import configure
from summarizer.retry_after import MAX_WAIT, retry_after
from summarizer.settings import Settings
from summarizer.store import jobs, tenants, webhooks
from summarizer.store.database import Database
from summarizer.store.jobs import Lease
from summarizer.store.tables import WebhookDelivery, WebhookSource
from summarizer.vault import new_master_key
from tests.fakes import FakeBell
from tests.standins import Answers, Platform, Reply, as_json, internet, patience
from tests.summarizer.fetchers.transcripts import CAPTIONS, CONVERSATION_ID, FIRST, SECOND, genesys, twilio
from tests.work import count, make_older, no_renewal

TWILIO_HOST = "intelligence.twilio.com"
TRANSCRIPT = {"transcript_sid": "GT1", "service_sid": "GA1"}


@pytest.fixture
def other_tenant_id(database: Database) -> UUID:
    with database.begin(None) as session:
        return tenants.ensure(session, "globex")


@contextmanager
def _courier(database: Database, settings: Settings, platforms: Mapping[str, Answers]) -> Iterator[Courier]:
    with internet(platforms) as client:
        yield Courier(database, FakeBell(), "courier-1", settings, no_renewal, client)


def _job(
    courier: Courier,
    tenant_id: UUID,
    *,
    platform: str,
    resource: Mapping[str, str] = TRANSCRIPT,
    credentials: Mapping[str, str],
    delivery_id: str = "event-1",
) -> UUID:
    """An event that arrived and a job to fetch what it names."""
    key = courier.settings.master_key
    with courier.database.begin(tenant_id) as session:
        source = WebhookSource(
            tenant_id=tenant_id,
            platform=platform,
            secrets=vault.seal(["s"], master_key=key),
            credentials=vault.seal([json.dumps(dict(credentials))], master_key=key),
        )
        session.add(source)
        session.flush()
        sealed = vault.seal([json.dumps(dict(resource))], master_key=key)
        session.add(
            WebhookDelivery(
                tenant_id=tenant_id,
                source_id=source.id,
                delivery_id=delivery_id,
                event_type="voice_intelligence_transcript_available",
                resource=sealed,
            )
        )
        session.flush()
        return jobs.add_fetch(session, tenant_id, source_id=source.id, delivery_id=delivery_id)


def _state(database: Database, tenant_id: UUID, job_id: UUID) -> tuple[str, int, str | None]:
    with database.begin(tenant_id) as session:
        row = session.execute(text("SELECT state, attempt, reason FROM jobs WHERE id = :id"), {"id": job_id}).one()
    return row.state, row.attempt, row.reason


def _seconds_until_due(database: Database, tenant_id: UUID, job_id: UUID) -> float:
    with database.begin(tenant_id) as session:
        statement = text("SELECT extract(epoch FROM due_at - now()) FROM jobs WHERE id = :id")
        return float(session.execute(statement, {"id": job_id}).scalar_one())


def test_what_an_event_names_becomes_a_conversation_with_a_job_to_summarize(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    platform = twilio()
    with _courier(database, settings, {TWILIO_HOST: platform}) as courier:
        job_id = _job(courier, tenant_id, platform="twilio", credentials=platform.credentials)
        run(courier, tenant_id, job_id)
    assert _state(database, tenant_id, job_id) == ("succeeded", 1, None)
    assert count(database, tenant_id, "conversations") == 1
    with database.begin(tenant_id) as session:
        linked = session.execute(text("SELECT conversation_id FROM webhook_deliveries")).scalar_one()
        stored = session.execute(text("SELECT id, external_id FROM conversations")).one()
        to_do = session.execute(text("SELECT id FROM jobs WHERE kind = 'summarize'")).scalar_one()
    assert (stored.id, stored.external_id) == (linked, "call-1")
    assert isinstance(courier.bell, FakeBell)
    assert courier.bell.taken(Kind.SUMMARIZE) == [(tenant_id, to_do)]


def test_what_is_fetched_is_summarized_in_the_trace_of_the_event(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    platform, event = twilio(), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with _courier(database, settings, {TWILIO_HOST: platform}) as courier:
        with tracing.resumed(event):
            job_id = _job(courier, tenant_id, platform="twilio", credentials=platform.credentials)
        run(courier, tenant_id, job_id)
    with database.begin(tenant_id) as session:
        traces = dict(session.execute(text("SELECT kind, left(trace, 35) FROM jobs")).all())
    assert traces == {"fetch": event[:35], "summarize": event[:35]}


def test_a_fetch_that_is_run_twice_makes_one_conversation_and_one_job(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    platform = twilio()
    with _courier(database, settings, {TWILIO_HOST: platform}) as courier:
        job_id = _job(courier, tenant_id, platform="twilio", credentials=platform.credentials)
        for _ in range(2):
            run(courier, tenant_id, job_id)
        again = _job(courier, tenant_id, platform="twilio", credentials=platform.credentials, delivery_id="event-2")
        run(courier, tenant_id, again)
    assert _state(database, tenant_id, again)[0] == "succeeded"
    assert count(database, tenant_id, "conversations") == 1
    assert count(database, tenant_id, "jobs") == 1 + 2


def test_what_is_fetched_after_the_lease_was_lost_is_stored_by_the_other_attempt_only(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    platform = twilio()
    with _courier(database, settings, {TWILIO_HOST: platform}) as courier:
        job_id = _job(courier, tenant_id, platform="twilio", credentials=platform.credentials)

        @contextmanager
        def lost(_: Lease) -> Iterator[None]:
            make_older(database, tenant_id, "lease_until", by="1 hour")
            run(replace(courier, owner="courier-2"), tenant_id, job_id)
            yield

        bell = FakeBell()
        run(replace(courier, holding=lost, bell=bell), tenant_id, job_id)
    assert _state(database, tenant_id, job_id) == ("succeeded", 2, None)
    assert count(database, tenant_id, "revisions") == 1
    assert bell.rung == []


def test_a_late_transcript_is_waited_for(database: Database, settings: Settings, tenant_id: UUID) -> None:
    platform = genesys()
    with _courier(database, settings, platform.hosts()) as courier:
        resource = {"conversation_id": CONVERSATION_ID}
        job_id = _job(courier, tenant_id, platform="genesys", resource=resource, credentials=platform.credentials)
        run(courier, tenant_id, job_id)
        assert _state(database, tenant_id, job_id) == ("queued", 1, None)
        assert 5 < _seconds_until_due(database, tenant_id, job_id) <= 10
        run(courier, tenant_id, job_id)
        assert _state(database, tenant_id, job_id) == ("queued", 1, None)  # not due
        platform.transcripts = genesys(FIRST).transcripts
        make_older(database, tenant_id, "due_at", by="1 hour")
        run(courier, tenant_id, job_id)
    assert _state(database, tenant_id, job_id) == ("succeeded", 2, None)
    assert count(database, tenant_id, "conversations") == 3  # the whole, and a leg for each of its two agents


def test_two_communications_with_transcripts_are_two_legs_of_one_whole(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    platform = genesys(FIRST, SECOND)
    with _courier(database, settings, platform.hosts()) as courier:
        resource = {"conversation_id": CONVERSATION_ID}
        job_id = _job(courier, tenant_id, platform="genesys", resource=resource, credentials=platform.credentials)
        run(courier, tenant_id, job_id)
    with database.begin(tenant_id) as session:
        rows = session.execute(text("SELECT external_id, leg FROM conversations")).all()
    assert {row.leg for row in rows} == {None, FIRST, SECOND}
    assert {row.external_id for row in rows} == {CONVERSATION_ID}


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(200, b"{"), WhyNotFetched.UNREADABLE),
        (Reply(200, b'{"sid": "GT1"', length=500), WhyNotFetched.UNREACHABLE),
        (Reply(503), WhyNotFetched.UNREACHABLE),
        (as_json({"sid": "GT1", "status": "queued"}), WhyNotFetched.NOT_FOUND),
    ],
)
def test_what_may_end_better_is_tried_until_the_last_attempt(
    reply: Reply, reason: str, database: Database, settings: Settings, tenant_id: UUID
) -> None:
    settings = settings.model_copy(update={"max_fetches": 2})
    platform = twilio()
    with _courier(database, settings, {TWILIO_HOST: lambda _: reply}) as courier:
        job_id = _job(courier, tenant_id, platform="twilio", credentials=platform.credentials)
        run(courier, tenant_id, job_id)
        assert _state(database, tenant_id, job_id)[0] == "queued"
        make_older(database, tenant_id, "due_at", by="1 hour")
        run(courier, tenant_id, job_id)
    assert _state(database, tenant_id, job_id) == ("failed", 2, reason)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (as_json({"code": 20404}, status=404), WhyNotFetched.NOT_FOUND),
        (Reply(403), WhyNotFetched.NOT_PERMITTED),
        (as_json({"sid": "GT1", "status": "failed"}), WhyNotFetched.PLATFORM_FAILED),
        (as_json({"sid": "GT1", "status": "completed", "sentences": []}), WhyNotFetched.UNREADABLE),
        (as_json([]), WhyNotFetched.UNREADABLE),
    ],
)
def test_what_can_only_end_the_same_fails_at_once(
    reply: Reply, reason: str, database: Database, settings: Settings, tenant_id: UUID
) -> None:
    platform = twilio()
    with _courier(database, settings, {TWILIO_HOST: lambda _: reply}) as courier:
        job_id = _job(courier, tenant_id, platform="twilio", credentials=platform.credentials)
        run(courier, tenant_id, job_id)
    assert _state(database, tenant_id, job_id) == ("failed", 1, reason)
    assert count(database, tenant_id, "conversations") == 0


def test_the_platforms_retry_after_is_kept(database: Database, settings: Settings, tenant_id: UUID) -> None:
    platform = Platform(lambda _: patience(700))
    with _courier(database, settings, {TWILIO_HOST: platform}) as courier:
        job_id = _job(courier, tenant_id, platform="twilio", credentials=twilio().credentials)
        run(courier, tenant_id, job_id)
    assert 690 < _seconds_until_due(database, tenant_id, job_id) <= 700


def test_another_tenants_job_source_and_credentials_are_out_of_reach(
    database: Database, settings: Settings, tenant_id: UUID, other_tenant_id: UUID
) -> None:
    platform = Platform(twilio())
    with _courier(database, settings, {TWILIO_HOST: platform}) as courier:
        job_id = _job(courier, tenant_id, platform="twilio", credentials=twilio().credentials)
        run(courier, other_tenant_id, job_id)
    assert platform.asked == []
    assert _state(database, tenant_id, job_id) == ("queued", 0, None)
    with database.begin(tenant_id) as session:
        source_id = session.execute(text("SELECT id FROM webhook_sources")).scalar_one()
        assert webhooks.thin(session, source_id=source_id, delivery_id="event-1") is not None
    with database.begin(other_tenant_id) as session:
        assert webhooks.thin(session, source_id=source_id, delivery_id="event-1") is None


def test_a_master_key_that_opens_nothing_asks_nobody(database: Database, settings: Settings, tenant_id: UUID) -> None:
    platform = Platform(twilio())
    with _courier(database, settings, {TWILIO_HOST: platform}) as courier:
        job_id = _job(courier, tenant_id, platform="twilio", credentials=twilio().credentials)
        other = Settings(**{**settings.model_dump(), "master_key": new_master_key()}, _env_file=None)
        run(replace(courier, settings=other), tenant_id, job_id)
    assert platform.asked == []
    assert _state(database, tenant_id, job_id) == ("queued", 1, None)


def test_a_confirmed_subscription_ends_its_job_without_a_conversation(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    host = "sns.eu-west-1.amazonaws.com"
    with _courier(database, settings, {host: lambda _: Reply(200, b"<ok/>")}) as courier:
        resource = {"subscribe_url": f"https://{host}/?Action=ConfirmSubscription"}
        job_id = _job(courier, tenant_id, platform="amazon", resource=resource, credentials={})
        run(courier, tenant_id, job_id)
    assert _state(database, tenant_id, job_id) == ("succeeded", 1, None)
    assert count(database, tenant_id, "conversations") == 0


def test_a_zoom_meeting_is_fetched_with_the_token_of_its_event(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    resource = {"download_url": "https://zoom.us/rec/1", "download_token": "t", "meeting_uuid": "4444AAA=="}
    with _courier(database, settings, {"zoom.us": lambda _: Reply(200, CAPTIONS)}) as courier:
        job_id = _job(courier, tenant_id, platform="zoom", resource=resource, credentials={})
        run(courier, tenant_id, job_id)
    assert _state(database, tenant_id, job_id)[0] == "succeeded"


@pytest.mark.usefixtures("same_handlers")
def test_no_log_line_holds_words_addresses_or_credentials(
    database: Database, settings: Settings, tenant_id: UUID, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("INFO")
    platform = genesys(FIRST, SECOND)
    answers = [Reply(200, b'{"participants": 7}'), Reply(500, b"card"), Reply(200, b"[" * 100), Reply(200, b"\xff")]
    for number, reply in enumerate(answers):
        api = Platform(platform.tell)
        api.first.append(reply)
        with _courier(database, settings, platform.hosts() | {platform.api: api}) as courier:
            job_id = _job(
                courier,
                tenant_id,
                platform="genesys",
                resource={"conversation_id": CONVERSATION_ID},
                credentials=platform.credentials,
                delivery_id=f"event-{number}",
            )
            run(courier, tenant_id, job_id)
    lines = io.StringIO(capsys.readouterr().err).readlines()
    assert len(lines) == len(answers)
    for line in lines:
        told = json.loads(line)
        assert told["event"] == "not fetched"
        assert told["reason"] in list(WhyNotFetched)
        assert not any(secret in line for secret in (*platform.credentials.values(), CONVERSATION_ID, "http", "token-"))


def test_no_fetch_holds_a_transaction_open(database: Database, settings: Settings, tenant_id: UUID) -> None:
    seen: list[int] = []
    platform = twilio()

    def watching(asked: object) -> Reply:
        seen.append(database.engine.pool.checkedout())  # type: ignore[attr-defined]
        return platform(asked)  # type: ignore[arg-type]

    with _courier(database, settings, {TWILIO_HOST: watching}) as courier:
        job_id = _job(courier, tenant_id, platform="twilio", credentials=platform.credentials)
        run(courier, tenant_id, job_id)
    assert seen == [0, 0, 0]


@pytest.mark.parametrize(
    ("attempt", "error", "expected"),
    [
        (1, NotYet(), 10),
        (2, NotYet(), 30),
        (3, NotYet(), 120),
        (4, NotYet(), 600),
        (5, NotYet(), 1800),
        (6, NotYet(), 3600),
        (7, NotYet(), 10800),
        (9, NotYet(), 10800),
        (10, NotYet(), None),
        (1, Unfetchable(WhyNotFetched.NOT_FOUND), None),
        (1, TryLater(WhyNotFetched.UNREACHABLE, retry_after=timedelta(minutes=1)), 60),
        (4, TryLater(WhyNotFetched.UNREACHABLE, retry_after=timedelta(minutes=1)), 600),
        (1, TryLater(WhyNotFetched.UNREACHABLE, retry_after=timedelta(days=9)), 86400),
    ],
)
def test_the_wait_grows_and_the_platform_may_ask_for_more(
    attempt: int, error: NotFetched, expected: int | None
) -> None:
    delay = next_fetch(attempt, error, max_attempts=10)
    assert delay == (None if expected is None else timedelta(seconds=expected))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("120", timedelta(minutes=2)),
        ("Tue, 24 Nov 2026 10:00:30 GMT", timedelta(seconds=30)),
        ("Tue, 24 Nov 2026 09:00:00 GMT", timedelta(0)),
        ("Tue, 24 Nov 2026 09:00:00", None),
        ("9" * 30, None),
        ("9" * 9, MAX_WAIT),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, expected: timedelta | None) -> None:
    assert retry_after(header, now=datetime(2026, 11, 24, 10, tzinfo=UTC)) == expected


def test_what_could_not_be_had_is_fetched_again_when_somebody_asks(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    platform = twilio()
    with _courier(database, settings, {TWILIO_HOST: platform}) as courier:
        job_id = _job(courier, tenant_id, platform="twilio", credentials={"account_sid": "AC1", "auth_token": "wrong"})
        run(courier, tenant_id, job_id)
        assert _state(database, tenant_id, job_id)[::2] == ("failed", WhyNotFetched.NOT_PERMITTED)
        with database.begin(tenant_id) as session:
            [source] = session.scalars(select(WebhookSource))
            right = vault.seal([json.dumps(dict(platform.credentials))], master_key=settings.master_key)
            source.credentials = right
            token = source_token(tenant_id, source.id)
        assert fetch_again(database, token) == 1
        run(courier, tenant_id, job_id)
    assert _state(database, tenant_id, job_id) == ("succeeded", 1, None)
    assert fetch_again(database, token) == 0
