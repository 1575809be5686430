"""Phone numbers by Google's libphonenumber; what companies publish (toll-free, premium, shared cost) stays."""

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import PhoneNumberType

from summarizer.redaction.lines import Line, Topic
from summarizer.redaction.spans import Kind, Span
from summarizer.tags import primary

REGIONS = {
    "en": ("US", "GB", "AU"),
    "fr": ("FR", "BE", "CH"),
    "es": ("ES", "MX", "AR"),
    "de": ("DE", "AT", "CH"),
    "it": ("IT",),
    "nl": ("NL", "BE"),
    "pt": ("BR", "PT"),
}
LONGEST = 13  # digits of a number without + or 00, as people write them; numbers of machines are longer
EVERYWHERE = ("US", "GB", "FR", "ES", "DE")

_SHAPE = re.compile(
    r"(?<![\w.,$€£#])(?:\+|00)?(?:\(?\d\)?(?:\(0\))?[ .\-/()\u2010-\u2015\u00a0\u202f]{0,3}){6,14}\d(?!\w)(?![.,]\d)"
)
_LOCAL = re.compile(r"(?<![\w.,-])\d{3}[ -]\d{4}(?![\w-])")
_PUBLISHED = {
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN,
}
_OTHER = {Topic.ORDER, Topic.CARD, Topic.CODE, Topic.IBAN, Topic.NATIONAL, Topic.BORN}
_DATE = re.compile(r"(?:\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d)(?!\d)|\d{4}[ -]\d{4}$")


def phones(line: Line, language: str | None) -> Iterator[Span]:
    """The place of each private phone number in one turn of this language (BCP 47)."""
    text = line.plain.text
    regions = REGIONS.get(primary(language), EVERYWHERE)
    for match in _SHAPE.finditer(text):
        start, end = line.plain.original(match.start(), match.end())
        if _is_phone(match[0], regions=regions, topic=line.topic(start, end)):
            yield Span(start, end, Kind.PHONE)
    for match in _LOCAL.finditer(text):
        start, end = line.plain.original(match.start(), match.end())
        if line.topic(start, end) is Topic.PHONE:
            yield Span(start, end, Kind.PHONE)


def _is_phone(written: str, *, regions: tuple[str, ...], topic: Topic | None) -> bool:
    """Called one, or written as one and called nothing else; and its country's plan knows it."""
    is_international = written.startswith(("+", "00"))
    if _DATE.match(written) or (topic in _OTHER and not is_international):
        return False
    if not is_international and sum(map(str.isdecimal, written)) > LONGEST:
        return False
    looks_so = is_international or written.startswith("0") or re.search(r"\d[ .\-/()]+\d", written) is not None
    if not looks_so and topic is not Topic.PHONE:
        return False
    if written.startswith("00"):
        written, regions = "+" + written[2:], ("ZZ",)
    numbers = [number for region in regions if (number := _parsed(written, region)) is not None]
    valid = next(filter(phonenumbers.is_valid_number, numbers), None)
    if valid is not None:
        return phonenumbers.number_type(valid) not in _PUBLISHED
    is_known = topic is Topic.PHONE or is_international
    return is_known and any(map(phonenumbers.is_possible_number, numbers))


def _parsed(written: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
