"""What is peculiar to each platform's transcripts, on the vendors' own samples."""

import json
from typing import Any

import pytest

from summarizer import formats
from summarizer.conversation import Channel, Role, Wait, WaitKind
from summarizer.errors import EmptyConversation, InvalidTranscript, SummarizerError
from summarizer.formats import twilio
from summarizer.legs import agents_of, with_legs
from tests.summarizer.formats.builders import sample


def _read(name: str) -> list[tuple[str, str]]:
    conversation = formats.read(sample(name))
    return [(turn.participant, turn.text) for turn in conversation.turns]


def test_genesys_says_which_agent_spoke_and_when_it_was_the_voice_menu() -> None:
    assert [speaker for speaker, _ in _read("genesys/ivr_customer_minimal.json")] == ["bot", "customer"]
    transferred = formats.read(sample("genesys/transfer_two_agents.constructed.json"))
    assert transferred.agents == ("agent", "agent-2")
    order = [turn.participant for turn in transferred.turns if turn.participant.startswith("agent")]
    assert order == sorted(order)  # the second agent takes over and the first does not come back
    assert [agents_of(transferred, leg.turns) for leg in with_legs(transferred).legs] == [["agent"], ["agent-2"]]


def test_genesys_time_in_a_queue_between_two_agents_is_kept() -> None:
    document = json.loads(sample("genesys/transfer_two_agents.constructed.json"))
    start = document["startTime"]
    again = {"participantPurpose": "acd", "startTimeMs": start + 88_740, "endTimeMs": start + 88_840}
    document["participants"].append(again)
    assert formats.read(json.dumps(document).encode()).waits == (Wait(WaitKind.QUEUE, 88_740, 88_840),)


def test_genesys_prefers_the_punctuated_words_and_does_without_them() -> None:
    plain = {"startTimeMs": 1, "participantPurpose": "external", "text": "my card is lost"}
    both = plain | {"decoratedText": "My card is lost."}
    for phrase, words in ((plain, "my card is lost"), (both, "My card is lost.")):
        document = {"conversationId": "c", "transcripts": [{"phrases": [phrase]}]}
        assert formats.read(json.dumps(document).encode()).turns[0].text == words


@pytest.mark.parametrize("name", ["startTime", "conversationStartTime"])
def test_genesys_times_are_such_as_a_calendar_holds(name: str) -> None:
    document = {"startTime": None, name: 1e16, "transcripts": [{"phrases": [{"text": "Hello."}]}]}
    with pytest.raises(InvalidTranscript) as refusal:
        formats.read(json.dumps(document).encode(), "genesys")
    assert refusal.value.pointer == f"/{name}"


def test_contact_lens_takes_messages_of_a_chat_and_leaves_its_events() -> None:
    chat = formats.read(sample("amazon/chat_original.json"))
    raw = json.loads(sample("amazon/chat_original.json"))["Transcript"]
    messages = [turn for turn in raw if turn["Type"] == "MESSAGE" and turn["ContentType"].startswith("text/")]
    assert [turn.text for turn in chat.turns] == [turn["Content"] for turn in messages]
    assert chat.channel is Channel.CHAT
    assert chat.turns[0].start_ms == 0
    assert {one.role for one in chat.participants} == {Role.AGENT, Role.CUSTOMER, Role.BOT}


def test_contact_lens_takes_final_segments_of_a_stream_only() -> None:
    said = _read("amazon/realtime_voice_segments_event.json")
    raw = json.loads(sample("amazon/realtime_voice_segments_event.json"))["Segments"]
    assert [text for _, text in said] == [one["Transcript"]["Content"] for one in raw if "Transcript" in one]
    partial = {"ContactId": "c", "Segments": [one for one in raw if "Utterance" in one]}
    with pytest.raises(EmptyConversation, match="partial"):
        formats.read(json.dumps(partial).encode())


