import json
import socket
import time
from uuid import uuid4

import redis
from pydantic import SecretStr
from sqlalchemy import make_url

from summarizer.fairness import LEVELS
from summarizer.kinds import Kind
from summarizer.queue import WORKER_QUEUE, Queue, celery_app
from summarizer.settings import Settings


def _with_broker(settings: Settings, url: str) -> Settings:
    return settings.model_copy(update={"redis_url": SecretStr(url)})


def test_a_message_holds_ids_only(settings: Settings) -> None:
    url = make_url(settings.redis_url.get_secret_value()).set(database="2").render_as_string(hide_password=False)
    queue, tenant_id, job_id = Queue(_with_broker(settings, url)), uuid4(), uuid4()
    assert queue.ring(Kind.SUMMARIZE, tenant_id, job_id, level=0)
    client = redis.Redis.from_url(url)
    [raw] = client.lrange("wrapup:wrapup", 0, -1)
    body = json.loads(raw)
    assert body["headers"]["task"] == "wrapup.summarize"
    assert body["headers"]["argsrepr"] == repr([str(tenant_id), str(job_id)])
    client.flushdb()
    client.close()
    queue.close()


def test_what_is_rung_for_at_an_earlier_level_is_taken_first_whenever_it_was_rung(settings: Settings) -> None:
    url = make_url(settings.redis_url.get_secret_value()).set(database="2").render_as_string(hide_password=False)
    broker = _with_broker(settings, url)
    queue, job_ids = Queue(broker), [uuid4() for _ in LEVELS]
    for level in reversed(LEVELS):
        assert queue.ring(Kind.SUMMARIZE, uuid4(), job_ids[level], level=level)
    with celery_app(broker).connection() as connection:
        consumer = connection.SimpleQueue(WORKER_QUEUE)
        taken = [consumer.get(timeout=5) for _ in LEVELS]
        for message in taken:
            message.ack()
    assert [message.payload[0][1] for message in taken] == [str(one) for one in job_ids]
    queue.close()


def test_without_a_broker_it_gives_up_at_once(settings: Settings) -> None:
    queue = Queue(_with_broker(settings, "redis://127.0.0.1:1/0"))
    for _ in range(2):
        started = time.monotonic()
        assert not queue.ring(Kind.SUMMARIZE, uuid4(), uuid4(), level=0)
        assert time.monotonic() - started < 1
    queue.close()


def test_a_broker_that_does_not_answer_is_waited_for_less_than_a_second(settings: Settings) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        queue = Queue(_with_broker(settings, f"redis://127.0.0.1:{silent.getsockname()[1]}/0"))
        started = time.monotonic()
        assert not queue.ring(Kind.SUMMARIZE, uuid4(), uuid4(), level=0)
        assert time.monotonic() - started < 1
        queue.close()
