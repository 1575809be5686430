"""Public ids: a prefix that says what it names, and the row's id in hexadecimal."""

from uuid import UUID

from summarizer.errors import NotFound

CONVERSATION, JOB, SUMMARY, RATING, TEMPLATE, BATCH, CHOICE = "conv", "job", "sum", "rat", "tpl", "bat", "cho"
ENDPOINT, CALLBACK = "ep", "msg"  #: a callback's is the `webhook-id` that its receiver sees


def public(prefix: str, row_id: UUID) -> str:
    """`conv_0192...`."""
    return f"{prefix}_{row_id.hex}"


def row_id(prefix: str, text: str) -> UUID:
    """The row's id; a malformed one names nothing, so it raises NotFound."""
    start, _, digits = text.partition("_")
    if start != prefix or len(digits) != 32 or not digits.isascii() or not digits.isalnum():
        raise NotFound("there is no such thing")
    try:
        return UUID(hex=digits)
    except ValueError:
        raise NotFound("there is no such thing") from None
