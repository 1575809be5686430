"""What a night does about what was erased, before it learns anything.

1. It takes every erased conversation out of the files of all nights, also where the process that erased it could not.
2. It notes at the tombstones which model versions had learned from it.
3. A model cannot unlearn. One that serves and has learned from something that somebody asked to erase is replaced at
   once by the newest model before it that has not. What only grew too old (retention) does not take a model away.
4. The night then learns from `clean_start`: the newest champion that has seen nothing erased for whatever reason, or
   MODEL_DIR. All present corrections are learned from again, so what is lost is the steps, not the lessons.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from uuid import UUID

from summarizer.erasing import known_pasts
from summarizer.errors import SummarizerError
from summarizer.ledger import past_of, record_id
from summarizer.log import logger
from summarizer.promotion import promote, rollback
from summarizer.scrubbing import scrub
from summarizer.settings import Settings
from summarizer.store import erasures, model_versions, tenants
from summarizer.store.database import Database
from summarizer.store.erasures import Tombstone
from summarizer.store.model_versions import Version

BECAUSE = {"because": "the model before had learned from a conversation that was erased"}


def forget(database: Database, settings: Settings) -> None:
    """Before a night: files without what was erased, tombstones with their models, and a model that may serve."""
    erased = tombstones(database)
    scrub(settings.nightly_dir, {record_id(one.conversation_id) for ones in erased.values() for one in ones})
    _note_models(database, erased)
    asked = [one.conversation_id for ones in erased.values() for one in ones if one.reason != "retention"]
    try:
        _replace(database, settings, asked)
    except SummarizerError as error:
        logger(__name__).error("model that learned from erased not replaced", error=type(error).__name__)


def tombstones(database: Database) -> dict[UUID, list[Tombstone]]:
    """Everything that was erased, by tenant."""
    with database.begin(None) as session:
        tenant_ids = tenants.all_ids(session)
    found = {}
    for tenant_id in tenant_ids:
        with database.begin(tenant_id) as session:
            found[tenant_id] = erasures.tombstones(session)
    return found


def clean_start(database: Database, settings: Settings) -> Path | None:
    """The newest champion that has seen nothing that was erased, else MODEL_DIR; None if that has seen it too."""
    erased = [one.conversation_id for ones in tombstones(database).values() for one in ones]
    return _clean(database, settings, erased)


def has_seen_erased(database: Database, model: Path) -> bool:
    """Whether a model has learned from something that is erased by now."""
    erased = [one.conversation_id for ones in tombstones(database).values() for one in ones]
    return _has_seen(model, erased)


def _clean(database: Database, settings: Settings, erased: Sequence[UUID]) -> Path | None:
    with database.begin(None) as session:
        line = model_versions.champions(model_versions.history(session))
        versions = [model_versions.find(session, one) for one in reversed(line)]
    directories = [Path(one.directory) for one in versions if one is not None]
    there = (one for one in (*directories, settings.model_dir) if one.is_dir())
    return next((one for one in there if not _has_seen(one, erased)), None)


def _has_seen(model: Path, erased: Iterable[UUID]) -> bool:
    past = past_of(model)
    return past is not None and any(map(past.has_seen, erased))


def _note_models(database: Database, erased: dict[UUID, list[Tombstone]]) -> None:
    """Versions that are known stay noted when their files are gone."""
    pasts, _ = known_pasts(database)
    for tenant_id, ones in erased.items():
        learned = {}
        for one in ones:
            models = {*one.models, *(version for version, past in pasts.items() if past.has_seen(one.conversation_id))}
            if models != {*one.models}:
                learned[one.conversation_id] = sorted(models)
        if learned:
            with database.begin(tenant_id) as session:
                erasures.note_models(session, learned)


def _replace(database: Database, settings: Settings, asked: Sequence[UUID]) -> None:
    with database.begin(None) as session:
        serving = model_versions.serving(session)
    if serving is None:
        return
    if serving.challenger is not None and _has_learned(serving.challenger, asked):
        rollback(database, actor="nightly")
    if not _has_learned(serving.champion, asked):
        return
    clean = _clean(database, settings, asked)
    if clean is None:
        logger(__name__).error("every model here has learned from erased", champion=serving.champion.id[:12])
        return
    promote(database, clean, before=settings.model_dir, actor="nightly", decision=BECAUSE)


def _has_learned(version: Version, asked: Sequence[UUID]) -> bool:
    return _has_seen(Path(version.directory), asked)
