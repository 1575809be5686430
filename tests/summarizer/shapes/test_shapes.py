"""Every shape has its vendor's members, keeps what it can of the evidence, and states nothing that was not stated."""

import csv
import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer import formats
from summarizer.conversation import Channel, Conversation, Turn
from summarizer.formats import vcon
from summarizer.shapes import SHAPES, table
from summarizer.summary import NoSummary
from tests.builders import LOST_CARD, a_conversation
from tests.summarizer.formats.builders import conversations
from tests.summarizer.shapes.builders import (
    NAMED,
    NOT_STATED,
    STORED,
    a_document,
    documents,
    silent_sections,
    told,
)

DATA = Path(__file__).parents[2] / "data" / "shapes"


def write(name: str, **changes: Any) -> dict[str, Any]:
    """What leaves, after a journey through JSON."""
    written: dict[str, Any] = json.loads(json.dumps(SHAPES[name].write(told(**changes))))
    return written


def sample(name: str) -> Any:
    return json.loads((DATA / name).read_text())


def members(value: Any) -> dict[str, Any]:
    """The names of members at every level; what is null or an empty list says nothing of what it would hold."""
    if isinstance(value, dict):
        return {name: members(one) for name, one in value.items()}
    if isinstance(value, list):
        return members(value[0]) if value else {}
    return {}


def missing(theirs: dict[str, Any], ours: dict[str, Any]) -> list[str]:
    """Members of the vendor's sample that we do not write."""
    return [name for name in theirs if name not in ours] + [
        f"{name}/{one}" for name in theirs if ours.get(name) for one in missing(theirs[name], ours[name])
    ]


def added(theirs: dict[str, Any], ours: dict[str, Any]) -> list[str]:
    """Members that we write and the vendor's sample does not have."""
    return missing(ours, theirs)


@pytest.mark.parametrize("name", SHAPES)
@settings(max_examples=40, deadline=None)
@given(
    conversation=conversations(),
    edit=st.none() | st.text(max_size=20),
    reason=st.none() | st.sampled_from(NoSummary),
)
def test_every_conversation_can_be_told_in_every_shape(
    name: str, conversation: Conversation, edit: str | None, reason: NoSummary | None
) -> None:
    summary = a_document() if reason is None else None
    written = write(name, conversation=conversation, edited_text=edit, summary=summary, reason=reason)
    assert json.loads(json.dumps(written, allow_nan=False)) == written


def test_ours_holds_the_document_as_it_is_stored() -> None:
    assert write("wrapup", edited_text="Card lost.") == {
        "conversation_id": NAMED,
        "external_id": "call-1",
        "revision": 2,
        "leg": "leg-1",
        "created_at": "2026-11-26T10:00:00+00:00",
        "summary": a_document(),
        "reason": None,
        "edit": {"text": "Card lost.", "author": "maria", "disposition": None, "outcome": None, "version": 1},
    }


def test_genesys_finds_the_members_of_its_event_and_one_of_a_newer_one() -> None:
    theirs, ours = members(sample("genesys_summary_event.constructed.json")), members(write("genesys"))
    assert missing(theirs, ours) == []
    assert set(added(theirs, ours)) == {"summarySourceType", "resolution/resolutionValue"}


def test_genesys_is_told_what_the_summary_says() -> None:
    turns = tuple(Turn(role, text, index * 1500, index * 1500 + 1000) for index, (role, text) in enumerate(LOST_CARD))
    event = write("genesys", conversation=a_conversation(turns=turns, queue="cards", leg="leg-1"))
    assert event["summary"] == {"text": a_document()["text"], "score": a_document()["score"]}
    assert event["headline"] == {"text": "Card lost in the water", "description": "", "score": 0.9}
    assert event["resolution"]["resolutionValue"] == "Resolved"
    assert event["followupActions"] == [{"text": "send the card", "description": "agent, 2026-11-30", "score": None}]
    assert event["extractedEntities"] == [{"label": "card colour", "value": "red"}]
    assert event["wrapUpCodes"] == [{"wrapUpCodeId": "lost", "name": "Lost card", "description": "", "score": 0.91}]
    assert (event["mediaType"], event["language"], event["queueId"]) == ("CALL", "en", "cards")
    assert (event["conversationId"], event["communicationIds"]) == ("call-1", ["leg-1"])
    assert (event["durationMs"], event["createdDate"]) == (5500, "2026-11-26T10:00:00.000Z")


