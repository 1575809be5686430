"""vCons of every version and shape we have met give their turns, or say why not."""

import base64
import contextlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings

from summarizer.conversation import Channel, Conversation, Participant, Role, Turn, Wait, WaitKind
from summarizer.errors import EmptyConversation, InvalidTranscript, LimitExceeded, SummarizerError
from summarizer.formats import vcon, vcon_writer
from tests.builders import a_conversation
from tests.summarizer.formats.builders import DATA, broken, sample

PARTIES = [{"name": "Ann Bo", "role": "agent"}, {"tel": "+12025550101", "meta": {"role": "customer"}}]
RECORDING = {"type": "recording", "start": "2025-03-03T15:00:00.500Z", "parties": [0, 1], "duration": 9}


OURS = json.dumps(
    vcon_writer.write(a_conversation(), uuid=UUID(int=7), created_at=datetime(2026, 1, 1, tzinfo=UTC), summary=None)
).encode()


def read(**members: Any) -> Conversation:
    return vcon.read(json.dumps({"vcon": "0.4.0", "uuid": "u-1", "parties": PARTIES} | members).encode())


def transcribed(body: object, **members: Any) -> Conversation:
    analysis = {"type": "transcript", "dialog": 0, "vendor": "v", "body": body} | members
    return read(dialog=[RECORDING], analysis=[analysis])


def text(body: str = "Hi", **members: Any) -> dict[str, Any]:
    return {"type": "text", "start": "2025-03-03T15:00:01.250Z", "parties": [0, 1], "body": body} | members


def test_a_text_dialog_is_a_turn_of_its_originator() -> None:
    conversation = read(dialog=[text("b", start="2025-03-03T16:00:03+01:00", originator=1, duration=1.5), text("a")])
    assert conversation == Conversation(
        turns=(Turn("agent", "a", 250), Turn("customer", "b", 2000, 3500)),
        participants=(Participant("agent", Role.AGENT, "Ann Bo"), Participant("customer", Role.CUSTOMER)),
        started_at=datetime(2025, 3, 3, 15, 0, 1, tzinfo=UTC),
        external_id="u-1",
    )


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("agent", Role.AGENT),
        ("ai", Role.BOT),
        ("supervisor", Role.SUPERVISOR),
        ("sme", Role.UNKNOWN),
        ("", Role.UNKNOWN),
    ],
)
def test_a_party_has_the_role_it_says(word: str, role: Role) -> None:
    assert read(parties=[{"role": word}, {}], dialog=[text()]).participants[0].role is role


def test_base64url_text_is_decoded() -> None:
    body = base64.urlsafe_b64encode("Grüße?>".encode()).decode().rstrip("=")
    assert read(dialog=[text(body, encoding="base64url")]).turns[0].text == "Grüße?>"


def test_a_contact_says_its_channel_in_the_extension() -> None:
    assert read(dialog=[text(interaction_type="chat")]).channel is Channel.CHAT
    assert read(dialog=[text(interaction_type="video")]).channel is Channel.VOICE


LISTED = [{"speaker": "Agent", "message": "Hello"}, {"speaker": "Customer", "message": "Hi"}]
SAID = [("agent", "Hello"), ("customer", "Hi")]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (LISTED, SAID),
        (json.dumps(LISTED), SAID),
        ({"messages": LISTED}, SAID),
        ("Agent: Hello\nCustomer: Hi", SAID),
        ("only words", [("unknown", "only words")]),
        ({"text": "only words"}, [("unknown", "only words")]),
        ([{"speaker": "Ann Bo", "text": "x"}, {"speaker": 3, "text": "y"}], [("agent", "x"), ("unknown", "y")]),
        ({"segments": [{"start": 0.5, "end": 1, "text": " Hello", "speaker": "Agent"}]}, [("agent", "Hello")]),
        ({"results": {"utterances": [{"speaker": 0, "transcript": "a", "start": 1, "end": 2}]}}, [("unknown", "a")]),
        (
            {
                "results": {
                    "channels": [{"alternatives": [{"transcript": "a"}]}, {"alternatives": [{"transcript": "b"}]}]
                }
            },
            [("unknown", "a"), ("unknown-2", "b")],
        ),
        (
            {
                "transcript": "x",
                "paragraphs": {"paragraphs": [{"speaker": 1, "sentences": [{"text": "a."}, {"text": "b."}]}]},
            },
            [("unknown", "a. b.")],
        ),
    ],
)
def test_every_shape_of_transcript_is_read(body: object, said: list[tuple[str, str]]) -> None:
    assert [(turn.participant, turn.text) for turn in transcribed(body).turns] == said


