"""A worker with the deterministic model: `celery -A tests.faults.worker worker`. All else is `workers.app`'s."""

from summarizer.settings import Settings
from tests.faults.generator import load
from workers.wiring import worker_app

app = worker_app(Settings(), load=load)
