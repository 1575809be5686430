"""Secrets at rest: sealed with the master key (Fernet: AES-128-CBC and HMAC-SHA256), opened where they are used."""

import json

from cryptography.fernet import Fernet, InvalidToken
from pydantic import SecretStr

from summarizer.errors import Unavailable


def seal(secrets: list[str], *, master_key: SecretStr) -> bytes:
    """What may be stored."""
    return Fernet(master_key.get_secret_value()).encrypt(json.dumps(secrets).encode())


def unseal(sealed: bytes, *, master_key: SecretStr) -> list[str]:
    """What was sealed; raises Unavailable when the master key is another one."""
    try:
        opened: list[str] = json.loads(Fernet(master_key.get_secret_value()).decrypt(sealed))
    except InvalidToken as error:
        raise Unavailable("the master key does not open the stored secrets") from error
    return opened


def new_master_key() -> str:
    """A fresh master key."""
    return Fernet.generate_key().decode()
