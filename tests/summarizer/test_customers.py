"""A customer's name becomes a hash that only this installation can make, the same after its keys were rotated."""

from uuid import uuid4

from pydantic import SecretStr

from summarizer.customers import customer_key, pseudonym
from summarizer.vault import new_master_key

TENANT = uuid4()


def test_the_hash_depends_on_the_tenant_the_name_and_the_key() -> None:
    one, other = (customer_key(SecretStr(new_master_key())) for _ in range(2))
    every = {
        pseudonym(TENANT, "crm-1", key=one),
        pseudonym(TENANT, "crm-2", key=one),
        pseudonym(uuid4(), "crm-1", key=one),
        pseudonym(TENANT, "crm-1", key=other),
    }
    assert len(every) == 4
    assert pseudonym(TENANT, "crm-1", key=one) in every


def test_a_newer_master_key_before_it_changes_no_hash() -> None:
    old, new = new_master_key(), new_master_key()
    assert customer_key(SecretStr(f"{new}, {old}")) == customer_key(SecretStr(old))
