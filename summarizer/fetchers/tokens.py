"""Access tokens of OAuth clients, kept until they end; threads that need the same one ask for it once."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

EARLY_SECONDS = 60.0  # a token is not used so shortly before its end


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token and for how long it is good."""

    text: str
    seconds: float


class Tokens:
    """What is kept is found by client and secret, so that who has the id only gets nothing."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._locks: dict[bytes, threading.Lock] = {}
        self._kept: dict[bytes, tuple[str, float]] = {}

    def token(self, client: tuple[str, str, str], ask: Callable[[], Token]) -> str:
        """The token of a client (address, id, secret), asked for when none is kept."""
        key = _key(client)
        with self._lock_of(key):
            text, ends_at = self._kept.get(key, ("", 0.0))
            if not text or self._clock() >= ends_at:
                new = ask()
                text = new.text
                self._kept[key] = text, self._clock() + new.seconds - EARLY_SECONDS
            return text

    def forget(self, client: tuple[str, str, str], text: str) -> None:
        """Keep this token no longer; a newer one stays."""
        key = _key(client)
        with self._lock_of(key):
            if self._kept.get(key, ("", 0.0))[0] == text:
                del self._kept[key]

    def _lock_of(self, key: bytes) -> threading.Lock:
        with self._lock:
            return self._locks.setdefault(key, threading.Lock())


def _key(client: tuple[str, str, str]) -> bytes:
    return hashlib.sha256("\0".join(client).encode()).digest()
