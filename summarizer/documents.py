"""Claims and sections as JSON, the same in Postgres, in the API, in a vCon and in callbacks."""

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from summarizer.summary import Claim, Section

_CLAIMS = TypeAdapter(tuple[Claim, ...])
_SECTIONS = TypeAdapter(tuple[Section, ...])


def claims_to_document(claims: Sequence[Claim]) -> list[dict[str, Any]]:
    """Ready for JSON."""
    return list(_CLAIMS.dump_python(tuple(claims), mode="json"))


def claims_from_document(document: object) -> tuple[Claim, ...]:
    """What `claims_to_document` made."""
    return _CLAIMS.validate_python(document)


def sections_to_document(sections: Sequence[Section]) -> list[dict[str, Any]]:
    """Ready for JSON."""
    return list(_SECTIONS.dump_python(tuple(sections), mode="json"))


def sections_from_document(document: object) -> tuple[Section, ...]:
    """What `sections_to_document` made."""
    return _SECTIONS.validate_python(document)
