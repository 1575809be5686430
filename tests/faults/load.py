"""Clients of two tenants who send calls, some twice and some in the wrong order, and write down what was promised them.

A client repeats a request with the same idempotency key until it gets a 2xx, as a good platform does.
"""

import json
import math
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import text

from summarizer import ids
from summarizer.access import create_key
from summarizer.keys import Scope
from tests.faults.stage import Stage
from tests.receiver import Received

MARKS = ("quellwortig", "brennholzig")  #: a word of each tenant that no other's row may hold
THINGS = ("router", "kettle", "bicycle", "parcel", "printer", "heater", "window", "invoice")
DISTURBED = 0.1  #: the share of calls that come twice, and the share whose versions come in the wrong order
GIVE_UP_SECONDS = 120.0
RUNNING = """
    SELECT count(*) FROM jobs JOIN revisions USING (conversation_id, revision)
    WHERE jobs.tenant_id = ANY(:tenants) AND state = 'running' AND transcript::text LIKE :words
"""
MOMENTS = ("2026-11-25T10:00:00Z", "2026-11-25T11:00:00Z")


@dataclass(frozen=True, slots=True)
class Request:
    """One POST: a version of a call."""

    tenant: int
    external_id: str
    key: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Promise:
    """A 2xx: the service has this call."""

    tenant_id: UUID
    external_id: str
    conversation_id: UUID


@dataclass(slots=True)
class Record:
    """What clients saw."""

    promises: list[Promise] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)  #: of each request that was answered
    num_broken: int = 0  #: requests that got no answer
    unclear: list[str] = field(default_factory=list)  #: errors that are no problem+json, and every 500
    given_up: list[str] = field(default_factory=list)
    split: list[str] = field(default_factory=list)  #: one key, two conversations