def test_genesys_finds_the_members_of_its_resource() -> None:
    theirs = members(sample("genesys_summaries_get_response.constructed.json"))
    ours = members(write("genesys_summaries", conversation=a_conversation()))
    assert (missing(theirs, ours), added(theirs, ours)) == (["summary/predictedWrapupCodes/selfUri"], [])


def test_a_genesys_resource_keeps_a_person_s_text_beside_the_machine_s() -> None:
    found = write("genesys_summaries", conversation=a_conversation(), edited_text="Card lost.")["summary"]
    assert (found["text"], found["editedSummary"]["text"]) == (a_document()["text"], "Card lost.")
    assert (found["status"], found["mediaType"], found["confidence"]) == ("Completed", "Call", a_document()["score"])
    assert (found["resolution"]["outcome"], found["reason"]["confidence"]) == ("Resolved", 0.9)
    assert found["followup"]["text"] == "Agent: send the card (due 30 Nov 2026)."
    assert [(one["id"], one["confidence"]) for one in found["predictedWrapupCodes"]] == [("lost", 0.91)]


def test_a_genesys_resource_of_a_leg_is_a_session_summary_and_one_without_summary_an_error() -> None:
    of_leg = write("genesys_summaries")
    assert of_leg["summary"] is None
    assert [one["communication"] for one in of_leg["sessionSummaries"]] == [{"id": "leg-1"}]
    none = write("genesys_summaries", conversation=a_conversation(), summary=None, reason="ivr_only")["summary"]
    assert (none["status"], none["text"], none["predictedWrapupCodes"]) == ("Error", None, [])


@pytest.mark.parametrize(
    ("channel", "media"),
    [(Channel.VOICE, "CALL"), (Channel.CHAT, "MESSAGE"), (Channel.MESSAGE, "MESSAGE"), (Channel.EMAIL, "EMAIL")],
)
def test_genesys_knows_every_channel_as_a_medium(channel: Channel, media: str) -> None:
    assert write("genesys", conversation=a_conversation(channel=channel))["mediaType"] == media


def test_genesys_is_told_an_error_only_where_one_of_its_own_fits() -> None:
    errors = {reason: write("genesys", summary=None, reason=reason.value)["errorType"] for reason in NoSummary}
    assert errors.pop(NoSummary.NOTHING_SAID) == errors.pop(NoSummary.NOISE_ONLY) == "CONVERSATION_TOO_SHORT"
    assert set(errors.values()) == {"UNKNOWN"}
    assert write("genesys")["errorType"] is None


def test_a_person_s_text_stands_for_the_machine_s_and_has_no_score() -> None:
    assert write("genesys", edited_text="Card lost.")["summary"] == {"text": "Card lost.", "score": None}
    narrative = [
        one
        for one in write("azure", edited_text="Card lost.")["conversations"][0]["summaries"]
        if one["aspect"] == "narrative"
    ]
    assert narrative == [{"aspect": "narrative", "text": "Card lost.", "contexts": []}]


def test_azure_finds_the_members_of_its_results() -> None:
    theirs = members(sample("azure_response_with_contexts.json")["tasks"]["items"][0]["results"])
    ours = members(write("azure"))
    assert (missing(theirs, ours), added(theirs, ours)) == ([], [])


def test_azure_s_contexts_are_the_words_that_bear_each_sentence_out() -> None:
    (result,) = write("azure")["conversations"]
    said = {
        (one["aspect"], one["text"]): [
            LOST_CARD[int(place["conversationItemId"]) - 1][1][place["offset"] : place["offset"] + place["length"]]
            for place in one["contexts"]
        ]
        for one in result["summaries"]
    }
    water, ordered = "My card fell into the water at the terminal", "I have ordered the replacement card and "
    assert said == {
        ("chapterTitle", "Card lost in the water"): [water],
        ("issue", "The card fell into the water."): [water],
        ("resolution", "A replacement was ordered."): [ordered],
        ("narrative", "The card fell into the water."): [water],
        ("narrative", "A replacement was ordered."): [ordered],
        ("followUpTasks", "send the card"): [ordered],
    }


def test_azure_s_warning_says_why_there_is_no_summary() -> None:
    (result,) = write("azure", summary=None, reason="ivr_only")["conversations"]
    assert result["summaries"] == []
    assert [one["code"] for one in result["warnings"]] == ["ivr_only"]


