"""The canonical form says everything a conversation holds, and refuses what it does not know."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings

from summarizer.conversation import Channel, Conversation, Role
from summarizer.errors import EmptyConversation, InvalidTranscript, LimitExceeded, SummarizerError
from summarizer.formats import canonical
from tests.builders import a_body
from tests.summarizer.formats.builders import broken, conversations, sample


def a_document(**changes: Any) -> dict[str, Any]:
    """A small valid document; a change to None takes the member out."""
    document = {
        "participants": [{"id": "a", "role": "agent"}, {"id": "c"}],
        "turns": [{"participant": "a", "text": "Hello"}, {"participant": "c", "text": "Hi"}],
    }
    return {name: value for name, value in (document | changes).items() if value is not None}


def a_turn(**changes: Any) -> dict[str, Any]:
    return {"turns": [{"participant": "a", "text": "Hello"} | changes]}


def read(document: object) -> Conversation:
    return canonical.read(json.dumps(document).encode())


def test_what_is_not_said_gets_its_default() -> None:
    conversation = read(a_document())
    assert conversation.channel is Channel.VOICE
    assert [one.role for one in conversation.participants] == [Role.AGENT, Role.UNKNOWN]
    assert (conversation.language, conversation.started_at, conversation.external_id) == (None, None, None)


@settings(max_examples=200, deadline=None)
@given(conversations())
def test_reading_what_was_written_gives_the_same_conversation(conversation: Conversation) -> None:
    assert canonical.read(canonical.write(conversation)) == conversation


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ([], ""),
        ("text", ""),
        (None, ""),
        ({"participants": [{"id": "a"}]}, "/turns"),
        (a_document(participants=None), "/participants"),
        (a_document(turns={}), "/turns"),
        (a_document(**a_turn(participant="x")), "/turns/0/participant"),
        (a_document(participants=[{"id": "a"}, {"id": "a"}, {"id": "c"}]), "/participants/1/id"),
        (a_document(participants=[{"id": "a", "role": "boss"}, {"id": "c"}]), "/participants/0/role"),
        (a_document(channel="fax"), "/channel"),
        (a_document(channel=1), "/channel"),
        *((a_document(language=bad), "/language") for bad in ("english", "e", "en_US", "en-", "12", "", "x" * 40, 7)),
        *(
            (a_document(started_at=bad), "/started_at")
            for bad in (
                "2025-03-03T15:00:00",
                "0000-01-01T00:00:00Z",
                "1969-12-31T23:59:59Z",
                "2025-03-03T15:00:00+99:99",
                "2025-13-03T15:00:00Z",
                "9999-12-31T23:59:59Z",
                "2025-03-03",
                "1700000000",
                1e20,
                1700000000,
            )
        ),
        (a_document(**a_turn(start_ms=2, end_ms=1)), "/turns/0/end_ms"),
        (a_document(**a_turn(start_ms=-1)), "/turns/0/start_ms"),
        (a_document(**a_turn(start_ms=365 * 24 * 3_600_000 + 1)), "/turns/0/start_ms"),
        (a_document(**a_turn(start_ms=1.5)), "/turns/0/start_ms"),
        (a_document(**a_turn(start_ms="1")), "/turns/0/start_ms"),
        (a_document(**a_turn(start_ms=True)), "/turns/0/start_ms"),
        (a_document(**a_turn(text=5)), "/turns/0/text"),
        (a_document(**a_turn(text={})), "/turns/0/text"),
        *((a_document(external_id=bad), "/external_id") for bad in ("", "x" * 256, "a\nb", "a\u202eb", "\x85", 5)),
        *((a_document(**{name: "x"}), f"/{name}") for name in ("tenant_id", "status", "summary")),
    ],
)
def test_a_wrong_document_is_refused_at_its_place(document: object, pointer: str) -> None:
    with pytest.raises(InvalidTranscript) as refused:
        read(document)
    assert type(refused.value) is InvalidTranscript
    assert refused.value.pointer == pointer
    assert refused.value.problems[0].pointer == pointer


@pytest.mark.parametrize("language", ["en", "pt-BR", "zh-Hans-CN", "es-419", "de-CH-1996", "yue"])
def test_a_language_tag_is_accepted(language: str) -> None:
    assert read(a_document(language=language)).language == language


def test_everything_that_is_wrong_is_listed() -> None:
    with pytest.raises(InvalidTranscript) as refused:
        read(a_document(channel="fax", tenant_id="t", **a_turn(text=1, more=2)))
    places = {one.pointer for one in refused.value.problems}
    assert places == {"/channel", "/tenant_id", "/turns/0/text", "/turns/0/more"}


def test_no_message_repeats_what_was_sent() -> None:
    with pytest.raises(InvalidTranscript) as refused:
        read(a_document(channel="4111 1111", language="4111 1111", external_id="4111\n1111", started_at="4111 1111"))
    assert "4111" not in str(refused.value) + str([one.detail for one in refused.value.problems])


@pytest.mark.parametrize("turns", [[], [{"participant": "a", "text": " \n\t"}]])
def test_a_conversation_without_words_is_empty(turns: list[object]) -> None:
    with pytest.raises(EmptyConversation) as refused:
        read(a_document(turns=turns))
    assert refused.value.pointer == "/turns"


@pytest.mark.parametrize(
    ("changes", "pointer", "limit"),
    [
        ({"turns": [{"participant": "a", "text": "x"}] * 5_001}, "/turns", "5000"),
        ({"turns": [0] * 5_001}, "/turns", "5000"),
        ({"participants": [{"id": str(n)} for n in range(51)]}, "/participants", "50"),
        (a_turn(text="x" * 20_001), "/turns/0/text", "20000"),
    ],
)
def test_a_conversation_over_a_limit_is_refused_with_the_limit(changes: Any, pointer: str, limit: str) -> None:
    with pytest.raises(LimitExceeded, match=limit) as refused:
        read(a_document(**changes))
    assert refused.value.pointer == pointer


def test_the_list_of_problems_has_an_end() -> None:
    with pytest.raises(InvalidTranscript) as refused:
        read(a_document(turns=[{}] * 5_000))
    assert len(refused.value.problems) == canonical.MAX_PROBLEMS


def test_a_document_inside_another_is_refused_at_the_whole_place() -> None:
    with pytest.raises(InvalidTranscript) as refused:
        canonical.from_document(a_document(channel="fax"), pointer="/data")
    assert refused.value.pointer == "/data/channel"
    with pytest.raises(EmptyConversation) as empty:
        canonical.from_document(a_document(turns=[]), pointer="/data")
    assert empty.value.pointer == "/data/turns"


def test_text_is_kept_but_for_what_nobody_sees() -> None:
    text = "  e\u0301 <b>\r\n\t\U0001f600 "
    assert read(a_document(**a_turn(text=f"\u202e{text}"))).turns[0].text == text
    assert read(a_document(**a_turn(text=text))).turns[0].text == text


def test_the_schema_describes_every_member() -> None:
    schema = canonical.CanonicalConversation.model_json_schema()
    parts = [schema, *(schema["$defs"][name] for name in ("CanonicalTurn", "CanonicalParticipant"))]
    assert all(
        "description" in member and "examples" in member
        for part in parts
        for name, member in part["properties"].items()
        if name not in ("participants", "turns")
    )
    assert all(part["additionalProperties"] is False for part in parts)


def test_the_model_reads_what_was_written() -> None:
    """The API shows a stored conversation through the model."""
    written = canonical.write(canonical.read(sample("golden/canonical.json")))
    assert canonical.CanonicalConversation.model_validate_json(written).external_id == "anchor-credit-union"


@settings(max_examples=200, deadline=None)
@given(broken([sample("golden/canonical.json")]))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(SummarizerError):
        canonical.read(raw)


def test_the_owners_name_for_the_customer_is_read() -> None:
    assert canonical.from_document(a_body(customer="crm-48151")).customer == "crm-48151"
    with pytest.raises(InvalidTranscript, match="at most 255"):
        canonical.from_document(a_body(customer="a" * 256))
