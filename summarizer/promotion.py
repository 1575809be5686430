"""Which model serves: promote one, try one on a share of the jobs, go back to the one before.

All of it is rows in Postgres. Workers look at them every few seconds, so nothing of this needs the queue.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from summarizer.engine.files import model_version
from summarizer.errors import Conflict, NotFound
from summarizer.store import model_versions
from summarizer.store.database import Database
from summarizer.store.model_versions import Serving, Version


def promote(
    database: Database,
    directory: Path,
    *,
    before: Path,
    share: float = 1.0,
    actor: str,
    decision: dict[str, Any] | None = None,
    check: Callable[[Path], str] = model_version,
) -> Serving:
    """Let the checkpoint in this directory serve a share of the jobs; `before` is what serves if nothing ever was.

    `check` gives its version, and raises UnusableCheckpoint for one that must not serve: `checked` reads all of it.
    Raises Conflict when it is the champion already.
    """
    version = Version(check(directory), str(directory.resolve()))
    with database.begin(None) as session:
        now = model_versions.serving(session) or _start(session, before, actor=actor)
        if version.id == now.champion.id:
            raise Conflict(f"{version.id[:12]} is the champion already")
        model_versions.register(session, version.id, directory=version.directory)
        action = "promote" if share == 1 else "try"
        model_versions.add_promotion(session, version.id, share=share, action=action, actor=actor, decision=decision)
        return _serving(session)


def checked(directory: Path) -> str:
    """The version of a checkpoint whose every file was read as a worker would; loads torch."""
    from summarizer.engine.generator import check

    return check(directory)


def rollback(database: Database, *, actor: str) -> Serving:
    """End the trial of a challenger, or let the former champion serve again, its files checked first.

    Raises NotFound when there is nothing to go back to, UnusableCheckpoint when the former files have changed.
    """
    with database.begin(None) as session:
        now = model_versions.serving(session)
        former = None if now is None else _former(session, now)
        if former is None:
            raise NotFound("no model served before this one")
        if (found := model_version(Path(former.directory))) != former.id:
            raise Conflict(f"{former.directory} holds {found[:12]}, not {former.id[:12]} that served from it")
        model_versions.add_promotion(session, former.id, share=1.0, action="rollback", actor=actor, decision=None)
        return _serving(session)


def _former(session: Session, now: Serving) -> Version | None:
    if now.challenger is not None:
        return now.champion
    former = model_versions.former_champion(model_versions.history(session))
    return None if former is None else model_versions.find(session, former)


def _start(session: Session, before: Path, *, actor: str) -> Serving:
    """The first promotion is preceded by what served until now, so that one can go back to it."""
    version = Version(model_version(before), str(before.resolve()))
    model_versions.register(session, version.id, directory=version.directory)
    model_versions.add_promotion(session, version.id, share=1.0, action="start", actor=actor, decision=None)
    return Serving(version)


def _serving(session: Session) -> Serving:
    now = model_versions.serving(session)
    assert now is not None  # a row was just added
    return now
