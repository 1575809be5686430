"""E-mail addresses, written or spoken: `jane dot doe at example dot com`, `anna punkt muster at`."""

import re
from collections.abc import Iterator

from summarizer.redaction.lines import Line
from summarizer.redaction.spans import Kind, Span

MOST_WORDS = 8  # of a spoken local part

_WRITTEN = re.compile(r"(?<![\w.+%'-])[\w.+%'-]++\s?(?:@|[(\[]at[)\]])\s?[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}")
_DOT = r"(?:dot|point|punto|punkt)"
_JOIN = rf"(?:{_DOT}|underscore|dash|hyphen|minus|plus|tiret(?:\s+bas)?|gui[oó]n(?:\s+bajo)?|bindestrich|unterstrich)"
_AT = r"(?:at\s+sign|at|arobase|arobas|arroba|ät|@)"
_DOMAIN = re.compile(
    rf"\s*\b{_AT}\s+(?P<first>[\w-]+(?:\s+(?:dash|tiret|hyphen|bindestrich)\s+[\w-]+)?)(?:(?:\s+{_DOT}\s+|\.)[\w-]+)*"
    rf"(?:\s+{_DOT}\s+|\.)(?:com|org|net|info|biz|edu|gov|io|co\s+(?:dot\s+)?uk|[a-z]{{2}})\b",
    re.IGNORECASE,
)
_JOINED = re.compile(rf"{_JOIN}", re.IGNORECASE)
_WORD = re.compile(r"[\w'’+-]+(?:\.[\w'’+-]+)*")
# What stands before an address and is no part of it.
_BEFORE = frozenset(
    """is it's its that's this my the our your and or to at on in for yes yeah sure okay ok so um uh well email e-mail
    mail address use send sent est c'est mon adresse le la oui alors euh à es mi correo el electrónico sí ist lautet
    meine die adresse ja also wäre ähm me reach write via""".split()
)
# "have a look at example dot com" is a site, not an address.
_VISITING = frozenset(
    """look looking looked shop shopping online website site visit us store available page check checked order ordered
    bought buy log logged login sign signed find found arrive arrived here there them help support""".split()
)


def emails(line: Line) -> Iterator[Span]:
    """The place of each address in one turn."""
    for match in _WRITTEN.finditer(line.text):
        yield Span(match.start(), match.end(), Kind.EMAIL)
    for match in _DOMAIN.finditer(line.text):
        start = _local_part(line.text, match.start())
        if start is not None:
            yield Span(start, match.end(), Kind.EMAIL)


def _local_part(text: str, end: int) -> int | None:
    """Where the words before "at" begin that belong to the address; None if they are none."""
    before = list(_WORD.finditer(text, max(0, end - 120), end))[-MOST_WORDS:]
    start = None
    for word in reversed(before):
        plain = word[0].casefold()
        is_apart = start is not None and re.search(r"[.,;:!?\n]", text[word.end() : start]) is not None
        if plain in _BEFORE or is_apart or (start is None and plain in _VISITING):
            break
        start = word.start()
    return None if start is None or _JOINED.fullmatch(text[start:end].strip()) else start
