import pytest
from pydantic import SecretStr

from summarizer.errors import Unavailable
from summarizer.vault import new_master_key, seal, unseal


def test_only_the_same_master_key_opens_what_was_sealed() -> None:
    key, other = SecretStr(new_master_key()), SecretStr(new_master_key())
    sealed = seal(["whsec_a", "whsec_b"], master_key=key)
    assert b"whsec" not in sealed
    assert unseal(sealed, master_key=key) == ["whsec_a", "whsec_b"]
    with pytest.raises(Unavailable):
        unseal(sealed, master_key=other)