def test_transcribe_joins_words_and_marks_into_turns() -> None:
    said = [text for _, text in _read("amazon/channel_identification.json")]
    assert said == ["I've been on hold for an hour.", "Sorry about that."]


def test_twilio_pages_make_one_call_whatever_their_order() -> None:
    pages = [json.loads(sample(f"twilio/sentences_page{number}.constructed.json")) for number in (2, 1)]
    transcript = json.loads(sample("golden/twilio.json")) | {"sentences": None}
    read = formats.read(json.dumps(twilio.merged(transcript, pages)).encode())
    golden = formats.read(sample("golden/twilio.json"))
    assert [(read.role_of(turn), turn.text) for turn in read.turns] == [
        (golden.role_of(turn), turn.text) for turn in golden.turns
    ]


def test_twilio_sentences_alone_make_nobody_an_agent() -> None:
    read = formats.read(sample("twilio/spec_sentences_page.json"))
    assert [one.role for one in read.participants] == [Role.UNKNOWN]


def test_twilio_results_without_words_are_refused_and_say_what_to_send() -> None:
    with pytest.raises(InvalidTranscript, match="send the transcript's sentences"):
        formats.read(sample("twilio/operator_results_summary.constructed.json"))
    with pytest.raises(EmptyConversation):
        formats.read(sample("twilio/spec_transcript.json"), "twilio")


@pytest.mark.parametrize(
    "name", ["issue_resolution_text", "transcript_customer_support", "transcript_modality_fragment"]
)
def test_azure_requests_of_all_ages_are_read(name: str) -> None:
    assert _read(f"azure/request_{name}.json")


def test_several_azure_conversations_are_refused() -> None:
    one = {"id": "1", "conversationItems": [{"id": "1", "participantId": "Agent", "text": "hi"}]}
    with pytest.raises(InvalidTranscript, match="by itself"):
        formats.read(json.dumps({"conversations": [one, one]}).encode())


WRONG: list[tuple[str, Any, str]] = [
    ("google", {"entries": [{"role": "AGENT", "text": 5}]}, "/entries/0/text"),
    ("google", {"entries": [{"role": "AGENT"}]}, "/entries/0/text"),
    (
        "google",
        {"entries": [{"role": "AGENT", "text": "a", "start_timestamp_usec": -1}]},
        "/entries/0/start_timestamp_usec",
    ),
    ("google", {"entries": {}}, "/entries"),
    ("genesys", {"transcripts": [{"phrases": [{}]}]}, "/transcripts/0/phrases/0/text"),
    ("genesys", {"transcripts": [5]}, "/transcripts/0"),
    ("contact_lens", {"Transcript": [{"Content": "a", "AbsoluteTime": "now"}]}, "/Transcript/0/AbsoluteTime"),
    ("transcribe", {"results": {"items": [{"type": "pronunciation"}]}}, "/results/items/0/alternatives"),
    ("twilio", {"sentences": [{"media_channel": 1}]}, "/sentences/0/transcript"),
    ("twilio", {"sentences": [{"media_channel": 1, "transcript": "a", "start_time": "x"}]}, "/sentences/0/start_time"),
    ("azure", {"conversations": [{"conversationItems": [{"id": "1"}]}]}, "/conversations/0/conversationItems/0/text"),
]


@pytest.mark.parametrize(("name", "document", "pointer"), WRONG)
def test_what_is_wrong_is_said_with_its_place(name: str, document: Any, pointer: str) -> None:
    with pytest.raises(InvalidTranscript) as refused:
        formats.read(json.dumps(document).encode(), name)
    assert refused.value.pointer == pointer


@pytest.mark.parametrize("name", [one.name for one in formats.FORMATS])
@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"null", b'"x"', b"{", b"\xff\xfe", b'{"a": NaN}'])
def test_nothing_is_never_a_conversation_and_never_a_crash(name: str, raw: bytes) -> None:
    with pytest.raises(SummarizerError):
        formats.read(raw, name)
