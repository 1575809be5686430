"""What one backend made of each call, kept line by line, so that a comparison that was stopped goes on.

A line is used again only where conversation, backend and model version are the same; a call that failed is not kept,
since it may succeed at the next start.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from io import SEEK_END
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter, ValidationError

from summarizer.conversation import Conversation
from summarizer.errors import ModelFailure
from summarizer.generate import Opened
from summarizer.metering import Meter, Metered
from summarizer.summarize import summarize
from summarizer.summary import Kind

OWNER_ALONE = 0o600  # masked or not, it is what customers said


@dataclass(frozen=True, slots=True)
class Call:
    """One conversation, masked, and what people wrote about it, if anybody did."""

    id: str
    conversation: Conversation
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call by one backend; no sentences where there is no summary, and then `reason` or `failure` says why."""

    digest: str  #: of the conversation as the backend read it
    backend: str
    version: str
    sentences: tuple[str, ...] = ()
    num_quoted: int = 0  #: of the sentences
    score: float = 0.0
    num_stated: int = 0  #: sections with something in them
    num_statements: int = 0  #: that the model drafted
    num_repaired: int = 0
    num_dropped: int = 0
    seconds: float = 0.0  #: by the clock, checks included
    meter: Meter = field(default_factory=Meter)
    reason: str | None = None
    failure: str | None = None

    @property
    def text(self) -> str:
        """All sentences in reading order."""
        return " ".join(self.sentences)

    @property
    def is_quotations(self) -> bool:
        """Whether not one sentence is the model's."""
        return bool(self.sentences) and self.num_quoted == len(self.sentences)


_ATTEMPT = TypeAdapter(Attempt)


def digest_of(conversation: Conversation) -> str:
    """SHA-256 of everything a backend may see of it."""
    return hashlib.sha256(repr(conversation).encode()).hexdigest()


def attempts(
    calls: Sequence[Call], generator: Opened, *, backend: str, kept_in: Path, at_once: int
) -> Iterator[Attempt]:
    """One attempt for each call, as they are finished; those that are kept already come first."""
    known = {
        one.digest: one for one in read(kept_in) if (one.backend, one.version) == (backend, generator.model_version)
    }
    wanted = {digest_of(one.conversation): one.conversation for one in calls}
    yield from (known[digest] for digest in wanted if digest in known)
    missing = {digest: one for digest, one in wanted.items() if digest not in known}
    with open_private(kept_in) as lines, ThreadPoolExecutor(at_once) as pool:
        started = [pool.submit(_attempt, one, generator, backend=backend) for one in missing.values()]
        try:
            for future in as_completed(started):
                attempt = future.result()
                if attempt.failure is None:
                    lines.write(json.dumps(asdict(attempt)).encode() + b"\n")
                    lines.flush()
                yield attempt
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def read(path: Path) -> list[Attempt]:
    """What was kept; a line that broke off when its process was killed is passed over."""
    if not path.exists():
        return []
    found = []
    for line in path.read_bytes().splitlines():
        try:
            found.append(_ATTEMPT.validate_json(line))
        except ValidationError:
            continue
    return found


def open_private(path: Path) -> BinaryIO:
    """To append bytes to, for its owner alone; on a line of its own where the last one broke off."""
    path.touch(mode=OWNER_ALONE)
    path.chmod(OWNER_ALONE)
    lines = path.open("r+b")
    if lines.seek(0, SEEK_END):
        lines.seek(-1, SEEK_END)
        if lines.read(1) != b"\n":
            lines.write(b"\n")
    return lines


def write_private(path: Path, text: str) -> None:
    """Anew, for its owner alone."""
    path.unlink(missing_ok=True)
    with open(path, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, OWNER_ALONE)) as file:
        file.write(text)


def _attempt(conversation: Conversation, generator: Opened, *, backend: str) -> Attempt:
    metered = Metered(generator.for_one_attempt())
    digest, version = digest_of(conversation), generator.model_version
    started = time.monotonic()
    try:
        summary = summarize(conversation, metered)
    except ModelFailure as error:
        seconds = time.monotonic() - started
        return Attempt(digest, backend, version, seconds=seconds, meter=metered.meter, failure=str(error))
    return Attempt(
        digest,
        backend,
        version,
        sentences=tuple(claim.text for claim in summary.claims),
        num_quoted=sum(claim.kind is Kind.EXTRACTIVE for claim in summary.claims),
        score=summary.score,
        num_stated=sum(one.is_stated for one in summary.sections),
        num_statements=summary.usage.num_statements,
        num_repaired=summary.usage.num_repaired,
        num_dropped=summary.usage.num_dropped,
        seconds=time.monotonic() - started,
        meter=metered.meter,
        reason=summary.reason,
    )
