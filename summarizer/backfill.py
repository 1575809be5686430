"""`wrapup ingest`: files become a batch, and somebody watches how far it is."""

import os
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack, closing, contextmanager, nullcontext
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from summarizer.batches import ingest
from summarizer.processes import follow_in_death
from summarizer.queue import Queue
from summarizer.settings import Settings
from summarizer.store import tenants
from summarizer.store.batches import Progress
from summarizer.store.database import Database
from summarizer.transcripts import STANDARD_INPUT, digest_of, documents_of, files_in, spooled_input

READERS = 2  #: processes that mask: together as fast as one stores
MAX_NAME_CHARACTERS = 255
LINE_EVERY = 1000  #: documents, where there is no terminal


def backfill(
    database: Database,
    settings: Settings,
    names: list[str],
    *,
    tenant: str,
    name: str | None,
    format_name: str | None,
    actor: str,
    console: Console,
) -> Progress:
    """Ingest files, folders and standard input as one batch; how it ended."""
    with ExitStack() as stack:
        files = _files(names, stack)
        queue = stack.enter_context(closing(Queue(settings)))
        pool = stack.enter_context(_readers())
        with database.begin(None) as session:
            tenant_id = tenants.ensure(session, tenant)
        steps = ingest(
            database,
            queue,
            tenant_id,
            documents_of(files.items()),
            name=name or ", ".join(Path(one).name or one for one in names)[:MAX_NAME_CHARACTERS],
            digest=digest_of(files),
            actor=actor,
            format_name=format_name,
            pool=pool,
        )
        return _watched(steps, console)


def _files(names: list[str], stack: ExitStack) -> dict[Path, str]:
    """The files in order, each with the name it is known by."""
    found: dict[Path, str] = {}
    for name in names:
        if name == STANDARD_INPUT:
            found[stack.enter_context(spooled_input())] = STANDARD_INPUT
        else:
            found |= {file: file.name for file in files_in(name)}
    return found


@contextmanager
def _readers() -> Iterator[Executor | None]:
    if (os.cpu_count() or 1) < READERS:
        yield None
        return
    pool = ProcessPoolExecutor(
        READERS, mp_context=get_context("spawn"), initializer=_be_reader, initargs=(os.getpid(),)
    )
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _be_reader(parent: int) -> None:
    """Ctrl-C is the parent's to understand; its death is ours too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    follow_in_death(parent, signal.SIGKILL)


def _watched(steps: Iterable[Progress], console: Console) -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    last: Progress | None = None
    with Bar(*columns, console=console, transient=True) if console.is_terminal else nullcontext() as bar:
        task = None if bar is None else bar.add_task("", total=None)
        for step in steps:
            if last is None and step.num_read:
                console.print("read to its end before" if step.finished_at else f"goes on behind {step.num_read}")
            if bar is not None and task is not None:
                bar.update(task, description=_said(step))
            elif last is not None and last.num_read // LINE_EVERY < step.num_read // LINE_EVERY:
                console.print(_said(step), highlight=False)
            last = step
    assert last is not None  # the first step is how far it was before
    return last


def _said(progress: Progress) -> str:
    return f"{progress.num_read} read, {progress.num_accepted} accepted, {progress.num_refused} refused"
