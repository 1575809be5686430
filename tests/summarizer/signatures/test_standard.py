from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from summarizer.errors import SignatureRefused
from summarizer.signatures.standard import check, is_secret, new_secret

# The test vector that the specification prints; its moment is long ago, so only our own signing is checked with it.
SPECIFIED = (
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    1614265330,
    '{"test": 2432232314}',
)


def test_the_specified_vector_signs_as_specified() -> None:
    secret, delivery, seconds, body = SPECIFIED
    moment = datetime.fromtimestamp(seconds, UTC)
    assert Webhook(secret).sign(delivery, moment, body) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_either_secret_is_good_while_one_replaces_the_other() -> None:
    old, new = new_secret(), new_secret()
    moment = datetime.now(UTC)
    for signing in (old, new):
        headers = {
            "webhook-id": "msg.with.dots",
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": "v1a,AAAA " + Webhook(signing).sign("msg.with.dots", moment, "{}"),
        }
        assert check(b"{}", headers, secrets=[new, old]) == "msg.with.dots"
        with pytest.raises(SignatureRefused):
            check(b"{}", headers, secrets=[new_secret()])


def test_a_secret_has_24_to_64_bytes() -> None:
    assert is_secret(new_secret())
    assert not any(map(is_secret, ("", "whsec_", "whsec_AAAA", "whsec_é", "secret", "whsec_" + "A" * 88)))
