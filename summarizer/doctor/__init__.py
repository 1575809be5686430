"""What is wrong with an installation, and how to mend it: each subject is a function, each thing looked at a finding.

    environment   names of settings, packages, disk
    postgres      version, connections, schema, row-level security, locks, clock, audit, keys
    work          whether jobs move, who leads, signs of life, the metrics port
    queue         version, policy, memory
    model         files, checksum, precision
    backends      each of BACKENDS_FILE, its price, what tenants chose

Endpoints of tenants are not looked at: their addresses and certificates are checked whenever they are told something.
"""

from collections.abc import Callable, Iterator

import redis
from sqlalchemy.exc import SQLAlchemyError

from summarizer.doctor import backends, environment, model, postgres, queue, work
from summarizer.doctor.finding import Finding
from summarizer.errors import SummarizerError
from summarizer.settings import Settings

__all__ = ["Finding", "examine"]

Look = Callable[[Settings], Iterator[Finding]]
SUBJECTS: tuple[tuple[str, Look, str], ...] = (
    ("environment", environment.look, "see what it says"),
    ("postgres", postgres.look, "see that the server runs, what DATABASE_URL says, and the server's own log"),
    ("work", work.look, "see that Postgres answers, and run `wrapup migrate`"),
    ("queue", queue.look, "see that the server runs, what REDIS_URL says, and the server's own log"),
    (
        "model",
        model.look,
        "put a checkpoint into MODEL_DIR: `python -m summarizer.engine.hub NAME --to DIR` fetches one",
    ),
    ("prices", backends.look_at_prices, "mend the file that PRICES_FILE names, at the place it says"),
    ("backends", backends.look, "mend the file that BACKENDS_FILE names, at the place it says"),
)


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything the service needs, one thing after the other; what cannot be looked at is a finding."""
    for name, look, advice in SUBJECTS:
        try:
            yield from look(settings)
        except SummarizerError as error:  # its words are ours
            yield Finding(name, str(error), advice)
        except (SQLAlchemyError, redis.RedisError, ImportError, OSError) as error:
            yield Finding(name, type(error).__name__, advice)
