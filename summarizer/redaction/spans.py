"""Where personal data stands in a text."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a mask stands for; where two overlap, the one named first here wins."""

    EMAIL = "EMAIL"
    IBAN = "IBAN"
    NATIONAL_ID = "NATIONAL_ID"  #: also passports and driving licences
    CARD = "CARD"
    SECURITY_CODE = "CVV"  #: also PINs, which PCI DSS 3.3.1.3 forbids to store as well
    BORN = "DOB"  #: a date of birth
    PHONE = "PHONE"
    ADDRESS = "ADDRESS"
    NAME = "NAME"


NEVER_STORED = frozenset({Kind.CARD, Kind.SECURITY_CODE, Kind.IBAN, Kind.NATIONAL_ID})
SURE = NEVER_STORED | {Kind.EMAIL, Kind.PHONE}  #: kinds that a machine's text cannot hold by chance

_RANK = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` to `end` (exclusive) of one text, and what they are."""

    start: int
    end: int
    kind: Kind


def disjoint(spans: Iterable[Span]) -> list[Span]:
    """In order; spans that overlap become one, for half a card number is still too much."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            last = merged.pop()
            span = Span(last.start, max(last.end, span.end), min(last.kind, span.kind, key=_RANK.__getitem__))
        merged.append(span)
    return merged
