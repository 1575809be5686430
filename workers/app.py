"""The Celery app that summarizes: `celery -A workers.app worker --pool threads`."""

from summarizer.settings import Settings
from workers.wiring import worker_app

app = worker_app(Settings())
