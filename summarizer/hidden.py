"""What nobody sees in a text and what a model could take for its own signs, made harmless.

Zero-width, bidirectional and tag characters hide words from the people who read a transcript; `</s>`, `<|im_start|>`
or `[INST]` look like the marks between which a model is told what to do. A turn has neither, wherever it comes from.
"""

import re
import unicodedata

# Invisible, yet part of the spelling in Hindi and Persian, and of emoji: kept alone between two such letters.
_JOINERS = "\u200c\u200d"
_STRAY_JOINERS = re.compile(
    rf"(?<![^\x00-\x7f])[{_JOINERS}]+|[{_JOINERS}]+(?![{_JOINERS}]|[^\x00-\x7f])|(?<=[{_JOINERS}])[{_JOINERS}]+"
)
# Blank without being space, or a choice of glyph that can carry a byte each (variation selectors).
_BLANK = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U000e0100-\U000e01ef]|(?<=[\ufe00-\ufe0f])[\ufe00-\ufe0f]+"
)
_TOKEN = re.compile(
    r"<(?=[|｜][\w ｜|▁/.-]{1,40}[|｜]>|/?(?:start_of|end_of)_\w{1,20}>|<?/?SYS>"
    r"|/?(?:s|pad|unk|bos|eos|mask|sep|cls|system|user|assistant|instructions?|prompt|inst)\s?/?>)"
    r"|\[(?=/?(?:INST|SYS|SYSTEM|PROMPT|AVAILABLE_TOOLS)\])",
    re.IGNORECASE,
)
_HARMLESS = {"<": "‹", "[": "("}


def visible(text: str) -> str:
    """Without characters that nobody sees; line breaks, tabs and what spelling needs stay."""
    if text.isascii() and text.isprintable():
        return text
    seen = "".join(char for char in text if _is_visible(char))
    return _STRAY_JOINERS.sub("", _BLANK.sub("", seen))


def harmless(text: str) -> str:
    """Visible, and what looks like a special token of some model is opened by another bracket."""
    return _TOKEN.sub(lambda match: _HARMLESS[match[0]], visible(text))


def _is_visible(char: str) -> bool:
    return char in _JOINERS or char.isspace() or unicodedata.category(char) not in ("Cc", "Cf")
