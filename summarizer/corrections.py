"""What people corrected or found good, as examples to learn from: checked, masked, under pseudonyms.

Nobody reads every correction, so rules do: what the conversation does not say is not learned, whoever wrote it.
Erased conversations are gone from the tables, and so from here.
"""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from summarizer.access import OPERATOR
from summarizer.conversation import Conversation, Role
from summarizer.formats import canonical
from summarizer.ledger import record_id
from summarizer.prompt import speaker_labels
from summarizer.redaction import masked
from summarizer.store import audit, corrections
from summarizer.store.corrections import Correction
from summarizer.store.database import Database
from summarizer.verify import unknown_names, unsaid, what_is_said
from summarizer.words import content_stems, sentences

FEWEST_WORDS, MOST_WORDS = 5, 200
LEAST_SAID = 0.5  # share of a correction's content words that the conversation holds


class Refusal(StrEnum):
    """Why a correction is not learned from."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    UNSAID_NUMBER = "unsaid_number"
    UNSAID_NAME = "unsaid_name"
    OFF_TOPIC = "off_topic"


def export(database: Database, path: Path, *, secret: str, actor: str = OPERATOR) -> Counter[str]:
    """Write the examples of every consenting tenant, one a line; how many, and how many were refused for what.

    `secret` makes the pseudonyms: the same ones every night, and nobody's without it.
    """
    counts: Counter[str] = Counter()
    aside = path.with_name(f"{path.name}.writing")
    aside.touch(mode=0o600)
    with aside.open("w", encoding="utf-8") as lines:
        for record in _records(database, counts, secret=secret, actor=actor):
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")
    aside.rename(path)
    return counts


def why_not(text: str, conversation: Conversation) -> Refusal | None:
    """The rule that a correction breaks, if it breaks one."""
    num_words = len(text.split())
    if num_words < FEWEST_WORDS:
        return Refusal.TOO_SHORT
    if num_words > MOST_WORDS:
        return Refusal.TOO_LONG
    said = what_is_said(conversation)
    if unsaid(text, said):
        return Refusal.UNSAID_NUMBER
    if unknown_names(_uncapitalized(text), said.stems):
        return Refusal.UNSAID_NAME
    told = content_stems(text)
    if len(told & said.stems) < LEAST_SAID * len(told):
        return Refusal.OFF_TOPIC
    return None


def _uncapitalized(text: str) -> str:
    """With a small letter at the start of each sentence: people, unlike a small model, do not invent names there."""
    starts = {start for start, _ in sentences(text)}
    return "".join(char.lower() if index in starts else char for index, char in enumerate(text))


def _records(database: Database, counts: Counter[str], *, secret: str, actor: str) -> Iterator[dict[str, Any]]:
    with database.begin(None) as session:
        tenant_ids = corrections.consenting(session)
    for tenant_id in tenant_ids:
        with database.begin(tenant_id) as session:
            audit.note(session, tenant_id, actor=actor, action="correction.export", subject=str(tenant_id))
            for correction in corrections.all_of_tenant(session):
                conversation = canonical.from_document(correction.transcript)
                refusal = why_not(correction.text, conversation)
                counts[refusal or "written"] += 1
                if refusal is None:
                    yield _record(correction, conversation, tenant_id, secret=secret)


def _record(correction: Correction, conversation: Conversation, tenant_id: UUID, *, secret: str) -> dict[str, Any]:
    labels = speaker_labels(conversation)
    known = {Role.AGENT, Role.CUSTOMER, Role.BOT}
    roles = {turn.participant: conversation.role_of(turn) for turn in conversation.turns}
    names = {who: role.value if role in known else labels[who] for who, role in roles.items()}
    return {
        "id": record_id(correction.conversation_id),
        "source": "private",
        "license": "the owner's",
        "tenant": _pseudonym(str(tenant_id), secret=secret),
        "agent": _pseudonym(f"{tenant_id}/{correction.author}", secret=secret),
        "language": conversation.language or "",
        "turns": [{"speaker": names[turn.participant], "text": masked(turn.text)} for turn in conversation.turns],
        "summary": masked(correction.text),
    }


def _pseudonym(name: str, *, secret: str) -> str:
    return hmac.new(secret.encode(), name.encode(), hashlib.sha256).hexdigest()[:16]
