"""Each platform's own posts through the route: what it signed is taken once, whatever else is refused."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr
from sqlalchemy import text
from starlette.testclient import TestClient

from api.app import build
from api.dependencies import Parts
from summarizer.access import create_source, retire_source, rotate_source
from summarizer.errors import Unavailable
from summarizer.keys import source_token
from summarizer.kinds import Kind
from summarizer.platforms import Platform
from summarizer.queue import Queue
from summarizer.store import webhooks
from summarizer.vault import seal, unseal
from tests import platforms as sent
from tests.api.conftest import Served
from tests.builders import a_body
from tests.work import count

PUBLIC = "https://calls.example.com/wrapup"


class Platforms:
    """Senders of every platform, each with a source of its own."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.certificates = sent.Certificates()
        served.app.state.fetch = self.certificates

    def address(self, platform: Platform, *options: tuple[str, str], secret: str = sent.SECRET) -> str:
        """Where a new sender of a platform posts to."""
        address, _ = create_source(
            self.served.database, self.served.settings, "acme", platform=platform, secret=secret, options=options
        )
        return address

    def source_with(self, platform: Platform, secret: str) -> str:
        """A sender with a secret that we would not take, as the vendors' vectors have them."""
        served = self.served
        sealed = seal([secret], master_key=served.settings.master_key)
        with served.database.begin(served.tenant_id) as session:
            source_id = webhooks.add_source(session, served.tenant_id, platform=platform, secrets=sealed)
        return f"/v1/webhooks/{platform}?source={source_token(served.tenant_id, source_id)}"

    def post(self, address: str, raw: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        answer = self.served.client.post(address, content=raw, headers={"Authorization": "", **headers})
        return answer.status_code, answer.json()

    def url(self, address: str) -> str:
        """An address as Twilio signs it."""
        return f"http://testserver{address}"

    def twilio(self, address: str, event: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
        event = event or sent.twilio_event()
        return self.post(address, sent.twilio_form(event), sent.twilio_headers(self.url(address), event))

    def genesys(self, address: str, event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        raw = json.dumps(event).encode()
        return self.post(address, raw, sent.genesys_headers(raw))

    def zoom(self, address: str, event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        raw = json.dumps(event).encode()
        return self.post(address, raw, sent.zoom_headers(raw))

    def sns(self, address: str, message: dict[str, str]) -> tuple[int, dict[str, Any]]:
        return self.post(address, json.dumps(message).encode(), {"content-type": "text/plain; charset=UTF-8"})

    def count(self, table: str) -> int:
        return count(self.served.database, self.served.tenant_id, table)

    def fetched(self) -> list[dict[str, str]]:
        """What couriers were told to fetch."""
        served = self.served
        resources = []
        for tenant_id, job_id in served.bell.taken(Kind.FETCH):
            with served.database.begin(tenant_id) as session:
                sealed = session.scalar(
                    text(
                        "SELECT resource FROM webhook_deliveries JOIN jobs USING (source_id, delivery_id)"
                        " WHERE jobs.id = :id"
                    ),
                    {"id": job_id},
                )
            [resource] = unseal(bytes(sealed), master_key=served.settings.master_key)
            resources.append(json.loads(resource))
        return resources


@pytest.fixture
def platforms(served: Served) -> Platforms:
    return Platforms(served)


def _events(platform: str, known: str) -> float:
    return REGISTRY.get_sample_value("wrapup_webhook_events_total", {"platform": platform, "known": known}) or 0.0


def _refused(platform: str, error: str) -> float:
    return REGISTRY.get_sample_value("wrapup_webhook_refused_total", {"platform": platform, "error": error}) or 0.0


def test_twilio_names_a_transcript_and_a_courier_is_told(platforms: Platforms) -> None:
    address = platforms.address(Platform.TWILIO)
    assert platforms.twilio(address) == (202, {"id": None})
    assert platforms.fetched() == [{"transcript_sid": sent.TRANSCRIPT_SID, "service_sid": sent.SERVICE_SID}]


def test_twilio_may_send_json_with_its_hash_in_the_address_and_it_is_the_same_event(platforms: Platforms) -> None:
    address = platforms.address(Platform.TWILIO)
    raw = json.dumps(sent.twilio_event()).encode()
    hashed = f"{address}&bodySHA256={sent.body_hash(raw)}"
    assert platforms.post(hashed, raw, sent.twilio_headers(platforms.url(hashed)))[0] == 202
    assert platforms.twilio(address)[0] == 202
    assert len(platforms.fetched()) == 1
    status, body = platforms.post(hashed, raw + b" ", sent.twilio_headers(platforms.url(hashed)))
    assert (status, body["type"]) == (401, "/problems/signature-invalid")


def test_behind_a_proxy_the_public_address_is_the_signed_one(platforms: Platforms) -> None:
    served = platforms.served
    address = platforms.address(Platform.TWILIO)
    behind = served.settings.model_copy(update={"public_url": PUBLIC + "/"})
    event = sent.twilio_event()
    with TestClient(build(Parts(behind, served.database, served.bell)), base_url="http://10.0.0.7:8000") as client:
        for url, status in ((PUBLIC + address, 202), (f"http://10.0.0.7:8000{address}", 401)):
            headers = sent.twilio_headers(url, event)
            assert client.post(address, content=sent.twilio_form(event), headers=headers).status_code == status


@pytest.mark.parametrize("host", ["testserver:99999999", "testserver:x", "[", "é"])
def test_a_host_header_that_is_none_is_a_wrong_signature(platforms: Platforms, host: str) -> None:
    address = platforms.address(Platform.TWILIO)
    headers = {"x-twilio-signature": "AAAA", "content-type": sent.FORM, "host": host.encode()}
    status, body = platforms.post(address, b"a=b", headers)  # type: ignore[arg-type]
    assert (status, body["type"]) == (401, "/problems/signature-invalid")


def test_genesys_says_that_a_call_ended_and_a_courier_is_told(platforms: Platforms) -> None:
    address = platforms.address(Platform.GENESYS)
    assert platforms.genesys(address, sent.genesys_event()) == (202, {"id": None})
    assert platforms.fetched() == [{"conversation_id": sent.CALL_ID}]


def test_a_forwarder_of_genesys_proves_itself_with_our_own_secret(platforms: Platforms) -> None:
    address = platforms.address(Platform.GENESYS, ("forwarder", "true"))
    raw = json.dumps(sent.bus_event(sent.genesys_event())).encode()
    assert platforms.post(address, raw, {"x-api-key": sent.SECRET})[0] == 202
    assert platforms.post(address, raw, {"x-api-key": "another"})[1]["type"] == "/problems/signature-invalid"
    assert platforms.post(address, raw, sent.genesys_headers(raw))[1]["type"] == "/problems/signature-missing"
    assert platforms.fetched() == [{"conversation_id": sent.CALL_ID}]


def test_a_transcript_that_is_posted_is_summarized(platforms: Platforms) -> None:
    genesys = platforms.genesys(platforms.address(Platform.GENESYS), sent.golden("genesys"))
    amazon = platforms.address(Platform.AMAZON, ("topics", sent.TOPIC))
    lens = platforms.sns(amazon, sent.sns_message(json.dumps(sent.golden("contact_lens"))))
    raw = json.dumps(sent.bus_event(sent.golden("transcribe"))).encode()
    bus = platforms.post(amazon, raw, {"x-api-key": sent.SECRET})
    platforms.served.work()
    for status, body in (genesys, lens, bus):
        assert status == 202
        assert platforms.served.client.get(f"/v1/conversations/{body['id']}/summary").status_code == 200


def test_zooms_challenge_is_answered_at_once_and_kept_nowhere(platforms: Platforms) -> None:
    [_, vector] = sent.VECTORS["zoom_x_zm_signature"]
    address = platforms.source_with(Platform.ZOOM, vector["secret"])
    raw = json.dumps(vector["url_validation"]).encode()
    token = vector["url_validation"]["payload"]["plainToken"]
    answer = {"plainToken": token, "encryptedToken": vector["expected_encryptedToken"]}
    assert platforms.post(address, raw, sent.zoom_headers(raw, secret=vector["secret"])) == (200, answer)
    assert platforms.post(address, raw, sent.zoom_headers(raw, secret="another"))[0] == 401
    assert platforms.count("webhook_deliveries") == 0


def test_zoom_names_a_file_and_a_courier_is_told(platforms: Platforms) -> None:
    assert platforms.zoom(platforms.address(Platform.ZOOM), sent.zoom_event())[0] == 202
    assert platforms.fetched() == [
        {
            "download_url": "https://acme.zoom.us/rec/download/words",
            "download_token": "a-token",
            "meeting_uuid": "4444AAAiAAAAAiAiAiiAii==",
        }
    ]


def test_what_a_courier_must_fetch_is_not_readable_in_the_database(platforms: Platforms) -> None:
    platforms.zoom(platforms.address(Platform.ZOOM), sent.zoom_event())
    with platforms.served.database.begin(platforms.served.tenant_id) as session:
        sealed = session.scalar(text("SELECT resource FROM webhook_deliveries"))
    assert b"a-token" not in bytes(sealed)


def test_a_subscription_is_recorded_and_followed_only_if_told_so(platforms: Platforms) -> None:
    quiet = platforms.address(Platform.AMAZON, ("topics", sent.TOPIC))
    told = platforms.address(Platform.AMAZON, ("topics", "arn:other"), ("topics", sent.TOPIC), ("confirm", "true"))
    for address in (quiet, told):
        assert platforms.sns(address, sent.sns_confirmation()) == (202, {"id": None})
        end = sent.sns_confirmation("UnsubscribeConfirmation", MessageId="another")
        assert platforms.sns(address, end) == (202, {"id": None})
    assert platforms.count("webhook_deliveries") == 4
    assert platforms.fetched() == [{"subscribe_url": sent.sns_confirmation()["SubscribeURL"]}]
    assert set(platforms.certificates.asked) == {sent.CERTIFICATE_URL}


@pytest.mark.parametrize(
    "changes",
    [
        {"SigningCertURL": "https://evil.example/SimpleNotificationService-1.pem"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem"},
        {"SigningCertURL": "http://169.254.169.254/latest/meta-data"},
        {"TopicArn": "arn:aws:sns:eu-west-1:999999999999:transcripts"},
    ],
)
def test_a_confirmation_with_a_foreign_certificate_or_topic_is_refused_and_nothing_is_fetched(
    platforms: Platforms, changes: dict[str, str]
) -> None:
    address = platforms.address(Platform.AMAZON, ("topics", sent.TOPIC), ("confirm", "true"))
    status, body = platforms.sns(address, sent.sns_confirmation(**changes))
    assert (status, body["type"]) == (401, "/problems/signature-invalid")
    assert platforms.certificates.asked == []
    assert platforms.count("jobs") == 0


def test_a_certificate_that_cannot_be_fetched_is_tried_again_later(platforms: Platforms) -> None:
    def nothing(_: str) -> bytes:
        raise Unavailable("the sender's certificate cannot be fetched now")

    address = platforms.address(Platform.AMAZON, ("topics", sent.TOPIC))
    platforms.served.app.state.fetch = nothing
    status, body = platforms.sns(address, sent.sns_message())
    assert (status, body["type"]) == (503, "/problems/unavailable")
    platforms.served.app.state.fetch = platforms.certificates
    assert platforms.sns(address, sent.sns_message())[0] == 202


def test_old_sns_messages_and_changed_ones_are_refused(platforms: Platforms) -> None:
    address = platforms.address(Platform.AMAZON, ("topics", sent.TOPIC))
    for message, slug in (
        (sent.sns_message(age=timedelta(hours=2)), "signature-expired"),
        (sent.sns_message() | {"Message": "other"}, "signature-invalid"),
        (sent.sns_message() | {"Signature": ""}, "signature-invalid"),
        ({"Type": "Notification"}, "signature-missing"),
        ({}, "signature-missing"),
    ):
        status, body = platforms.sns(address, message)
        assert (status, body["type"]) == (401, f"/problems/{slug}")


# The shared vectors. Twilio's hold addresses of their own, so theirs are signed again for ours; old ones are late here.


@pytest.mark.parametrize("vector", sent.VECTORS["genesys_open_messaging_x_hub_signature_256"])
def test_genesys_vectors_through_the_route(platforms: Platforms, vector: dict[str, Any]) -> None:
    address = platforms.source_with(Platform.GENESYS, vector["secret"])
    raw, headers = vector["raw_body"].encode(), {"x-hub-signature-256": vector["X-Hub-Signature-256"]}
    status, body = platforms.post(address, raw, headers)
    assert (status, body.get("type")) == ((202, None) if vector["valid"] else (401, "/problems/signature-invalid"))
    reserialised = json.dumps(json.loads(raw)).encode()
    foreign = platforms.source_with(Platform.GENESYS, "another")
    for where, content in ((address, raw + b" "), (address, reserialised), (foreign, raw)):
        assert platforms.post(where, content, headers)[1]["type"] == "/problems/signature-invalid"


@pytest.mark.parametrize("vector", sent.VECTORS["twilio_x_twilio_signature"])
def test_twilio_vectors_through_the_route(platforms: Platforms, vector: dict[str, Any]) -> None:
    address = platforms.source_with(Platform.TWILIO, vector["auth_token"])
    foreign = platforms.source_with(Platform.TWILIO, "another")
    if "json_body" in vector:
        form, raw = None, vector["json_body"].encode()
        address += f"&foo=1&bodySHA256={sent.body_hash(raw)}"
    else:
        pairs = [tuple(one) for one in vector.get("params_list", ())] or list(vector["params"].items())
        # A name stands before each of its values, and a value once.
        form = {name: name.join(sorted({value for other, value in pairs if other == name})) for name, _ in pairs}
        raw = urlencode(pairs).encode()
        address += "&foo=1"
    headers = sent.twilio_headers(platforms.url(address), form, secret=vector["auth_token"])
    assert platforms.post(address, raw, headers) == (202, {"id": None})
    for where, content in ((address, raw + b"0"), (address.replace("foo=1", "foo=2"), raw), (foreign, raw)):
        assert platforms.post(where, content, headers)[1]["type"] == "/problems/signature-invalid"
    given = headers | {"x-twilio-signature": vector["X-Twilio-Signature"]}
    assert platforms.post(address, raw, given)[1]["type"] == "/problems/signature-invalid"


def test_the_zoom_vector_through_the_route(platforms: Platforms) -> None:
    [vector, _] = sent.VECTORS["zoom_x_zm_signature"]
    address, raw = platforms.source_with(Platform.ZOOM, vector["secret"]), vector["raw_body"].encode()
    late = {name: vector[name] for name in ("x-zm-signature", "x-zm-request-timestamp")}
    assert platforms.post(address, raw, late)[1]["type"] == "/problems/signature-expired"
    headers = sent.zoom_headers(raw, secret=vector["secret"])
    assert platforms.post(address, raw, headers) == (202, {"id": None})
    assert platforms.post(address, raw + b" ", headers)[1]["type"] == "/problems/signature-invalid"
    assert platforms.post(address, raw, headers | late)[1]["type"] == "/problems/signature-expired"
    assert platforms.post(address, raw, {})[1]["type"] == "/problems/signature-missing"
    foreign = platforms.source_with(Platform.ZOOM, "another")
    assert platforms.post(foreign, raw, headers)[1]["type"] == "/problems/signature-invalid"


def test_the_standard_vector_through_the_route_is_rightly_signed_and_late(platforms: Platforms) -> None:
    [vector] = sent.VECTORS["standard_webhooks"]
    address = platforms.source_with(Platform.STANDARD, vector["secret"])
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    headers = {name: str(vector[name]) for name in names}
    raw = vector["payload"].encode()
    assert platforms.post(address, raw, headers)[1]["type"] == "/problems/signature-expired"
    assert platforms.post(address, raw, headers | {"webhook-signature": "v1,AAAA"})[0] == 401
    fresh = sent.standard_headers(raw, secret=vector["secret"])
    assert platforms.post(address, raw, fresh)[1]["type"] == "/problems/validation-failed"  # it has no type


def test_a_source_is_good_for_its_platform_alone(platforms: Platforms) -> None:
    address = platforms.address(Platform.ZOOM).replace("/zoom", "/genesys")
    assert platforms.genesys(address, sent.genesys_event())[1]["type"] == "/problems/signature-invalid"


def test_ten_deliveries_of_an_event_are_one(platforms: Platforms) -> None:
    address = platforms.address(Platform.TWILIO)
    assert {platforms.twilio(address)[0] for _ in range(10)} == {202}
    assert platforms.count("webhook_deliveries") == platforms.count("jobs") == 1
    genesys = platforms.address(Platform.GENESYS)
    answers = [platforms.genesys(genesys, sent.golden("genesys")) for _ in range(10)]
    assert all(answer == answers[0] for answer in answers)
    assert platforms.count("jobs") == 2


def test_twenty_deliveries_at_once_are_one(platforms: Platforms) -> None:
    address = platforms.address(Platform.GENESYS)
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: platforms.genesys(address, sent.golden("genesys")), range(20)))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 202
    assert platforms.count("conversations") == platforms.count("jobs") == 1


def test_unknown_events_are_accepted_and_counted(platforms: Platforms) -> None:
    before = {one: _events(one, "no") for one in Platform}
    twilio = platforms.address(Platform.TWILIO)
    assert platforms.twilio(twilio, {"operatorResults": "[]"})[0] == 202
    assert platforms.genesys(platforms.address(Platform.GENESYS), sent.genesys_event("v2.users.x.presence"))[0] == 202
    assert platforms.zoom(platforms.address(Platform.ZOOM), sent.zoom_event("meeting.started"))[0] == 202
    amazon = platforms.address(Platform.AMAZON, ("topics", sent.TOPIC))
    assert platforms.sns(amazon, sent.sns_message("not JSON")) == (202, {"id": None})
    assert platforms.post(amazon, b'{"an": "object"}', {"x-api-key": sent.SECRET}) == (202, {"id": None})
    assert platforms.count("webhook_deliveries") == 5
    assert platforms.count("jobs") == 0
    grown = {one: _events(one, "no") - before[one] for one in Platform}
    assert grown == {"standard": 0, "twilio": 1, "genesys": 1, "zoom": 1, "amazon": 2}


def test_refusals_are_counted_by_their_reason_and_unknown_platforms_are_not(platforms: Platforms) -> None:
    address = platforms.address(Platform.ZOOM)
    before = _refused("zoom", "SignatureMissing"), _refused("zoom", "SignatureRefused")
    platforms.post(address, b"{}", {})
    platforms.post("/v1/webhooks/zoom?source=nobody", b"{}", {})
    platforms.post("/v1/webhooks/nobody?source=nobody", b"{}", {})
    assert (_refused("zoom", "SignatureMissing"), _refused("zoom", "SignatureRefused")) == (
        before[0] + 1,
        before[1] + 1,
    )
    assert _refused("nobody", "RequestRefused") == 0


def test_rightly_signed_and_broken_is_said_with_its_place(platforms: Platforms) -> None:
    genesys, zoom = platforms.address(Platform.GENESYS), platforms.address(Platform.ZOOM)
    amazon = platforms.address(Platform.AMAZON, ("topics", sent.TOPIC))
    twilio = platforms.address(Platform.TWILIO)
    assert platforms.post(genesys, b"{", sent.genesys_headers(b"{"))[1]["type"] == "/problems/invalid-json"
    assert platforms.post(zoom, b"{", sent.zoom_headers(b"{"))[0] == 400
    assert platforms.post(amazon, b"{", {"x-api-key": sent.SECRET})[0] == 400
    hashed = f"{twilio}&bodySHA256={sent.body_hash(b'{')}"
    assert platforms.post(hashed, b"{", sent.twilio_headers(platforms.url(hashed)))[0] == 400
    status, body = platforms.twilio(twilio, sent.twilio_event(transcript_sid="GT../../v1"))
    assert (status, body["errors"][0]["pointer"]) == (422, "/transcript_sid")
    assert platforms.twilio(twilio, sent.twilio_event(event_type="\x00"))[0] == 422
    lens = sent.golden("contact_lens") | {"Transcript": [{"ParticipantId": "a", "Content": 1}]}
    status, body = platforms.post(amazon, json.dumps(sent.bus_event(lens)).encode(), {"x-api-key": sent.SECRET})
    assert (status, body["errors"][0]["pointer"]) == (422, "/detail/Transcript/0/Content")
    assert platforms.count("webhook_deliveries") == 0


def test_while_secrets_change_both_are_good_and_a_retired_one_is_not(platforms: Platforms) -> None:
    served = platforms.served
    old, new, newest = sent.SECRET, "b-secret-of-the-platform", "c-secret-of-the-platform"
    address = platforms.address(Platform.GENESYS)
    token = address.partition("source=")[2]
    raw = json.dumps(sent.genesys_event()).encode()

    def good(*secrets: str) -> list[int]:
        return [platforms.post(address, raw, sent.genesys_headers(raw, secret=one))[0] for one in secrets]

    assert good(old, new) == [202, 401]
    rotate_source(served.database, served.settings, token, secret=new)
    assert good(old, new) == [202, 202]
    rotate_source(served.database, served.settings, token, secret=newest)
    assert good(old, new, newest) == [401, 202, 202]
    retire_source(served.database, served.settings, token)
    assert good(old, new, newest) == [401, 401, 202]


def test_zooms_challenge_is_answered_with_the_secret_that_asked(platforms: Platforms) -> None:
    served = platforms.served
    address = platforms.address(Platform.ZOOM)
    new = "b-secret-of-the-platform"
    rotate_source(served.database, served.settings, address.partition("source=")[2], secret=new)
    raw = json.dumps({"event": "endpoint.url_validation", "payload": {"plainToken": "t"}}).encode()
    answers = [platforms.post(address, raw, sent.zoom_headers(raw, secret=one))[1] for one in (sent.SECRET, new)]
    assert answers[0]["encryptedToken"] != answers[1]["encryptedToken"]


def _seconds(platforms: Platforms, broker: str, *, num_posts: int) -> list[float]:
    """How long each post took with a broker at this address, the shortest first; each is taken and has its job."""
    served = platforms.served
    settings = served.settings.model_copy(update={"redis_url": SecretStr(broker)})
    queue, seconds = Queue(settings), []
    address = platforms.address(Platform.STANDARD, secret=sent.WHSEC)
    with TestClient(build(Parts(settings, served.database, queue)), raise_server_exceptions=False) as client:
        for index in range(num_posts):
            event = {"type": "conversation.ended", "data": a_body(external_id=f"call-{index}")}
            raw = json.dumps(event).encode()
            headers = sent.standard_headers(raw, secret=sent.WHSEC, delivery=f"msg_{index}")
            started = time.monotonic()
            assert client.post(address, content=raw, headers=headers).status_code == 202
            seconds.append(time.monotonic() - started)
    queue.close()
    assert platforms.count("jobs") == num_posts
    return sorted(seconds)


def test_without_a_broker_99_of_100_events_are_taken_within_a_second(platforms: Platforms) -> None:
    seconds = _seconds(platforms, "redis://127.0.0.1:1/0", num_posts=200)
    print(f"p50 {seconds[99]:.3f} s, p99 {seconds[197]:.3f} s")
    assert seconds[197] < 1


def test_a_broker_that_never_answers_costs_an_event_less_than_a_second(platforms: Platforms) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        seconds = _seconds(platforms, f"redis://127.0.0.1:{silent.getsockname()[1]}/0", num_posts=10)
    print(f"slowest {seconds[-1]:.3f} s")
    assert seconds[-1] < 1


def test_a_delivery_belongs_to_its_tenant(platforms: Platforms) -> None:
    platforms.twilio(platforms.address(Platform.TWILIO))
    assert count(platforms.served.database, UUID(int=1), "webhook_deliveries") == 0
