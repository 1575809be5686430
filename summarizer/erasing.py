"""Erasing a conversation, or all of a customer's: rows, files of the nights, and a report of what learned from them.

    end its jobs [commit] ─▶ delete its rows, leave tombstones [commit] ─▶ take it out of the nights' files

Killed after the second commit, the night takes it out of the files before it trains; killed before, nothing happened
that asking again does not do. Model versions cannot unlearn: the report names them, and `forgetting` replaces them.
Copies that the owner made (backups, exports, what endpoints were told) are the owner's to erase.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from summarizer.ledger import Past, past_of, record_id
from summarizer.log import logger
from summarizer.scrubbing import scrub
from summarizer.settings import Settings
from summarizer.store import audit, conversations, erasures, model_versions
from summarizer.store.database import Database


@dataclass(frozen=True, slots=True)
class Report:
    """What was erased, and what had learned from it."""

    conversation_ids: tuple[UUID, ...] = ()  #: wholes and legs
    models: tuple[str, ...] = ()  #: versions that learned from one; the next night replaces what serves of them
    num_unseen_models: int = 0  #: versions whose files are not here; the next night looks at them
    num_files: int = 0  #: of the nights, which held one
    is_scrubbed: bool = True  #: False: a file could not be written here; the next night does it


def erase_conversation(
    database: Database, settings: Settings, tenant_id: UUID, conversation_id: UUID, *, actor: str
) -> Report:
    """Erase one with its legs, or the whole that it is a leg of; raises NotFound, and Erased for one that is."""
    with database.begin(tenant_id) as session:
        whole_id = erasures.whole_of(session, conversation_id)
        if whole_id is None:
            raise erasures.missing(session, conversation_id)
    return _erase_all(database, settings, tenant_id, [whole_id], reason="conversation", actor=actor)


def erase_customer(database: Database, settings: Settings, tenant_id: UUID, customer: str, *, actor: str) -> Report:
    """Erase every conversation of a customer; none is a report of none."""
    with database.begin(tenant_id) as session:
        known = conversations.customer_hash(session, tenant_id, customer)
        whole_ids = erasures.wholes_of_customer(session, known)
    return _erase_all(database, settings, tenant_id, whole_ids, reason="customer", actor=actor)


def erase_rows(
    database: Database, tenant_id: UUID, whole_ids: Sequence[UUID], *, reason: str, actor: str, pasts: dict[str, Past]
) -> list[UUID]:
    """Erase these together, each with its legs, from the database; the ids that are now tombstones."""
    with database.begin(tenant_id) as session:
        erasures.end_jobs(session, whole_ids)
    with database.begin(tenant_id) as session:
        erased = erasures.erase(
            session,
            tenant_id,
            whole_ids,
            reason=reason,
            learned=lambda one: [version for version, past in pasts.items() if past.has_seen(one)],
        )
        if erased and reason != "retention":
            for whole_id in whole_ids:
                audit.note(session, tenant_id, actor=actor, action="conversation.erase", subject=str(whole_id))
        elif erased:
            subject = f"{len(erased)} conversations"
            audit.note(session, tenant_id, actor=actor, action="conversation.outdated", subject=subject)
    return erased


def scrub_files(settings: Settings, conversation_ids: Sequence[UUID]) -> tuple[int, bool]:
    """How many files of the nights held one of these, and whether all of them could be written."""
    try:
        return scrub(settings.nightly_dir, {record_id(one) for one in conversation_ids}), True
    except OSError as error:
        logger(__name__).warning("files of the nights not scrubbed", error=type(error).__name__)
        return 0, False


def known_pasts(database: Database) -> tuple[dict[str, Past], int]:
    """What each model version has learned from, and of how many nothing is here to look at."""
    with database.begin(None) as session:
        versions = model_versions.every(session)
    pasts = {one.id: past_of(Path(one.directory)) for one in versions}
    seen = {version: past for version, past in pasts.items() if past is not None}
    return seen, len(pasts) - len(seen)


def _erase_all(
    database: Database, settings: Settings, tenant_id: UUID, whole_ids: Sequence[UUID], *, reason: str, actor: str
) -> Report:
    """One after the other, so that what is done is done."""
    pasts, num_unseen = known_pasts(database)
    report = Report(num_unseen_models=num_unseen)
    for whole_id in whole_ids:
        erased = erase_rows(database, tenant_id, [whole_id], reason=reason, actor=actor, pasts=pasts)
        report = replace(report, conversation_ids=(*report.conversation_ids, *erased))
    if reason == "customer":
        subject = f"{len(report.conversation_ids)} conversations"
        with database.begin(tenant_id) as session:
            audit.note(session, tenant_id, actor=actor, action="customer.erase", subject=subject)
    num_files, is_scrubbed = scrub_files(settings, report.conversation_ids)
    learned = [version for version, past in pasts.items() if any(map(past.has_seen, report.conversation_ids))]
    return replace(report, models=tuple(learned), num_files=num_files, is_scrubbed=is_scrubbed)
