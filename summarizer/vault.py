"""Secrets at rest: sealed with the master key (Fernet: AES-128-CBC and HMAC-SHA256), opened where they are used.

The master key may be several with commas between them, the newest first: the first one seals, each of them opens.
"""

import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr

from summarizer.errors import Unavailable


def seal(secrets: list[str], *, master_key: SecretStr) -> bytes:
    """What may be stored."""
    return _fernet(master_key).encrypt(json.dumps(secrets).encode())


def unseal(sealed: bytes, *, master_key: SecretStr) -> list[str]:
    """What was sealed; raises Unavailable when the master key is another one."""
    try:
        opened: list[str] = json.loads(_fernet(master_key).decrypt(sealed))
    except InvalidToken:
        raise _another_key() from None
    return opened


def reseal(sealed: bytes, *, master_key: SecretStr) -> bytes | None:
    """The same under the newest key, None when it is so already; raises Unavailable when no key opens it."""
    try:
        Fernet(newest(master_key)).decrypt(sealed)
    except InvalidToken:
        pass
    except ValueError:
        raise _no_key() from None
    else:
        return None
    try:
        return _fernet(master_key).rotate(sealed)
    except InvalidToken:
        raise _another_key() from None


def newest(master_key: SecretStr) -> str:
    """The key for what is short-lived, as signatures of cursors."""
    return _keys(master_key)[0]


def lasting(master_key: SecretStr) -> str:
    """The key for names that must stay the same, as pseudonyms: the oldest.

    So a new key before it changes no name, and only dropping the oldest does.
    """
    return _keys(master_key)[-1]


def new_master_key() -> str:
    """A fresh master key."""
    return Fernet.generate_key().decode()


def _keys(master_key: SecretStr) -> list[str]:
    keys = [one.strip() for one in master_key.get_secret_value().split(",")]
    return [one for one in keys if one] or [""]


def _fernet(master_key: SecretStr) -> MultiFernet:
    try:
        return MultiFernet([Fernet(one) for one in _keys(master_key)])
    except ValueError:
        raise _no_key() from None


def _another_key() -> Unavailable:
    return Unavailable("the master key does not open the stored secrets")


def _no_key() -> Unavailable:
    return Unavailable("MASTER_KEY is no Fernet key, or one of several with commas between them is none")
