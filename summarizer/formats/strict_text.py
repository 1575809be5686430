"""Bytes to text: UTF-8 and nothing else, a byte order mark tolerated."""

from summarizer.errors import InvalidEncoding


def decode(raw: bytes) -> str:
    """The text of a document; raises InvalidEncoding for other encodings and for NUL bytes, which UTF-16 is full of."""
    if b"\x00" in raw:
        raise InvalidEncoding("there are NUL bytes in it; send UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidEncoding(f"byte {error.start} is not UTF-8") from None
