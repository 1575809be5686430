"""The broker: it must throw no message away."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import redis

from summarizer.doctor.finding import Finding
from summarizer.settings import Settings

SAFE_POLICY = "noeviction"
FULL = 0.9  #: of its memory


def look(settings: Settings) -> Iterator[Finding]:
    """A service may forbid to ask for its configuration; its policy stands in what it tells of its memory as well."""
    url = settings.redis_url.get_secret_value()
    with closing(redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)) as client:
        yield Finding("queue", str(client.info("server").get("redis_version")))
        memory: dict[str, Any] = client.info("memory")
    policy = str(memory.get("maxmemory_policy"))
    advice = f"set maxmemory-policy to {SAFE_POLICY}, or messages vanish: `CONFIG SET maxmemory-policy {SAFE_POLICY}`"
    yield Finding("eviction", policy, "" if policy == SAFE_POLICY else advice)
    used, most = int(memory.get("used_memory", 0)), int(memory.get("maxmemory", 0))
    is_full = most > 0 and used > FULL * most
    seen = f"{used / 1e6:.0f} MB of {f'{most / 1e6:.0f}' if most else 'all'} used"
    yield Finding("queue memory", seen, "raise its maxmemory, or messages are refused" if is_full else "")
