"""The Celery app that fetches and delivers: `celery -A workers.courier worker --pool threads`. It loads no model."""

from contextlib import ExitStack
from functools import partial
from typing import Any

from celery.signals import setup_logging, worker_init, worker_shutdown

from summarizer import outbound, tracing
from summarizer.courier import Courier
from summarizer.log import configure, logger
from summarizer.metrics.exposition import serve
from summarizer.metrics.process import process
from summarizer.queue import COURIER_QUEUE, Queue, celery_app
from summarizer.settings import Settings
from summarizer.store.database import Database, app_engine
from workers import tasks
from workers.leases import LeaseKeeper
from workers.runtime import new_owner
from workers.stuck import Watchdog, failing_aloud

settings = Settings()
app = celery_app(settings)
opened = ExitStack()  #: what is closed when the process ends
tasks.register(app)


@setup_logging.connect
def _configure_logging(**_: Any) -> None:
    configure(settings.log_level)


@worker_init.connect
def _start(**_: Any) -> None:
    configure(settings.log_level)
    tracing.start(settings, service="wrapup-courier")
    serve(settings)
    with failing_aloud():
        _open()


def _open() -> None:
    database = Database(app_engine(settings))
    opened.callback(database.close)
    queue = Queue(settings)
    opened.callback(queue.close)
    process.watch(pool=database, queue=queue)
    num_waiting = partial(queue.num_waiting, COURIER_QUEUE)
    tasks.watchdog = Watchdog(alive_file=settings.alive_file, num_waiting=num_waiting)
    leases = LeaseKeeper(database, lease=settings.lease, watch=tasks.watchdog.look)
    opened.callback(leases.close)
    client = opened.enter_context(outbound.client(settings))
    tasks.courier = Courier(database, queue, new_owner(), settings, leases.holding, client)
    logger(__name__).info("courier ready", owner=tasks.courier.owner)


@worker_shutdown.connect
def _stop(**_: Any) -> None:
    opened.close()