def test_seconds_of_a_transcript_count_from_its_recording() -> None:
    conversation = transcribed([{"speaker": "Agent", "text": "Hi", "start": 1.2399999, "end": 2}])
    assert conversation.turns == (Turn("agent", "Hi", 1240, 2000),)
    assert conversation.started_at == datetime(2025, 3, 3, 15, 0, 0, 500_000, tzinfo=UTC)


def test_two_agents_are_never_guessed_between() -> None:
    parties = [{"name": "A", "role": "agent"}, {"name": "B", "role": "agent"}]
    analysis = {"type": "transcript", "dialog": 0, "body": LISTED}
    conversation = read(parties=parties, dialog=[RECORDING], analysis=[analysis])
    assert [one.name for one in conversation.participants] == [None, None]


def test_a_second_transcript_of_the_same_recording_is_not_said_twice() -> None:
    analysis = {"type": "transcript", "dialog": 0, "body": LISTED}
    assert len(read(dialog=[RECORDING], analysis=[analysis, analysis]).turns) == 2


def test_the_documented_deepgram_result_is_read() -> None:
    conversation = vcon.read(sample("vcon/ietf_ab_call_ext_rec_analysis.vcon"))
    assert conversation.turns[0].text == "Hello. This is example.com. My name is Bob. How can I help you? Hi."
    assert (conversation.turns[0].start_ms, conversation.turns[0].end_ms) == (1200, 6320)


def test_a_thread_of_e_mails_is_read() -> None:
    conversation = vcon.read(sample("vcon/ietf_ab_email_prob_followup_text_thread.vcon"))
    assert [conversation.participant(turn.participant).name for turn in conversation.turns] == ["Alice", "Bob", "Alice"]
    assert [turn.start_ms for turn in conversation.turns] == [0, 573_000, 793_000]


def test_a_time_without_a_zone_is_not_guessed() -> None:
    conversation = vcon.read(sample("vcon/v001_dry_cleaner.vcon.json"))
    assert conversation.started_at is None
    assert conversation.external_id == "0193db2c-2bf7-88a3-9dd8-dd37220d739c"


@pytest.mark.parametrize(
    ("name", "num_turns"),
    [
        ("dataset_05cec3d4-0561-4010-9fb8-23cc7edef146.vcon.json", 11),
        ("dataset_255c444c-bbad-41af-a38a-265f64c7c37a.vcon.json", 14),
        ("v001_dry_cleaner.vcon.json", 11),
        ("ietf_ab_call_ext_rec_analysis.vcon", 4),
        ("ietf_ab_call_ext_rec_redacted.vcon", 4),
        ("ietf_ab_call_ext_rec_amended.vcon", 1),
        ("ietf_ab_email_prob_followup_text_thread.vcon", 3),
        ("transfer_hold.constructed.json", 18),
    ],
)
def test_a_sample_gives_its_turns(name: str, num_turns: int) -> None:
    assert len(vcon.read(sample(f"vcon/{name}")).turns) == num_turns


@pytest.mark.parametrize(
    ("name", "error", "pointer"),
    [
        ("ietf_ab_call_ext_rec.vcon", EmptyConversation, "/dialog"),
        ("incomplete_hung_up.constructed.json", EmptyConversation, "/dialog"),
        ("invalid/bad_dialog_types.json", InvalidTranscript, "/dialog/0/parties/0"),
        ("invalid/bad_mimetype.json", EmptyConversation, "/dialog"),
        ("invalid/bad_party_ref.json", InvalidTranscript, "/dialog/0/parties/1"),
        ("invalid/bad_url.json", EmptyConversation, "/dialog"),
        ("invalid/empty_vcon.json", EmptyConversation, "/dialog"),
        ("invalid/invalid_dialog_url.json", EmptyConversation, "/dialog"),
        ("invalid/null_dialog_string_analysis.json", InvalidTranscript, "/analysis"),
    ],
)
def test_a_sample_without_a_transcript_is_refused(name: str, error: type[InvalidTranscript], pointer: str) -> None:
    with pytest.raises(error) as refused:
        vcon.read(sample(f"vcon/{name}"))
    assert type(refused.value) is error
    assert refused.value.pointer == pointer


