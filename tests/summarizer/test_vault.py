import pytest
from pydantic import SecretStr

from summarizer.errors import Unavailable
from summarizer.vault import lasting, new_master_key, newest, reseal, seal, unseal

OLD, NEW = new_master_key(), new_master_key()
BOTH = SecretStr(f"{NEW}, {OLD}")


def test_only_the_same_master_key_opens_what_was_sealed() -> None:
    key, other = SecretStr(OLD), SecretStr(NEW)
    sealed = seal(["whsec_a", "whsec_b"], master_key=key)
    assert b"whsec" not in sealed
    assert unseal(sealed, master_key=key) == ["whsec_a", "whsec_b"]
    with pytest.raises(Unavailable):
        unseal(sealed, master_key=other)


def test_of_several_keys_each_opens_and_the_first_seals() -> None:
    assert unseal(seal(["a"], master_key=SecretStr(OLD)), master_key=BOTH) == ["a"]
    assert unseal(seal(["a"], master_key=BOTH), master_key=SecretStr(NEW)) == ["a"]


def test_what_is_sealed_anew_needs_the_old_key_no_more() -> None:
    sealed = reseal(seal(["a"], master_key=SecretStr(OLD)), master_key=BOTH)
    assert sealed is not None
    assert unseal(sealed, master_key=SecretStr(NEW)) == ["a"]
    assert reseal(sealed, master_key=BOTH) is None
    with pytest.raises(Unavailable):
        reseal(sealed, master_key=SecretStr(OLD))


def test_names_that_must_last_are_made_with_the_oldest_key() -> None:
    assert lasting(BOTH) == lasting(SecretStr(OLD)) == OLD
    assert newest(BOTH) == newest(SecretStr(NEW)) == NEW


@pytest.mark.parametrize("key", ["", "k", f"{NEW},k", ",", "é" * 44], ids=["none", "short", "second", "comma", "é"])
def test_what_is_no_key_is_said_and_not_shown(key: str) -> None:
    for attempt in (
        lambda: seal(["a"], master_key=SecretStr(key)),
        lambda: unseal(b"x", master_key=SecretStr(key)),
        lambda: reseal(b"x", master_key=SecretStr(key)),
    ):
        with pytest.raises(Unavailable) as refused:
            attempt()
        assert NEW not in str(refused.value)
