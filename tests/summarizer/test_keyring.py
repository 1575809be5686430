"""What is encrypted opens with its key and in its row, and nowhere else."""

from dataclasses import replace
from uuid import uuid4

import pytest
from pydantic import SecretStr

from summarizer.errors import Unavailable
from summarizer.keyring import ENCRYPTED, Keyring, Place, decrypt, encrypt, key_id, new_data_key
from summarizer.vault import new_master_key

HERE = Place(uuid4(), uuid4(), 1)
SAID = {"turns": [{"participant": "customer", "text": "Zanzibar, naïve 🙂"}], "as_of": None}


def test_a_transcript_opens_with_its_key_in_its_row() -> None:
    key = new_data_key()
    stored = encrypt(SAID, key, HERE)
    assert stored.keys() == {ENCRYPTED}
    assert "Zanzibar" not in str(stored)
    assert key_id(stored) == key.id
    assert decrypt(stored, key, HERE) == SAID
    assert encrypt(SAID, key, HERE) != stored


@pytest.mark.parametrize("change", [{"tenant_id": uuid4()}, {"conversation_id": uuid4()}, {"revision": 11}])
def test_it_opens_in_no_other_row(change: dict[str, object]) -> None:
    key = new_data_key()
    with pytest.raises(Unavailable, match="moved"):
        decrypt(encrypt(SAID, key, HERE), key, replace(HERE, **change))


def test_neither_another_key_nor_a_changed_byte_opens_it() -> None:
    key = new_data_key()
    stored = encrypt(SAID, key, HERE)
    with pytest.raises(Unavailable):
        decrypt(stored, new_data_key(), HERE)
    text = stored[ENCRYPTED]
    with pytest.raises(Unavailable):
        decrypt({ENCRYPTED: text[:30] + ("A" if text[30] != "A" else "B") + text[31:]}, key, HERE)


def test_a_plain_transcript_has_no_key() -> None:
    assert key_id(SAID) is None
    assert key_id({**SAID, ENCRYPTED: "1.x"}) is None


def test_keys_are_kept_in_order_and_only_the_master_key_opens_them() -> None:
    master_key = SecretStr(new_master_key())
    keyring, keys = Keyring(master_key, encrypts=True), (new_data_key(), new_data_key())
    sealed = keyring.sealed(keys)
    assert sealed is not None
    assert Keyring(master_key, encrypts=False).opened(sealed) == keys
    assert keyring.opened(None) == ()
    assert keyring.sealed([]) is None
    with pytest.raises(Unavailable):
        Keyring(SecretStr(new_master_key()), encrypts=True).opened(sealed)


def test_a_data_key_does_not_show_itself() -> None:
    key = new_data_key()
    assert repr(key.key) not in repr(key)