@settings(max_examples=40, deadline=None)
@given(documents())
def test_evidence_survives_in_the_shapes_that_have_a_place_for_it(document: dict[str, Any]) -> None:
    places = [(one["text"], one["evidence"]) for one in document["claims"]]
    ours = write("wrapup", summary=document)["summary"]
    beside = write("vcon", summary=document)["analysis"][0]["body"]
    assert [(one["text"], one["evidence"]) for one in ours["claims"]] == places
    assert [(one["text"], one["evidence"]) for one in beside["claims"]] == places
    (result,) = write("azure", summary=document)["conversations"]
    assert [
        (
            one["text"],
            [
                {"turn": int(at["conversationItemId"]) - 1, "start": at["offset"], "end": at["offset"] + at["length"]}
                for at in one["contexts"]
            ],
        )
        for one in result["summaries"]
        if one["aspect"] == "narrative"
    ] == places


def test_what_was_not_stated_is_written_as_stated_in_no_shape() -> None:
    silent = told(summary=a_document(sections=silent_sections()))
    event = json.loads(json.dumps(SHAPES["genesys"].write(silent)))
    assert (event["headline"], event["reason"], event["resolution"]) == (None, None, None)
    assert event["followupActions"] == event["extractedEntities"] == event["wrapUpCodes"] == []
    (result,) = SHAPES["azure"].write(silent)["conversations"]
    assert {one["aspect"] for one in result["summaries"]} == {"narrative"}
    resource = SHAPES["genesys_summaries"].write(silent)
    (found,) = resource["sessionSummaries"]
    assert (found["reason"], found["resolution"], found["followup"], found["predictedWrapupCodes"]) == (
        None,
        None,
        None,
        [],
    )
    assert NOT_STATED not in json.dumps([event, resource, result, table.row(silent)])
    for shape in ("wrapup", "vcon"):
        document = SHAPES[shape].write(silent)
        body = document["summary"] if shape == "wrapup" else document["analysis"][0]["body"]
        assert {one["is_stated"] for one in body["sections"]} == {False}


@settings(max_examples=40, deadline=None)
@given(conversations(), documents())
def test_a_vcon_gives_back_the_conversation_and_holds_the_document(said: Conversation, summary: dict[str, Any]) -> None:
    written = json.dumps(SHAPES["vcon"].write(told(conversation=said, summary=summary))).encode()
    assert formats.read(written) == said
    assert json.loads(written)["analysis"][0]["body"] == summary


def test_a_vcon_says_why_there_is_no_summary() -> None:
    document = write("vcon", summary=None, reason="voicemail")
    assert (document["analysis"], document["wrapup"]["reason"]) == ([], "voicemail")
    assert (document["wrapup"]["revision"], document["wrapup"]["leg"]) == (2, "leg-1")
    assert document["uuid"] == "00000000-0000-4000-8000-000000000007"
    assert vcon.read(json.dumps(document).encode()) == a_conversation(leg="leg-1")


def test_an_id_that_holds_no_uuid_gives_the_same_one_each_time() -> None:
    first, second = (write("vcon", conversation_id="call 7")["uuid"] for _ in range(2))
    assert first == second


def test_a_row_has_a_cell_for_each_column() -> None:
    cells = dict(zip(table.header(), table.row(told(edited_text="Card lost.")), strict=True))
    assert cells["conversation_id"] == NAMED
    assert cells["created_at"] == STORED.isoformat()
    assert (cells["summary"], cells["edited_summary"]) == (a_document()["text"], "Card lost.")
    assert (cells["headline"], cells["outcome"], cells["disposition"]) == ("Card lost in the water", "resolved", "lost")
    assert (cells["started_at"], cells["queue"], cells["no_summary"], cells["satisfaction"]) == ("", "", "", "")


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_a_cell_that_begins_like_a_formula_is_text(first: str) -> None:
    said = told(external_id=f'{first}HYPERLINK("http://x";"y")', edited_text=f"{first}1+1")
    cells = dict(zip(table.header(), table.row(said), strict=True))
    assert cells["external_id"].startswith(f"'{first}")
    assert cells["edited_summary"] == f"'{first}1+1"


@settings(max_examples=40, deadline=None)
@given(documents(), st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30))
def test_written_rows_are_read_again_as_the_same_cells(summary: dict[str, Any], edit: str) -> None:
    several = [told(summary=summary, edited_text=edit), told(created_at=STORED + timedelta(days=1))]
    read = list(csv.reader(StringIO("".join(table.lines(several)), newline="")))
    assert read == [table.header(), *(table.row(one) for one in several)]
