import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from summarizer.errors import InvalidRequest, InvalidTranscript
from summarizer.formats import canonical
from summarizer.redaction import redacted
from summarizer.redaction.sealed import (
    new_private_key,
    opened,
    public_key,
    public_key_of,
    restore,
    seal,
    unseal,
)
from tests.builders import a_conversation

SAID = a_conversation((("customer", "My name is Ann Lee, call 206-555-0142, my card is 4111 1111 1111 1111."),))


def test_the_private_key_opens_what_was_sealed_to_its_public_key() -> None:
    key = new_private_key()
    originals = redacted(SAID).originals
    assert tuple(unseal(seal(originals, public_key(public_key_of(key))), key)) == originals


def test_sealed_bytes_show_nothing_and_are_never_the_same() -> None:
    key = public_key(public_key_of(new_private_key()))
    first, second = seal(redacted(SAID).originals, key), seal(redacted(SAID).originals, key)
    assert first != second
    assert b"Ann" not in first


def test_another_key_and_changed_bytes_are_refused() -> None:
    key = new_private_key()
    blob = seal(redacted(SAID).originals, public_key(public_key_of(key)))
    for bad, with_key in ((blob, new_private_key()), (blob[:-1], key), (b"\x00" + blob[1:], key), (b"", key)):
        with pytest.raises(InvalidRequest, match="does not open"):
            unseal(bad, with_key)


@pytest.mark.parametrize("text", ["", "AAAA", "no base64!", "A" * 64])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="32 bytes"):
        public_key(text)


def test_what_is_no_private_key_of_this_kind_is_refused() -> None:
    other = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for pem, why in ((b"secret", "no private key"), (other, "no X25519")):
        with pytest.raises(InvalidRequest, match=why):
            unseal(b"", pem)


def test_originals_of_another_revision_are_refused() -> None:
    originals = redacted(SAID).originals
    for other in (SAID, a_conversation((("customer", "hello"),))):
        with pytest.raises(InvalidRequest, match="another conversation"):
            restore(other, originals)


def test_a_view_is_opened_and_its_card_stays_masked() -> None:
    import base64

    key = new_private_key()
    done = redacted(SAID)
    sealed = base64.b64encode(seal(done.originals, public_key(public_key_of(key)))).decode()
    view = {"conversation": canonical.to_document(done.conversation), "sealed": sealed}
    assert opened(view, key).turns[0].text == "My name is Ann Lee, call 206-555-0142, my card is [CARD]."
    assert opened({**view, "sealed": None}, key) == done.conversation
    with pytest.raises(InvalidRequest, match="base64"):
        opened({**view, "sealed": "?"}, key)
    with pytest.raises(InvalidTranscript):
        opened([], key)
