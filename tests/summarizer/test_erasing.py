"""What is erased is gone from every table, file and queue, stays gone, and leaves a tombstone that names nobody."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from uuid import UUID, uuid4

import pytest
import redis
from sqlalchemy import create_engine, text

from summarizer import batches, outbound
from summarizer.corrections import export as export_corrections
from summarizer.courier import Courier
from summarizer.customers import customer_key, pseudonym
from summarizer.delivering import run as deliver
from summarizer.edits import edit, rate
from summarizer.erasing import erase_conversation, erase_customer
from summarizer.errors import Erased, NotFound
from summarizer.exports import export
from summarizer.jobs import run
from summarizer.kinds import Kind
from summarizer.platforms.received import Received
from summarizer.queue import Queue
from summarizer.settings import Settings
from summarizer.store import conversations, jobs, tenants, webhooks
from summarizer.store.database import Database, driver_url
from summarizer.store.summaries import Filter
from summarizer.submit import submit, submit_delivery, submit_fetched
from summarizer.transcripts import Document
from tests.builders import LOST_CARD, a_conversation
from tests.fakes import GROUNDED, FakeBell, FakeGenerator
from tests.receiver import Reply, receiving
from tests.work import a_worker, count, no_renewal, submitted, subscribed

MARK = "zanzibarite"  #: the person, wherever a person can be named
SAID = (
    ("agent", "Thank you for calling, how can I help you?"),
    ("customer", f"My card fell into the {MARK} water at the terminal and I need a replacement card."),
    ("agent", f"Not a problem. I have ordered the replacement {MARK} card."),
)
CUSTOMER = f"crm-{MARK}"


@pytest.fixture
def quick(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"nightly_dir": tmp_path / "nightly"})


def erased_ids(database: Database, tenant_id: UUID) -> set[UUID]:
    with database.begin(tenant_id) as session:
        return set(session.scalars(text("SELECT conversation_id FROM erasures")))


def everywhere(settings: Settings, *needles: str) -> tuple[list[str], int]:
    """Tables in which a row holds one of these, and how many tables there are; as the owner, whom nothing is hidden."""
    found = []
    engine = create_engine(driver_url(settings.database_url.get_secret_value()))
    with engine.connect() as connection:
        tables = list(
            connection.scalars(text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"))
        )
        for table in tables:
            rows = "\n".join(connection.scalars(text(f'SELECT one::text FROM "{table}" one'))).lower()
            found += [table for needle in needles if needle.lower() in rows]
    engine.dispose()
    return found, len(tables)


def in_valkey(settings: Settings) -> bytes:
    client = redis.Redis.from_url(settings.redis_url.get_secret_value())
    with client:
        return b"".join(key + (client.dump(key) or b"") for key in client.scan_iter("*"))


def a_person(database: Database, settings: Settings, tenant_id: UUID) -> list[UUID]:
    """Three conversations of one customer with everything that can hang on them: by REST, by webhook, by batch."""
    bell = Queue(settings)
    subscribed(database, tenant_id, settings, url="https://crm.example.com/hook")
    spoken = a_conversation(SAID, external_id=f"ext-{MARK}", queue=f"queue-{MARK}", customer=CUSTOMER)
    transferred = replace(
        a_conversation((*SAID, ("bot", f"{MARK} joins."))),
        external_id=f"transfer-{MARK}",
        customer=CUSTOMER,
        leg=f"leg-{MARK}",
    )
    once = submit(
        database,
        bell,
        tenant_id,
        spoken,
        actor="key:1",
        idempotency_key=f"key-{MARK}",
        window=timedelta(hours=1),
    )
    with database.begin(tenant_id) as session:
        source_id = webhooks.add_source(session, tenant_id, platform="standard", secrets=b"s")
    received = Received(f"event-{MARK}", "conversation.ended", transferred, resource=None)
    leg_id = submit_delivery(database, bell, tenant_id, received, source_id=source_id, master_key=settings.master_key)
    body = {
        "external_id": f"batch-{MARK}",
        "customer": CUSTOMER,
        "participants": [{"id": f"p-{MARK}", "role": "customer", "name": MARK}],
        "turns": [{"participant": f"p-{MARK}", "text": f"Where is the {MARK} parcel that I ordered?"}],
    }
    lines = [Document(json.dumps(body).encode(), f"{MARK}.jsonl", 1), Document(b"{}", f"{MARK}.jsonl", 2)]
    list(batches.ingest(database, bell, tenant_id, lines, name=f"{MARK}.jsonl", digest=b"1", actor="test"))
    summary = f"Reason: The customer's card fell into the {MARK} water at the terminal."
    worker = a_worker(database, settings, bell=bell, generate=FakeGenerator(lambda _: summary))
    with database.begin(tenant_id) as session:
        waiting = list(session.scalars(text("SELECT id FROM jobs WHERE kind IN ('summarize', 'backfill')")))
    for job_id in waiting:
        run(worker, tenant_id, job_id)
    edit(
        database,
        bell,
        tenant_id,
        once.conversation_id,
        expected=None,
        actor="ann",
        text=f"The customer lost the card in the {MARK} water. The agent ordered a replacement card.",
        disposition=f"code-{MARK}",
        outcome=None,
    )
    rate(database, tenant_id, once.conversation_id, actor="ann", verdict="negative", reason=f"{MARK} is missing")
    bell.close()
    assert leg_id is not None
    return [once.conversation_id, leg_id]


def test_nothing_of_an_erased_person_is_left_but_tombstones(
    database: Database, quick: Settings, tenant_id: UUID
) -> None:
    ids = a_person(database, quick, tenant_id)
    other = submitted(database, tenant_id, external_id="another's", customer="crm-2")
    with database.begin(None) as session:
        tenants.allow_training(session, tenant_id, is_allowed=True)
    night = quick.nightly_dir / "2026-11-26"
    night.mkdir(parents=True)
    export_corrections(database, night / "private.jsonl", secret="s")
    for name in ("gold.jsonl", "champion.json", "champion.html"):
        (night / name).write_bytes((night / "private.jsonl").read_bytes().splitlines(keepends=True)[0])
    assert MARK in (night / "private.jsonl").read_text("utf-8")
    hashed = pseudonym(tenant_id, CUSTOMER, key=customer_key(quick.master_key)).hex()
    needles = MARK, MARK.encode().hex(), hashed
    before, _ = everywhere(quick, *needles)
    expected = {"conversations", "revisions", "summaries", "edits", "ratings", "idempotency_keys", "batches"}
    assert {*expected, "webhook_deliveries"} <= set(before)

    assert in_valkey(quick)

    report = erase_customer(database, quick, tenant_id, CUSTOMER, actor="officer")

    assert len(report.conversation_ids) == 4, "three conversations, and the leg of one of them"
    assert set(ids) < set(report.conversation_ids)
    found, num_tables = everywhere(quick, *needles)
    assert found == ["costs"], "a queue's name, beside the sums of all its calls"
    assert num_tables >= 18
    rows, _ = everywhere(quick, *(str(one) for one in report.conversation_ids))
    assert set(rows) == {"erasures", "audit"}
    files = [one for one in quick.nightly_dir.rglob("*") if one.is_file()]
    assert not any(MARK in one.read_text("utf-8") for one in files)
    assert (report.num_files, report.is_scrubbed, len(files)) == (4, True, 4)
    assert MARK.encode() not in in_valkey(quick)
    assert erased_ids(database, tenant_id) == set(report.conversation_ids)
    with database.begin(tenant_id) as session:
        assert conversations.current(session, other.conversation_id) is not None, "others are not touched"


def test_what_was_erased_is_answered_as_erased_and_to_others_as_never_there(
    database: Database, quick: Settings, tenant_id: UUID
) -> None:
    made = submitted(database, tenant_id)
    with database.begin(None) as session:
        other_tenant = tenants.ensure(session, "other")
    with pytest.raises(NotFound) as unknown:
        erase_conversation(database, quick, other_tenant, made.conversation_id, actor="x")
    assert not isinstance(unknown.value, Erased)
    erase_conversation(database, quick, tenant_id, made.conversation_id, actor="officer")
    with pytest.raises(Erased):
        erase_conversation(database, quick, tenant_id, made.conversation_id, actor="officer")
    with pytest.raises(NotFound) as still_unknown:
        erase_conversation(database, quick, other_tenant, made.conversation_id, actor="x")
    assert str(still_unknown.value) == str(unknown.value)


def test_a_leg_is_erased_with_its_whole_and_every_other_leg(
    database: Database, quick: Settings, tenant_id: UUID
) -> None:
    first, second = (submitted(database, tenant_id, leg=leg) for leg in ("one", "two"))
    assert count(database, tenant_id, "conversations") == 3
    report = erase_conversation(database, quick, tenant_id, first.conversation_id, actor="officer")
    assert len(report.conversation_ids) == 3
    assert second.conversation_id in report.conversation_ids
    for table in ("conversations", "revisions", "jobs"):
        assert count(database, tenant_id, table) == 0


def test_a_customer_is_known_by_whole_and_leg_and_by_the_later_arrival(
    database: Database, quick: Settings, tenant_id: UUID
) -> None:
    made = submitted(database, tenant_id)
    assert erase_customer(database, quick, tenant_id, "crm-1", actor="x").conversation_ids == ()
    again = submitted(database, tenant_id, customer="crm-1")
    assert again == made, "the same words are the same job, whoever they turn out to be from"
    submitted(database, tenant_id)
    report = erase_customer(database, quick, tenant_id, "crm-1", actor="x")
    assert report.conversation_ids == (made.conversation_id,)


def test_one_tenants_customer_is_not_anothers(database: Database, quick: Settings, tenant_id: UUID) -> None:
    with database.begin(None) as session:
        other = tenants.ensure(session, "other")
    submitted(database, other, customer="crm-1")
    assert erase_customer(database, quick, tenant_id, "crm-1", actor="x").conversation_ids == ()
    assert count(database, other, "conversations") == 1


def test_a_customers_name_is_stored_nowhere(database: Database, quick: Settings, tenant_id: UUID) -> None:
    submitted(database, tenant_id, customer=CUSTOMER)
    assert everywhere(quick, MARK) == ([], everywhere(quick)[1])


def test_a_job_that_is_erased_while_it_runs_writes_nothing(
    database: Database, quick: Settings, tenant_id: UUID
) -> None:
    made = submitted(database, tenant_id)

    def be_erased(_: str) -> str:
        if count(database, tenant_id, "conversations"):
            erase_conversation(database, quick, tenant_id, made.conversation_id, actor="officer")
        return GROUNDED

    bell = FakeBell()
    run(a_worker(database, quick, generate=FakeGenerator(be_erased), bell=bell), tenant_id, made.job_id)
    assert [count(database, tenant_id, table) for table in ("conversations", "jobs", "summaries")] == [0, 0, 0]
    assert bell.rung == []


def test_a_callback_that_is_erased_while_it_is_told_is_not_told_again(
    database: Database, quick: Settings, tenant_id: UUID
) -> None:
    allowing = Settings(**{**quick.model_dump(), "outbound_networks": ["127.0.0.0/8"]}, _env_file=None)
    bell, answer = FakeBell(), Flag()
    with receiving(Reply(500, held=answer)) as receiver, outbound.client(allowing) as client:
        subscribed(database, tenant_id, allowing, url=receiver.url)
        made = submitted(database, tenant_id)
        run(a_worker(database, allowing, bell=bell), tenant_id, made.job_id)
        ((_, job_id),) = bell.taken(Kind.DELIVER)
        courier = Courier(database, bell, "courier-1", allowing, no_renewal, client)
        telling = Thread(target=deliver, args=(courier, tenant_id, job_id))
        telling.start()
        while not receiver.received:
            pass
        erase_conversation(database, allowing, tenant_id, made.conversation_id, actor="officer")
        answer.set()
        telling.join()
    assert [count(database, tenant_id, table) for table in ("callbacks", "jobs")] == [0, 0]
    assert len(receiver.received) == 1


def test_an_event_that_is_delivered_again_does_not_bring_it_back(
    database: Database, quick: Settings, tenant_id: UUID
) -> None:
    with database.begin(tenant_id) as session:
        source_id = webhooks.add_source(session, tenant_id, platform="standard", secrets=b"s")

    def deliver_it() -> UUID | None:
        received = Received("event-1", "conversation.ended", a_conversation())
        return submit_delivery(
            database, FakeBell(), tenant_id, received, source_id=source_id, master_key=quick.master_key
        )

    made = deliver_it()
    assert made is not None
    erase_conversation(database, quick, tenant_id, made, actor="officer")
    assert [deliver_it(), deliver_it()] == [None, None]
    assert count(database, tenant_id, "conversations") == 0
    assert count(database, tenant_id, "webhook_deliveries") == 1


def test_what_is_fetched_for_something_erased_is_not_stored(
    database: Database, quick: Settings, tenant_id: UUID
) -> None:
    with database.begin(tenant_id) as session:
        source_id = webhooks.add_source(session, tenant_id, platform="genesys", secrets=b"s")
    named = Received("zq-event", "ended", None, resource={"conversation": "zq-call"})
    submit_delivery(database, FakeBell(), tenant_id, named, source_id=source_id, master_key=quick.master_key)
    made = submitted(database, tenant_id)
    with database.begin(tenant_id) as session:
        webhooks.link(session, source_id=source_id, delivery_id="zq-event", conversation_id=made.conversation_id)
        (job_id,) = session.scalars(text("SELECT id FROM jobs WHERE kind = 'fetch'"))
        held = jobs.claim_fetch(session, tenant_id, job_id, owner="c", lease=timedelta(minutes=1), max_attempts=3)
    assert held is not None
    erase_conversation(database, quick, tenant_id, made.conversation_id, actor="officer")
    assert not submit_fetched(database, FakeBell(), tenant_id, [], held=held)
    assert everywhere(quick, "zq-event", "zq-call")[0] == []


def test_an_export_leaves_out_what_is_erased_while_it_runs(
    database: Database, quick: Settings, tenant_id: UUID
) -> None:
    made = [submitted(database, tenant_id, external_id=f"call-{index}") for index in range(3)]
    for one in made:
        run(a_worker(database, quick), tenant_id, one.job_id)

    class Erasing(io.StringIO):
        def write(self, line: str) -> int:
            if count(database, tenant_id, "conversations") == 3:
                erase_conversation(database, quick, tenant_id, made[0].conversation_id, actor="officer")
            return super().write(line)

    out = Erasing()
    num_lines = export(database, "acme", out, wanted=Filter(), shape="wrapup", page_size=1)
    assert num_lines == 2
    assert made[0].conversation_id.hex not in out.getvalue()


def test_erasing_while_many_workers_and_senders_are_busy_locks_nobody_out(
    database: Database, quick: Settings, tenant_id: UUID
) -> None:
    made = [submitted(database, tenant_id, external_id=f"call-{index}", customer="crm-1") for index in range(12)]
    worker = a_worker(database, quick)

    def summarize_all() -> None:
        for one in made:
            run(worker, tenant_id, one.job_id)

    def send_more() -> None:
        for index in range(12):
            submitted(database, tenant_id, lines=LOST_CARD[:2], external_id=f"call-{index}", customer="crm-1")

    threads = [Thread(target=work) for work in (summarize_all, send_more, summarize_all)]
    for one in threads:
        one.start()
    erased = erase_customer(database, quick, tenant_id, "crm-1", actor="officer").conversation_ids
    for one in threads:
        one.join()
    assert set(erased) == {one.conversation_id for one in made}
    assert erased_ids(database, tenant_id) == set(erased)
    erase_customer(database, quick, tenant_id, "crm-1", actor="officer")
    assert [count(database, tenant_id, table) for table in ("conversations", "jobs", "summaries")] == [0, 0, 0]


def test_each_erasure_is_noted_with_its_actor_and_without_the_customer(
    database: Database, quick: Settings, tenant_id: UUID
) -> None:
    made = submitted(database, tenant_id, customer="crm-1")
    erase_customer(database, quick, tenant_id, "crm-1", actor="officer")
    with database.begin(tenant_id) as session:
        noted = session.execute(text("SELECT actor, action, subject FROM audit ORDER BY number")).all()
    assert [tuple(one) for one in noted[-2:]] == [
        ("officer", "conversation.erase", str(made.conversation_id)),
        ("officer", "customer.erase", "1 conversations"),
    ]


def test_an_unknown_conversation_cannot_be_erased(database: Database, quick: Settings, tenant_id: UUID) -> None:
    with pytest.raises(NotFound):
        erase_conversation(database, quick, tenant_id, uuid4(), actor="officer")
