"""SubRip (.srt): WebVTT without a header and with a comma before the milliseconds."""

import re

from summarizer.conversation import Conversation
from summarizer.formats import captions, strict_text

_TIMING = re.compile(r"(?m)^(\d{1,3}:\d\d:\d\d),(\d{3}[ \t]+-->[ \t]+\d{1,3}:\d\d:\d\d),(\d{3})")
_BEGINNING = re.compile(r"\s*(?:\d+[ \t]*\r?\n)?\d{1,3}:\d\d:\d\d,\d{3}[ \t]+-->")


def read(raw: bytes) -> Conversation:
    """The conversation in subtitles; speakers as in WebVTT, `Name: text`."""
    return captions.read(("WEBVTT\n\n" + _TIMING.sub(r"\1.\2.\3", strict_text.decode(raw))).encode())


def recognizes(raw: bytes) -> bool:
    """Does it begin with the number and the times of a subtitle?"""
    try:
        return _BEGINNING.match(raw[:400].decode("utf-8-sig", errors="ignore")) is not None
    except UnicodeDecodeError:
        return False
