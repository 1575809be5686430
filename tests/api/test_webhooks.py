import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from api.rates import Rates
from summarizer.access import create_source
from summarizer.platforms import Platform
from summarizer.store import tenants
from tests.api.conftest import Served
from tests.builders import a_body
from tests.work import count


class Sender:
    """A platform that signs with the standard's own library."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.address, self.secret = create_source(
            served.database, served.settings, "acme", platform=Platform.STANDARD, secret=None
        )

    def headers(self, raw: bytes, *, delivery: str = "msg_1", age: timedelta = timedelta(0)) -> dict[str, str]:
        moment = datetime.now(UTC) - age
        return {
            "webhook-id": delivery,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(delivery, moment, raw.decode()),
        }

    def send(self, raw: bytes, *, address: str | None = None, **headers: str) -> tuple[int, dict[str, object]]:
        answer = self.served.client.post(
            address or self.address, content=raw, headers={**self.headers(raw), "Authorization": "", **headers}
        )
        return answer.status_code, answer.json()


@pytest.fixture
def sender(served: Served) -> Sender:
    return Sender(served)


def _event(kind: str = "conversation.ended", **changes: object) -> bytes:
    return json.dumps({"type": kind, "timestamp": "2026-01-02T03:04:05Z", "data": a_body(**changes)}).encode()


def test_a_signed_event_becomes_a_conversation_with_a_summary(sender: Sender) -> None:
    status, body = sender.send(_event())
    assert status == 202
    sender.served.work()
    assert sender.served.client.get(f"/v1/conversations/{body['id']}/summary").status_code == 200


def test_an_event_delivered_again_does_nothing_and_answers_the_same(sender: Sender) -> None:
    answers = [sender.send(_event()) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert count(sender.served.database, sender.served.tenant_id, "jobs") == 1


def test_what_a_tenants_platforms_send_is_counted_once_it_is_known_who_sent_it(sender: Sender) -> None:
    with sender.served.database.begin(None) as session:
        tenants.set_rate(session, sender.served.tenant_id, 0.01)
    sender.served.app.state.rates = Rates(sender.served.settings.model_copy(update={"request_burst": 100}))
    forged = {"webhook-signature": "v1,AAAA"}
    assert [sender.send(_event(), **forged)[0] for _ in range(3)] == [401, 401, 401]
    assert [sender.send(_event())[0] for _ in range(2)] == [202, 429]
    assert count(sender.served.database, sender.served.tenant_id, "webhook_deliveries") == 1


def test_an_unknown_event_is_accepted_and_counted(sender: Sender) -> None:
    assert sender.send(_event("agent.coffee")) == (202, {"id": None})
    assert count(sender.served.database, sender.served.tenant_id, "webhook_deliveries") == 1
    assert count(sender.served.database, sender.served.tenant_id, "conversations") == 0


@pytest.mark.parametrize(
    ("headers", "slug"),
    [
        ({"webhook-signature": ""}, "signature-missing"),
        ({"webhook-id": ""}, "signature-missing"),
        ({"webhook-signature": "v1,AAAA"}, "signature-invalid"),
        ({"webhook-signature": "garbage"}, "signature-invalid"),
        ({"webhook-signature": "v1,é"}, "signature-invalid"),
        ({"webhook-id": "msg_2"}, "signature-invalid"),
        ({"webhook-timestamp": "yesterday"}, "signature-invalid"),
        ({"webhook-timestamp": "1e400"}, "signature-invalid"),
    ],
)
def test_what_is_not_signed_by_the_sender_is_refused(sender: Sender, headers: dict[str, str], slug: str) -> None:
    encoded = {name: value.encode() for name, value in headers.items()}
    status, body = sender.send(_event(), **encoded)  # type: ignore[arg-type]
    assert (status, body["type"]) == (401, f"/problems/{slug}")
    assert count(sender.served.database, sender.served.tenant_id, "webhook_deliveries") == 0


def test_a_changed_body_is_refused(sender: Sender) -> None:
    raw = _event()
    status, body = sender.send(raw + b" ", **sender.headers(raw))
    assert (status, body["type"]) == (401, "/problems/signature-invalid")


@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-6)])
def test_an_old_or_future_signature_is_refused(sender: Sender, age: timedelta) -> None:
    raw = _event()
    status, body = sender.send(raw, **sender.headers(raw, age=age))
    assert (status, body["type"]) == (401, "/problems/signature-expired")


@pytest.mark.parametrize("source", ["", "x", "src_a_b", f"src_{'0' * 32}_{'0' * 32}", "src_é_é"])
def test_an_unknown_sender_is_told_no_more_than_a_wrong_signature(sender: Sender, source: str) -> None:
    status, body = sender.send(_event(), address=f"/v1/webhooks/standard?source={source}")
    assert (status, body["type"]) == (401, "/problems/signature-invalid")


def test_an_unknown_platform_is_unknown(sender: Sender) -> None:
    status, body = sender.send(_event(), address=sender.address.replace("/standard", "/nobody"))
    assert (status, body["type"]) == (404, "/problems/unknown-platform")


def test_a_signed_body_that_is_broken_is_refused_with_its_place_and_can_be_sent_again(sender: Sender) -> None:
    assert sender.send(b"{")[1]["type"] == "/problems/invalid-json"
    status, body = sender.send(_event(channel="smoke"))
    assert (status, body["errors"]) == (422, [{"pointer": "/data/channel", "detail": body["errors"][0]["detail"]}])  # type: ignore[index]
    assert sender.send(_event())[0] == 202