def test_every_sample_has_an_expectation() -> None:
    assert len(list((DATA / "vcon").rglob("*.*"))) == 8 + 9


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"vcon": "9.0.0"}, "/vcon"),
        ({"vcon": 4}, "/vcon"),
        ({"uuid": 4, "dialog": [text()]}, "/uuid"),
        ({"parties": {}}, "/parties"),
        ({"dialog": [1]}, "/dialog/0"),
        ({"dialog": [{"type": "fax"}]}, "/dialog/0/type"),
        ({"dialog": [text(parties=[0, 2])]}, "/dialog/0/parties/1"),
        ({"dialog": [text(originator=-2)]}, "/dialog/0/originator"),
        ({"dialog": [text(originator="0")]}, "/dialog/0/originator"),
        ({"dialog": [text(start="soon")]}, "/dialog/0/start"),
        ({"dialog": [text(duration="long")]}, "/dialog/0/duration"),
        ({"dialog": [text(duration=-1)]}, "/dialog/0/duration"),
        ({"dialog": [text("%%%", encoding="base64url")]}, "/dialog/0/body"),
        ({"dialog": [text("_w", encoding="base64url")]}, "/dialog/0/body"),
        ({"dialog": [text("x", encoding="rot13")]}, "/dialog/0/encoding"),
        ({"dialog": [text("{", encoding="json")]}, "/dialog/0/body"),
        ({"dialog": [text("x", mediatype="image/png")]}, "/dialog/0/mediatype"),
        ({"dialog": [{"type": "text", "parties": 0, "url": "http://10.0.0.1/"}]}, "/dialog/0/url"),
        ({"dialog": [RECORDING], "analysis": [{"type": "transcript", "dialog": 7, "body": []}]}, "/analysis/0/dialog"),
        ({"dialog": [RECORDING], "analysis": [{"type": "transcript", "dialog": 0, "body": 7}]}, "/analysis/0/body"),
        ({"dialog": [RECORDING], "analysis": [{"type": "transcript", "dialog": 0, "body": {}}]}, "/analysis/0/body"),
        ({"payload": "e30", "signatures": []}, "/payload"),
        ({"ciphertext": "x", "recipients": []}, "/ciphertext"),
    ],
)
def test_a_broken_vcon_is_refused_at_its_place(members: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidTranscript) as refused:
        read(**members)
    assert type(refused.value) is InvalidTranscript
    assert refused.value.pointer == pointer


def test_a_recording_without_a_transcript_says_so() -> None:
    with pytest.raises(EmptyConversation, match="recording"):
        read(dialog=[RECORDING])


def test_the_documented_redacted_transcript_is_read_with_its_masks_and_times() -> None:
    conversation = vcon.read(sample("vcon/ietf_ab_call_ext_rec_redacted.vcon"))
    assert conversation.started_at == datetime(2022, 6, 21, 17, 53, 26, tzinfo=UTC)
    assert conversation.turns[0].text == "Hello.  This is {{URL}}.  My name is Bob.  How can I help you?  Hi."
    assert (conversation.turns[0].start_ms, conversation.turns[0].end_ms) == (1200, 6320)
    assert {conversation.participant(turn.participant).name for turn in conversation.turns} == {"Alice"}


def test_the_documented_amended_vcon_is_read_as_it_stands_and_nothing_is_fetched() -> None:
    conversation = vcon.read(sample("vcon/ietf_ab_call_ext_rec_amended.vcon"))
    assert [turn.text for turn in conversation.turns] == ["Good day!"]
    assert conversation.external_id == "0199e054-f029-8e87-a20f-d188127fad29"


REDACTED = {"uuid": "u-0", "type": "PII", "url": "http://10.0.0.1/whole.vcon", "content_hash": "sha512-x"}


