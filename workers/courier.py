"""The Celery app that fetches and delivers: `celery -A workers.courier worker --pool threads`. It loads no model."""

from typing import Any

from celery.signals import setup_logging, worker_init, worker_shutdown

from summarizer import outbound
from summarizer.courier import Courier
from summarizer.log import configure, logger
from summarizer.queue import Queue, celery_app
from summarizer.settings import Settings
from summarizer.store.database import Database, app_engine
from workers import tasks
from workers.leases import LeaseKeeper
from workers.runtime import new_owner

settings = Settings()
app = celery_app(settings)
tasks.register(app)


@setup_logging.connect
def _configure_logging(**_: Any) -> None:
    configure(settings.log_level)


@worker_init.connect
def _start(**_: Any) -> None:
    configure(settings.log_level)
    database = Database(app_engine(settings))
    leases = LeaseKeeper(database, lease=settings.lease, alive_file=settings.alive_file)
    tasks.courier = Courier(database, Queue(settings), new_owner(), settings, leases.holding, outbound.client(settings))
    logger(__name__).info("courier ready", owner=tasks.courier.owner)


@worker_shutdown.connect
def _stop(**_: Any) -> None:
    if tasks.courier is not None:
        tasks.courier.client.close()
        tasks.courier.database.close()