class Load:
    """So many calls from so many clients, in threads of their own."""

    def __init__(
        self,
        stage: Stage,
        *,
        num_calls: int,
        num_clients: int = 20,
        seed: int = 1,
        calls_per_second: float = math.inf,
    ) -> None:
        self.record = Record()
        self._stage = stage
        keys = [create_key(stage.database, f"{mark}-{uuid4().hex[:8]}", name="load", scopes=list(Scope),
                           expires_in=None) for mark in MARKS]  # fmt: skip
        self.tenant_ids = [key.tenant_id for key in keys]
        self.keys = [key.text for key in keys]
        self._requests: SimpleQueue[Sequence[Request]] = SimpleQueue()
        self._told_before = len(stage.receiver.received)
        self._tell_receiver()
        self.num_calls = num_calls
        self.num_sent = 0
        self._num_extra = 0
        self.with_two_versions: set[str] = set()  #: external ids
        for requests in _requests(num_calls, random.Random(seed)):
            self._requests.put(requests)
            if len({one.key for one in requests}) > 1:
                self.with_two_versions.add(requests[0].external_id)
        self._lock = threading.Lock()
        self._pause = num_clients / calls_per_second  #: seconds between two calls of one client
        self._known: dict[tuple[int, str], str] = {}
        self._threads = [threading.Thread(target=self._client, daemon=True) for _ in range(num_clients)]

    def start(self) -> "Load":
        """Begin to send."""
        for thread in self._threads:
            thread.start()
        return self

    def wait_for(self, share: float) -> None:
        """Tend the service until this share of the calls was sent."""
        self._stage.wait_until(lambda: self.num_sent >= share * self.num_calls, seconds=GIVE_UP_SECONDS)

    def join(self) -> None:
        """Tend the service until every client is done."""
        self._stage.wait_until(lambda: not any(one.is_alive() for one in self._threads), seconds=10 * GIVE_UP_SECONDS)

    def send_one(self, *, words: str) -> None:
        """One call more, which says this besides."""
        with self._lock:
            number = self._num_extra = self._num_extra + 1
        body = a_call(0, number, words=words, external_id=f"extra-{number}")
        with httpx.Client(base_url=self._stage.url, timeout=10) as client:
            self._send(client, Request(0, f"extra-{number}", uuid4().hex, body))

    def num_running(self, *, words: str) -> int:
        """Jobs that a worker has in its hands, about calls that say this."""
        with self._stage.owner.connect() as connection:
            return connection.scalar(text(RUNNING), {"tenants": self.tenant_ids, "words": f"%{words}%"}) or 0

    @property
    def received(self) -> list[Received]:
        """What the receiver was told since this load began."""
        return self._stage.receiver.received[self._told_before :]

    @property
    def is_sending(self) -> bool:
        """Whether any client has something left to send."""
        return any(one.is_alive() for one in self._threads)

    def _tell_receiver(self) -> None:
        """The first tenant wants to be told."""
        wanted = {"url": self._stage.receiver.url, "events": ["summary.completed"]}
        headers = {"Authorization": f"Bearer {self.keys[0]}"}
        httpx.post(f"{self._stage.deployment.url}/v1/endpoints", json=wanted, headers=headers).raise_for_status()

    def _client(self) -> None:
        with httpx.Client(base_url=self._stage.url, timeout=10) as client:
            while True:
                try:
                    requests = self._requests.get_nowait()
                except Empty:
                    return
                for request in requests:
                    self._send(client, request)
                with self._lock:
                    self.num_sent += 1
                time.sleep(self._pause)

    def _send(self, client: httpx.Client, request: Request) -> None:
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < deadline:
            pause = self._try(client, request)
            if pause is None:
                return
            time.sleep(pause)
        self.record.given_up.append(request.external_id)

    def _try(self, client: httpx.Client, request: Request) -> float | None:
        """One attempt; how long to wait before the next, None when there need be none."""
        headers = {
            "Authorization": f"Bearer {self.keys[request.tenant]}",
            "Idempotency-Key": request.key,
            "Content-Type": "application/json",
        }
        began = time.monotonic()
        try:
            answer = client.post("/v1/conversations", content=request.body, headers=headers)
        except httpx.TransportError:
            with self._lock:
                self.record.num_broken += 1
            return 0.3
        with self._lock:
            self._note(answer, request, seconds=time.monotonic() - began)
        if answer.status_code in (409, 429, 503) or answer.status_code >= 500:
            return min(float(answer.headers.get("Retry-After", "1")), 2.0)
        return None

    def _note(self, answer: httpx.Response, request: Request, *, seconds: float) -> None:
        self.record.statuses[answer.status_code] += 1
        self.record.seconds.append(seconds)
        if answer.status_code == 202:
            public = answer.json()["id"]
            if self._known.setdefault((request.tenant, request.external_id), public) != public:
                self.record.split.append(request.external_id)
            row_id = ids.row_id(ids.CONVERSATION, public)
            self.record.promises.append(Promise(self.tenant_ids[request.tenant], request.external_id, row_id))
        elif answer.status_code == 500 or "problem+json" not in answer.headers.get("Content-Type", ""):
            self.record.unclear.append(f"{answer.status_code} {answer.text[:100]}")


def a_call(tenant: int, number: int, *, version: int = 1, words: str = "", **more: Any) -> bytes:
    """A short call whose every text holds the tenant's mark."""
    mark, thing = MARKS[tenant], THINGS[number % len(THINGS)]
    again = " It is still broken today." if version == 2 else ""
    said = [
        ("a", f"Thank you for calling the {mark} service, how can I help you?"),
        ("c", f"My {mark} {thing} broke on Monday and I need another {thing}.{again} {words}".strip()),
        ("a", f"I am sorry. I have ordered the new {thing} from {mark}, it arrives on Friday."),
    ]
    return json.dumps(
        {
            "external_id": f"call-{number}",
            "channel": "voice",
            "language": "en",
            "as_of": MOMENTS[version - 1],
            "participants": [{"id": "a", "role": "agent"}, {"id": "c", "role": "customer"}],
            "turns": [{"participant": who, "text": text} for who, text in said],
            **more,
        }
    ).encode()


def _requests(num_calls: int, rng: random.Random) -> list[list[Request]]:
    """What is sent for each call, in the order in which it is sent."""
    made = []
    for number in range(num_calls):
        tenant, drawn = number % len(MARKS), rng.random()
        versions = [2, 1] if drawn < DISTURBED else [1]
        once = [Request(tenant, f"call-{number}", uuid4().hex, a_call(tenant, number, version=one)) for one in versions]
        made.append(once * 2 if DISTURBED <= drawn < 2 * DISTURBED else once)
    return made
