"""The queue is a bell: a message says that a job may wait, and the row says whether it does.

A message holds ids only. What the queue loses the sweeper finds, so a failed ring is no error.
"""

from uuid import UUID

from celery import Celery
from kombu.exceptions import OperationalError

from summarizer.fairness import LEVELS
from summarizer.kinds import COURIERS, Kind
from summarizer.log import logger
from summarizer.settings import Settings

TASKS = {kind: f"wrapup.{kind}" for kind in Kind}
WORKER_QUEUE, COURIER_QUEUE = "wrapup", "wrapup.courier"
REDELIVERY_SECONDS = 6 * 3600  # leases decide who works; a broker that redelivers early only makes double work


def celery_app(settings: Settings) -> Celery:
    """Celery over Redis or Valkey, with JSON messages that are acknowledged after the work."""
    app = Celery("wrapup", broker=settings.redis_url.get_secret_value(), set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_acks_late=True,
        task_default_queue=WORKER_QUEUE,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # a queue may be away for a night
        broker_transport_options={
            "visibility_timeout": REDELIVERY_SECONDS,
            "global_keyprefix": "wrapup:",
            "priority_steps": list(LEVELS),  # 0 is taken first
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

    def ring(self, kind: Kind, tenant_id: UUID, job_id: UUID, *, level: int) -> bool:
        """Tell somebody that this job waits; False when the message could not be sent in time."""
        arguments = [str(tenant_id), str(job_id)]
        try:
            self._app.send_task(TASKS[kind], args=arguments, queue=_queue_of(kind), priority=level, retry=False)
        except (OperationalError, OSError) as error:
            logger(__name__).warning("message not sent", job_id=str(job_id), error=type(error).__name__)
            return False
        return True

    def silent(self) -> frozenset[Kind]:
        """The kinds of jobs about which no message waits, as when a queue has lost all it held."""
        empty = [queue for queue in (WORKER_QUEUE, COURIER_QUEUE) if not self.num_waiting(queue)]
        return frozenset(kind for kind in Kind if _queue_of(kind) in empty)

    def num_waiting(self, queue: str) -> int:
        """Messages that nobody has taken; none while the broker does not answer, since none can be taken then."""
        return self._asked(queue) or 0

    def is_answering(self) -> bool:
        """Whether the broker answers now."""
        return self._asked(WORKER_QUEUE) is not None

    def _asked(self, queue: str) -> int | None:
        """Messages that nobody has taken; None while the broker does not answer."""
        with self._app.connection_for_read() as connection:
            try:
                channel = connection.default_channel
                return int(channel.queue_declare(queue=queue).message_count)
            except (OSError, OperationalError, *connection.connection_errors, *connection.channel_errors):
                return None

    def close(self) -> None:
        """Close the broker's connections."""
        self._app.close()


def _queue_of(kind: Kind) -> str:
    return COURIER_QUEUE if kind in COURIERS else WORKER_QUEUE