@pytest.mark.parametrize("lost", [{}, text(""), text(None), {k: v for k, v in text().items() if k != "body"}])
def test_a_redacted_vcon_is_read_as_far_as_something_is_left(lost: dict[str, Any]) -> None:
    left = text("My card is [CARD].", start="2025-03-03T15:00:03Z", originator=1)
    conversation = read(redacted=REDACTED, dialog=[lost, left])
    assert [turn.text for turn in conversation.turns if turn.text] == ["My card is [CARD]."]
    assert conversation.role_of(conversation.turns[-1]) is Role.CUSTOMER


@pytest.mark.parametrize("dialog", [[], [{}], [text("")], [text(None), {}], [RECORDING], None])
def test_a_vcon_of_which_everything_is_redacted_says_so(dialog: list[dict[str, Any]] | None) -> None:
    with pytest.raises(EmptyConversation, match="redacted; send the vCon") as refused:
        read(redacted=REDACTED, dialog=dialog)
    assert refused.value.pointer == "/dialog"


def test_an_empty_redacted_member_says_nothing_about_the_vcon() -> None:
    with pytest.raises(EmptyConversation, match="recording"):
        read(redacted={}, dialog=[RECORDING])
    with pytest.raises(InvalidTranscript):
        read(redacted={}, dialog=[text(None)])


@pytest.mark.parametrize(
    ("entry", "pointer"),
    [
        ({"parties": -1, "start": "2025-03-03T15:00:01Z"}, "/analysis/0/body/0/parties"),
        ({"parties": "0", "start": "2025-03-03T15:00:01Z"}, "/analysis/0/body/0/parties"),
        ({"parties": 2, "start": "2025-03-03T15:00:01Z"}, "/analysis/0/body"),
        ({"parties": 0, "start": "soon"}, "/analysis/0/body/0/start"),
        ({"parties": 0, "start": "2025-03-03T15:00:01Z", "duration": -1}, "/analysis/0/body/0/duration"),
    ],
)
def test_a_broken_redacted_transcript_is_refused_at_its_place(entry: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidTranscript) as refused:
        transcribed([{"text": "Hi"} | entry], type="transcript-redacted")
    assert refused.value.pointer == pointer


def test_a_moment_before_the_recording_or_without_a_zone_is_not_counted_from_it() -> None:
    early = transcribed([{"text": "Hi", "start": "2025-03-03T14:59:59Z"}], type="transcript-redacted")
    assert early.started_at == datetime(2025, 3, 3, 14, 59, 59, tzinfo=UTC)
    local = transcribed([{"text": "Hi", "start": "2025-03-03T15:00:01"}], type="transcript-redacted")
    assert local.turns[0].start_ms is None


def test_a_vcon_over_a_limit_is_refused() -> None:
    with pytest.raises(LimitExceeded):
        read(parties=[{}] * 51)
    with pytest.raises(LimitExceeded):
        transcribed([{"speaker": "Agent", "message": "x"}] * 5_001)


@settings(max_examples=200, deadline=None)
@given(
    broken(
        [
            sample("golden/vcon.json")[:4000] + b"}]}",
            sample("vcon/v001_dry_cleaner.vcon.json"),
            sample("vcon/ietf_ab_email_prob_followup_text_thread.vcon"),
            sample("vcon/transfer_hold.constructed.json"),
            sample("vcon/ietf_ab_call_ext_rec_redacted.vcon"),
            OURS,
        ]
    )
)
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(SummarizerError):
        vcon.read(raw)


def test_time_on_hold_is_told_by_the_history_of_the_parties() -> None:
    call = vcon.read(sample("vcon/transfer_hold.constructed.json"))
    assert call.waits == (Wait(WaitKind.HOLD, 89_940, 109_940),)


def test_the_newer_of_two_is_told_by_when_it_was_updated() -> None:
    document = json.loads(sample("vcon/transfer_hold.constructed.json"))
    created = vcon.read(json.dumps(document).encode()).as_of
    updated = vcon.read(json.dumps(document | {"updated_at": "2026-01-02T03:04:05Z"}).encode()).as_of
    assert created is not None
    assert updated is not None
    assert created < updated
    assert vcon.read(json.dumps(document | {"updated_at": "yesterday"}).encode()).as_of is None
