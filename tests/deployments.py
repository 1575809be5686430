"""The whole service, with all its processes, on a test's own database."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from summarizer.deployment import Deployment
from summarizer.processes import free_port
from summarizer.settings import Settings
from tests.summarizer.engine.builders import a_bloom, save
from tests.work import environment_of


@contextmanager
def deployed_on(
    settings: Settings, directory: Path, *, broker: int, max_new_tokens: int, **changes: str
) -> Iterator[Deployment]:
    """A tiny random model serves until the block is left; `broker` is a number of the queue's that nobody else has."""
    model = save(a_bloom(), directory / "model", max_prompt_tokens=900, max_new_tokens=max_new_tokens)
    url = make_url(settings.redis_url.get_secret_value()).set(database=str(broker))
    environment = {
        **os.environ,
        **environment_of(settings),
        "REDIS_URL": url.render_as_string(hide_password=False),
        "MODEL_DIR": str(model),
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "SWEEP_INTERVAL": "0.5",
        "SHUTDOWN_GRACE": "1",
        **changes,
    }
    running = Deployment(directory, environment)
    try:
        running.start()
        yield running
    finally:
        running.stop()
