"""The queue is a bell: a message says that a job may wait, and the row says whether it does.

A message holds ids only. What the queue loses the sweeper finds, so a failed ring is no error.
"""

from collections.abc import Sequence
from uuid import UUID

from celery import Celery
from kombu.exceptions import OperationalError

from summarizer.kinds import COURIERS, Kind
from summarizer.log import logger
from summarizer.settings import Settings

TASKS = {kind: f"wrapup.{kind}" for kind in Kind}
LIVE, LATER, COURIER = "wrapup", "wrapup.backfill", "wrapup.courier"  #: the queues
WORKER_QUEUES, COURIER_QUEUES = (LIVE, LATER), (COURIER,)
REDELIVERY_SECONDS = 6 * 3600  # leases decide who works; a broker that redelivers early only makes double work


def celery_app(settings: Settings) -> Celery:
    """Celery over Redis or Valkey, with JSON messages that are acknowledged after the work."""
    app = Celery("wrapup", broker=settings.redis_url.get_secret_value(), set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_acks_late=True,
        task_default_queue=LIVE,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": REDELIVERY_SECONDS,
            "global_keyprefix": "wrapup:",
            "queue_order_strategy": "priority",  # what is live is taken before what can wait
            "socket_keepalive": True,
        },
    )
    return app


class Queue:
    """Rings the bell, and gives up soon."""

    def __init__(self, settings: Settings) -> None:
        self._app = celery_app(settings)
        seconds = settings.enqueue_timeout.total_seconds()
        self._app.conf.broker_transport_options |= {
            "socket_connect_timeout": seconds,
            "socket_timeout": seconds,
            "max_retries": 0,
        }

    def ring(self, kind: Kind, tenant_id: UUID, job_id: UUID) -> bool:
        """Tell somebody that this job waits; False when the message could not be sent in time."""
        queue = COURIER if kind in COURIERS else LATER if kind is Kind.BACKFILL else LIVE
        try:
            self._app.send_task(TASKS[kind], args=[str(tenant_id), str(job_id)], queue=queue, retry=False)
        except (OperationalError, OSError) as error:
            logger(__name__).warning("message not sent", job_id=str(job_id), error=type(error).__name__)
            return False
        return True

    def num_waiting(self, queues: Sequence[str]) -> int:
        """Messages that nobody has taken; none while the broker does not answer, since none can be taken then."""
        with self._app.connection_for_read() as connection:
            try:
                channel = connection.default_channel
                return sum(channel.queue_declare(queue=name).message_count for name in queues)
            except (OSError, OperationalError, *connection.connection_errors, *connection.channel_errors):
                return 0

    def close(self) -> None:
        """Close the broker's connections."""
        self._app.close()
