from datetime import UTC, datetime
from json import dumps
from uuid import UUID

from summarizer.conversation import Conversation, Turn
from summarizer.documents import claims_to_document
from summarizer.formats import vcon, vcon_writer
from summarizer.summary import Aspect, Claim, Evidence
from tests.builders import LOST_CARD, a_conversation

STORED = datetime(2026, 11, 26, 10, tzinfo=UTC)
NAMED = UUID(int=7)


def _timed() -> Conversation:
    turns = tuple(Turn(role, text, index * 1500, index * 1500 + 1000) for index, (role, text) in enumerate(LOST_CARD))
    return a_conversation(turns=turns, started_at=datetime(2026, 11, 25, 9, tzinfo=UTC))


def test_what_is_written_is_read_again_as_the_same_turns_and_roles() -> None:
    said = _timed()
    written = dumps(vcon_writer.write(said, uuid=NAMED, created_at=STORED, summary=None)).encode()
    read = vcon.read(written)
    assert [(read.role_of(turn), turn.text, turn.start_ms, turn.end_ms) for turn in read.turns] == [
        (said.role_of(turn), turn.text, turn.start_ms, turn.end_ms) for turn in said.turns
    ]
    assert (read.started_at, read.channel, read.external_id) == (said.started_at, said.channel, str(NAMED))


def test_a_summary_is_an_analysis_whose_evidence_names_dialogs() -> None:
    said = _timed()
    claim = Claim(Aspect.REASON, "The card fell into the water.", (Evidence(1, 0, 43),))
    body = {"text": claim.text, "claims": claims_to_document([claim])}
    document = vcon_writer.write(said, uuid=NAMED, created_at=STORED, summary=body)
    (analysis,) = document["analysis"]
    assert (analysis["type"], analysis["dialog"], analysis["body"]) == ("summary", [0, 1, 2, 3], body)
    evidence = analysis["body"]["claims"][0]["evidence"][0]
    dialog = document["dialog"][evidence["turn"]]
    assert dialog["body"][evidence["start"] : evidence["end"]] == "My card fell into the water at the terminal"


def test_a_conversation_without_times_starts_when_it_was_stored() -> None:
    document = vcon_writer.write(a_conversation(), uuid=NAMED, created_at=STORED, summary=None)
    assert {dialog["start"] for dialog in document["dialog"]} == {STORED.isoformat()}
    assert document["analysis"] == []
