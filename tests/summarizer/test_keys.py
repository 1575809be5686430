from uuid import uuid4

import pytest

from summarizer.keys import key_named, new_key, parse_key, source_of, source_token


def test_a_key_is_read_back_and_proven_by_its_hash() -> None:
    key = new_key(uuid4())
    assert parse_key(key.text) == key
    assert key.is_proven_by(key.secret_hash)
    assert not key.is_proven_by(new_key(key.tenant_id).secret_hash)


def test_a_key_with_one_character_changed_added_or_lost_is_none() -> None:
    key = new_key(uuid4()).text
    for place in range(len(key)):
        other = "0" if key[place] != "0" else "1"
        for wrong in (key[:place] + other + key[place + 1 :], key[:place] + key[place + 1 :], key[:place] + "_"):
            assert parse_key(wrong) is None, wrong
    assert parse_key(key + "0") is None


def test_a_key_is_spoken_of_without_its_secret() -> None:
    key = new_key(uuid4())
    assert key_named(key.name) == (key.tenant_id, key.id)
    assert key.text.startswith(key.name)
    assert key.secret not in key.name


def test_a_key_is_not_shown_by_accident() -> None:
    key = new_key(uuid4())
    assert key.secret not in repr(key)


@pytest.mark.parametrize(
    "text", ["", "wk", "wk_a_b_c", "sk_" + "0" * 32 + "_" + "0" * 32 + "_x", "wk_é_é_é_é", "_" * 9]
)
def test_what_is_not_written_like_a_key_is_none(text: str) -> None:
    assert parse_key(text) is None


def test_a_source_token_names_tenant_and_sender() -> None:
    tenant_id, source_id = uuid4(), uuid4()
    assert source_of(source_token(tenant_id, source_id)) == (tenant_id, source_id)
    for bad in ("", "src_x_y", "dst_" + "0" * 32 + "_" + "0" * 32, "src_1"):
        with pytest.raises(ValueError, match=r".*"):
            source_of(bad)
