from datetime import UTC, datetime
from json import dumps, loads
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings

from summarizer import formats
from summarizer.conversation import Conversation, Turn
from summarizer.documents import claims_to_document
from summarizer.errors import EmptyConversation, InvalidTranscript
from summarizer.formats import vcon, vcon_writer
from summarizer.summary import Aspect, Claim, Evidence
from tests.builders import LOST_CARD, a_conversation
from tests.summarizer.formats.builders import conversations
from tests.summarizer.shapes.builders import documents

STORED = datetime(2026, 11, 26, 10, tzinfo=UTC)
NAMED = UUID(int=7)


def _timed() -> Conversation:
    turns = tuple(Turn(role, text, index * 1500, index * 1500 + 1000) for index, (role, text) in enumerate(LOST_CARD))
    return a_conversation(turns=turns, started_at=datetime(2026, 11, 25, 9, tzinfo=UTC))


def _written(said: Conversation, **more: Any) -> bytes:
    return dumps(vcon_writer.write(said, uuid=NAMED, created_at=STORED, **{"summary": None, **more})).encode()


@settings(max_examples=200, deadline=None)
@given(conversations(), documents())
def test_what_is_written_is_read_again_as_the_same_conversation_and_summary(
    said: Conversation, summary: dict[str, Any]
) -> None:
    written = _written(said, summary=summary)
    assert formats.read(written) == said
    assert loads(written)["analysis"][0]["body"] == summary


def test_somebody_who_knows_nothing_of_ours_reads_the_same_turns_and_roles() -> None:
    said = _timed()
    read = vcon.read(_written(said).replace(b'"wrapup"', b'"others"'))
    assert [(read.role_of(turn), turn.text, turn.start_ms, turn.end_ms) for turn in read.turns] == [
        (said.role_of(turn), turn.text, turn.start_ms, turn.end_ms) for turn in said.turns
    ]
    assert (read.started_at, read.channel, read.external_id) == (said.started_at, said.channel, str(NAMED))


def test_what_others_add_to_our_vcon_is_read_too() -> None:
    document = loads(_written(_timed()))
    document["dialog"].append({**document["dialog"][-1], "body": "One more thing."})
    del document["dialog"][-1]["wrapup"]
    assert vcon.read(dumps(document).encode()).turns[-1].text == "One more thing."


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        (("wrapup", "language"), "klingon", "/wrapup/language"),
        (("parties", 0, "role"), "boss", "/parties/0/role"),
        (("dialog", 1, "wrapup", "start_ms"), -1, "/dialog/1/start_ms"),
        (("parties", 1, "wrapup", "id"), "agent", "/parties/1/id"),
        (("dialog",), [], "/dialog"),
    ],
)
def test_what_is_wrong_in_our_own_members_is_said_with_its_place(
    path: tuple[str | int, ...], value: object, pointer: str
) -> None:
    document = loads(_written(_timed()))
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    with pytest.raises(InvalidTranscript) as refused:
        vcon.read(dumps(document).encode())
    assert refused.value.pointer == pointer


def test_our_vcon_of_which_others_redacted_everything_says_so() -> None:
    document = loads(_written(_timed())) | {"redacted": {"uuid": "u-0", "type": "PII"}}
    for dialog in document["dialog"]:
        dialog["body"] = ""
    with pytest.raises(EmptyConversation, match="redacted"):
        vcon.read(dumps(document).encode())


def test_an_edit_is_a_second_analysis_beside_the_machine_s() -> None:
    machine, person = loads(_written(_timed(), summary={"text": "a"}, edited_text="b"))["analysis"]
    assert (machine["body"], person["body"], person["product"]) == ({"text": "a"}, "b", "edit")


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
