"""Comparing what a sender signed with what it should have, in constant time."""

import hmac
from collections.abc import Iterable

from summarizer.errors import SignatureRefused


def require_one_of(signature: str, wanted: Iterable[str]) -> None:
    """Raises SignatureRefused when the signature is none of these."""
    if not any(hmac.compare_digest(signature.encode(), one.encode()) for one in wanted):
        raise SignatureRefused("the signature is not one of this source's")
