"""What each platform's posts bring, without a server."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from summarizer.errors import InvalidTranscript, SignatureRefused, Unavailable
from summarizer.platforms import PLATFORMS, Platform, Posted, Received, Sender
from summarizer.platforms.zoom import is_zooms
from tests import platforms as sent
from tests.builders import a_body

URL = "https://calls.example.com/v1/webhooks/twilio?source=src_1"
WHEN = datetime(2026, 11, 26, 11, 59, tzinfo=UTC)


def _receive(
    platform: Platform,
    raw: bytes,
    headers: Mapping[str, str],
    *,
    url: str = URL,
    secret: str = sent.SECRET,
    **options: Any,
) -> Received:
    posted = Posted(raw, headers, url, headers.get("content-type", sent.JSON))
    return PLATFORMS[platform].receive(posted, Sender((secret,), options, sent.Certificates()))


def _standard(event: object) -> Received:
    raw = json.dumps(event).encode()
    return _receive(Platform.STANDARD, raw, sent.standard_headers(raw, secret=sent.WHSEC), secret=sent.WHSEC)


def _twilio(**changes: str) -> Received:
    event = sent.twilio_event(**changes)
    return _receive(Platform.TWILIO, sent.twilio_form(event), sent.twilio_headers(URL, event))


def _genesys(event: object, **options: Any) -> Received:
    raw = json.dumps(event).encode()
    return _receive(Platform.GENESYS, raw, sent.genesys_headers(raw), **options)


def _zoom(event: object) -> Received:
    raw = json.dumps(event).encode()
    return _receive(Platform.ZOOM, raw, sent.zoom_headers(raw))


def _sns(message: object, **options: Any) -> Received:
    return _receive(Platform.AMAZON, json.dumps(message).encode(), {}, **{"topics": [sent.TOPIC], **options})


def _bus(event: object) -> Received:
    return _receive(Platform.AMAZON, json.dumps(event).encode(), {"x-api-key": sent.SECRET})


def test_every_platform_has_its_door() -> None:
    assert set(PLATFORMS) == set(Platform)


@pytest.mark.parametrize("platform", Platform)
def test_a_wrong_signature_is_refused_before_a_broken_body_is_looked_at(platform: Platform) -> None:
    for headers in ({}, {"x-api-key": "wrong"}, {"x-twilio-signature": "wrong", "x-hub-signature-256": "wrong"}):
        with pytest.raises(SignatureRefused):
            _receive(platform, b"{", headers, secret=sent.WHSEC)


@pytest.mark.parametrize("vector", sent.VECTORS["twilio_x_twilio_signature"])
def test_what_twilio_signed_is_received_as_it_was_signed(vector: dict[str, Any]) -> None:
    form = [*map(tuple, vector.get("params_list", [])), *vector.get("params", {}).items()]
    raw = vector["json_body"].encode() if "json_body" in vector else sent.urlencode(form).encode()
    headers = {"x-twilio-signature": vector["X-Twilio-Signature"], "content-type": sent.FORM if form else sent.JSON}
    received = _receive(Platform.TWILIO, raw, headers, url=vector["url"], secret=vector["auth_token"])
    assert not received.is_known


def test_a_standard_event_says_what_happened_and_when() -> None:
    event = {"type": "conversation.ended", "timestamp": "2026-11-26T11:59:00Z", "data": a_body()}
    received = _standard(event)
    assert (received.delivery_id, received.event_type, received.as_of) == ("msg_1", "conversation.ended", WHEN)
    assert received.conversation is not None
    assert received.conversation.external_id == "call-1"
    assert not _standard({"type": "agent.coffee"}).is_known


@pytest.mark.parametrize(
    ("event", "pointer"),
    [
        ({}, "/type"),
        ({"type": "x" * 256}, "/type"),
        ({"type": 1}, "/type"),
        ({"type": "x", "timestamp": "yesterday"}, "/timestamp"),
        ({"type": "x", "data": []}, "/data"),
        ({"type": "conversation.ended", "data": a_body(channel="smoke")}, "/data/channel"),
        ([], ""),
    ],
)
def test_a_standard_event_that_is_none_is_refused_with_its_place(event: object, pointer: str) -> None:
    with pytest.raises(InvalidTranscript) as refusal:
        _standard(event)
    assert refusal.value.pointer == pointer


def test_a_transcript_of_twilio_is_the_same_event_however_it_is_sent() -> None:
    received = _twilio()
    assert received.resource == {"transcript_sid": sent.TRANSCRIPT_SID, "service_sid": sent.SERVICE_SID}
    assert received.delivery_id == _twilio(more="parameters").delivery_id
    assert _twilio(service_sid="").resource == {"transcript_sid": sent.TRANSCRIPT_SID}


@pytest.mark.parametrize("sid", ["", "GT", "GT" + "A" * 32, "GT" + "a" * 33, "../" + "a" * 31, "GT" + "a" * 32 + "\n"])
def test_what_is_no_id_of_twilio_is_never_fetched(sid: str) -> None:
    with pytest.raises(InvalidTranscript) as refusal:
        _twilio(transcript_sid=sid)
    assert refusal.value.pointer == "/transcript_sid"


def test_a_host_of_twilios_own_choice_is_not_fetched() -> None:
    with pytest.raises(InvalidTranscript) as refusal:
        _twilio(service_sid="https://evil.example")
    assert refusal.value.pointer == "/service_sid"


ENDED = [
    "v2.detail.events.conversation.{id}.customer.end",
    "v2.detail.events.conversation.{id}.user.end",
    "v2.detail.events.conversation.{id}.acw",
]


@pytest.mark.parametrize("topic", ENDED)
def test_a_call_of_genesys_that_ended_is_fetched(topic: str) -> None:
    plain, wrapped = sent.genesys_event(topic), sent.bus_event(sent.genesys_event(topic), kind=topic)
    for event in (plain, wrapped):
        received = _genesys(event)
        assert received.resource == {"conversation_id": sent.CALL_ID}
        assert received.event_type == topic
    assert _genesys(wrapped).delivery_id == "bus-1"
    assert _genesys(wrapped).as_of == WHEN
    assert _genesys(plain).as_of == datetime(2025, 3, 3, 15, 3, tzinfo=UTC)


def test_the_topic_alone_names_the_call_too() -> None:
    event = sent.genesys_event()
    del event["eventBody"]["conversationId"]
    assert _genesys(event).resource == {"conversation_id": sent.CALL_ID}


@pytest.mark.parametrize(
    ("status", "resource"), [("SESSION_ONGOING", None), ("SESSION_ENDED", {"conversation_id": sent.CALL_ID})]
)
def test_a_live_transcription_is_fetched_once_it_ended(status: str, resource: dict[str, str] | None) -> None:
    event = sent.genesys_event("v2.conversations.{id}.transcription", status={"status": status}, transcripts=[])
    received = _genesys(event)
    assert (received.resource, received.event_type) == (resource, "v2.conversations.{id}.transcription")


def test_what_is_no_call_of_genesys_is_never_fetched() -> None:
    with pytest.raises(InvalidTranscript) as refusal:
        _genesys(sent.bus_event(sent.genesys_event(conversationId="../users/me")))
    assert refusal.value.pointer == "/detail/eventBody/conversationId"


@pytest.mark.parametrize("topic", ["v2.users.x.presence", "v2.detail.events.conversation.x.customer.start", "", None])
def test_other_topics_bring_nothing(topic: str | None) -> None:
    assert not _genesys(sent.genesys_event() | {"topicName": topic}).is_known


def test_header_prefix_and_encoding_of_genesys_can_be_others() -> None:
    raw = json.dumps(sent.genesys_event()).encode()
    hexadecimal = sent.hmac.digest(sent.SECRET.encode(), raw, "sha256").hex()
    options = {"signature_header": "X-GC-Signature", "signature_prefix": "", "signature_encoding": "hex"}
    assert _receive(Platform.GENESYS, raw, {"x-gc-signature": hexadecimal}, **options).is_known
    with pytest.raises(SignatureRefused):
        _receive(Platform.GENESYS, raw, sent.genesys_headers(raw), **options)


@pytest.mark.parametrize(
    "address",
    [
        "http://zoom.us/words",
        "https://zoom.us.evil.example/words",
        "https://evilzoom.us/words",
        "https://zoom.us@evil.example/words",
        "https://zoom.us:8443/words",
        "https://evil.example\\.zoom.us/words",
        "https://[::1",
        "ftp://zoom.us/words",
        "",
    ],
)
def test_nothing_is_downloaded_that_is_not_at_zoom(address: str) -> None:
    assert not is_zooms(address)
    event = sent.zoom_event()
    event["payload"]["object"]["recording_files"] = [{"file_type": "TRANSCRIPT", "download_url": address}]
    assert not _zoom(event).is_known


def test_zoom_says_when_it_happened() -> None:
    assert _zoom(sent.zoom_event()).as_of == datetime(2025, 3, 3, 15, 0, 0, 123000, tzinfo=UTC)
    assert _zoom(sent.zoom_event("meeting.started", event_ts="long ago")).as_of is None


@pytest.mark.parametrize("token", [None, "", "x" * 256, 1])
def test_a_challenge_without_its_token_is_refused(token: object) -> None:
    with pytest.raises(InvalidTranscript) as refusal:
        _zoom({"event": "endpoint.url_validation", "payload": {"plainToken": token}})
    assert refusal.value.pointer == "/payload/plainToken"


@pytest.mark.parametrize("name", ["contact_lens", "transcribe", "canonical", "vcon"])
def test_a_transcript_from_amazon_is_read_wherever_it_stands(name: str) -> None:
    document = sent.golden(name)
    event = sent.bus_event(document)
    texts = [json.dumps(one) for one in (document, event)]
    found = [_bus(document), _bus(event), *(_sns(sent.sns_message(text)) for text in texts)]
    assert all(one.conversation is not None for one in found)
    assert len({one.conversation for one in found}) == 1


def test_an_event_of_amazon_has_its_own_id_and_time() -> None:
    received = _bus(sent.bus_event({}, kind="Contact Lens Post Call Rules Matched"))
    assert (received.delivery_id, received.as_of) == ("bus-1", WHEN)
    assert (received.event_type, received.is_known) == ("Contact Lens Post Call Rules Matched", False)
    wrapped = _sns(sent.sns_message(json.dumps(sent.bus_event({}))))
    assert (wrapped.delivery_id, wrapped.as_of) == (sent.sns_message()["MessageId"], WHEN)


@pytest.mark.parametrize("text", ["", "hello", "[]", "{", "1"])
def test_a_notification_of_something_else_brings_nothing(text: str) -> None:
    assert not _sns(sent.sns_message(text)).is_known


def test_only_a_subscription_is_confirmed_and_only_at_amazon() -> None:
    assert _sns(sent.sns_confirmation(), confirm=True).resource is not None
    assert not _sns(sent.sns_confirmation()).is_known
    assert not _sns(sent.sns_confirmation("UnsubscribeConfirmation"), confirm=True).is_known
    elsewhere = sent.sns_message(
        Type="SubscriptionConfirmation", Token="t", SubscribeURL="https://evil.example/?Action=ConfirmSubscription"
    )
    assert not _sns(elsewhere, confirm=True).is_known


def test_without_topics_no_message_of_amazon_is_taken() -> None:
    with pytest.raises(SignatureRefused, match="topic"):
        _sns(sent.sns_message(), topics=[])


def test_a_name_or_an_id_of_any_length_is_kept() -> None:
    assert len(_zoom({"event": "x" * 9999}).event_type) == 255
    assert len(_bus(sent.bus_event({}, id_="x" * 9999)).delivery_id) == 64
    assert _zoom({}).event_type == "unnamed"


def test_a_sender_does_not_show_its_secrets() -> None:
    assert sent.SECRET not in repr(Sender((sent.SECRET,)))
    with pytest.raises(Unavailable):
        Sender(()).fetch("https://example.com")
