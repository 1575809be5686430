"""Backfill: many transcripts, stored in chunks with how far they were read, and summarized after all that is live.

Whatever kills the reading, the same documents again go on behind the last chunk that was committed.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from summarizer.accept import Accepted, Asked, Masked, accept, mask
from summarizer.errors import InvalidTranscript, SummarizerError, Unavailable
from summarizer.kinds import Kind
from summarizer.log import logger
from summarizer.store import audit, batches, jobs
from summarizer.store.batches import Progress
from summarizer.store.database import Database
from summarizer.submit import Bell, ring
from summarizer.transcripts import Document, conversation_in

CHUNK = 50  # documents that are stored in one transaction
AHEAD = 4  # chunks that are masked while another is stored


@dataclass(frozen=True, slots=True)
class Refusal:
    """A document that cannot be taken: where it stands and why, in no word of its own."""

    detail: str
    pointer: str
    file: str | None
    line: int | None

    @property
    def document(self) -> dict[str, Any]:
        """Ready for JSON, without what is unknown."""
        place = {"file": self.file, "line": self.line}
        known = {name: value for name, value in place.items() if value is not None}
        return {**known, "pointer": self.pointer, "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Read:
    """A document that was read and masked, and where it stood."""

    document: Document
    masked: Masked


def ingest(
    database: Database,
    bell: Bell,
    tenant_id: UUID,
    documents: Iterable[Document],
    *,
    name: str,
    digest: bytes | None,
    actor: str,
    format_name: str | None = None,
    pool: Executor | None = None,
) -> Iterator[Progress]:
    """Read documents into the batch of this digest; how far it is, at first and after each commit.

    One that was read to its end stays as it is. A pool of processes masks while this one stores. Raises Conflict when
    another reads the same batch, and Unavailable; what was committed stays.
    """
    with database.begin(tenant_id) as session:
        progress = batches.opened(session, tenant_id, name=name, digest=digest)
        audit.note(session, tenant_id, actor=actor, action="batch.read", subject=str(progress.id))
    yield progress
    if progress.finished_at is not None:
        return
    rest = islice(documents, progress.num_read, None)
    store = _Store(database, bell, tenant_id, actor)
    for chunk in _read_chunks(rest, format_name=format_name, pool=pool):
        progress = store.chunk(progress, chunk)
        yield progress
    with database.begin(tenant_id) as session:
        batches.hold(session, progress)
        progress = batches.finished(session, progress)
    yield progress


def read(documents: Sequence[Document], format_name: str | None) -> list[Read | Refusal]:
    """Each document read and masked, or why not."""
    return [_read(one, format_name) for one in documents]


class _Store:
    """Puts what was read into the database and rings for it, until nobody hears it."""

    def __init__(self, database: Database, bell: Bell, tenant_id: UUID, actor: str) -> None:
        self._database = database
        self._bell = bell
        self._tenant_id = tenant_id
        self._actor = actor
        self._is_heard = True  # without a broker each ring would take its whole timeout; the sweeper finds all

    def chunk(self, progress: Progress, chunk: Sequence[Read | Refusal]) -> Progress:
        """All in one transaction or, when the database refuses that, each in its own."""
        try:
            return self._together(progress, chunk)
        except (SQLAlchemyError, Unavailable):
            for one in chunk:
                progress = self._alone(progress, one)
            return progress

    def _alone(self, progress: Progress, one: Read | Refusal) -> Progress:
        try:
            return self._together(progress, [one])
        except SQLAlchemyError as error:
            assert isinstance(one, Read)
            logger(__name__).warning("document not stored", line=one.document.line, error=type(error).__name__)
            return self._together(progress, [_refusal(one.document, "the database does not take it")])

    def _together(self, progress: Progress, chunk: Sequence[Read | Refusal]) -> Progress:
        refusals = [one.document for one in chunk if isinstance(one, Refusal)]
        with self._database.begin(self._tenant_id) as session:
            batches.hold(session, progress)
            made = [self._accept(session, progress, one) for one in chunk if isinstance(one, Read)]
            num_new = sum(bool(one.to_ring) for one in made)
            progress = batches.advanced(
                session,
                progress,
                num_accepted=num_new,
                num_unchanged=len(made) - num_new,
                refusals=refusals,
            )
            made_jobs = [job_id for one in made for job_id in one.to_ring]
            to_ring = jobs.waiting(session, made_jobs, kind=Kind.BACKFILL)
        self._is_heard = self._is_heard and ring(self._bell, self._tenant_id, to_ring)
        return progress

    def _accept(self, session: Session, progress: Progress, one: Read) -> Accepted:
        asked = Asked(self._actor, kind=Kind.BACKFILL, batch_id=progress.id)
        return accept(session, self._tenant_id, one.masked, asked)


def _read_chunks(
    documents: Iterator[Document], *, format_name: str | None, pool: Executor | None
) -> Iterator[list[Read | Refusal]]:
    chunks: Iterator[list[Document]] = iter(lambda: list(islice(documents, CHUNK)), [])
    first = next(chunks, [])
    chunks = chain([first] if first else [], chunks)
    if pool is None or len(first) < CHUNK:  # so few are masked here before a process has started
        yield from (read(chunk, format_name) for chunk in chunks)
        return
    waiting = deque(pool.submit(read, chunk, format_name) for chunk in islice(chunks, AHEAD))
    while waiting:
        done = waiting.popleft().result()
        waiting.extend(pool.submit(read, chunk, format_name) for chunk in islice(chunks, 1))
        yield done


def _read(document: Document, format_name: str | None) -> Read | Refusal:
    try:
        conversation = conversation_in(document, format_name)
        named = replace(conversation, external_id=conversation.external_id or document.own_id)
        return Read(replace(document, raw=b""), mask(named))
    except InvalidTranscript as error:
        return _refusal(document, error.detail, pointer=error.pointer)
    except SummarizerError as error:
        return _refusal(document, str(error))
    except Exception as error:  # one document must not stop the others, whatever is wrong with it or with us
        logger(__name__).error("document broke", line=document.line, error=type(error).__name__)
        return _refusal(document, "it broke on our side")


def _refusal(document: Document, detail: str, *, pointer: str = "") -> Refusal:
    return Refusal(detail, pointer, document.file, document.line)
