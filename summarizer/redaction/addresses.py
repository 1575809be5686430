"""Street addresses in English, French, Spanish and German, and postcodes that stand beside one or are called so."""

import re
from collections.abc import Iterator

from summarizer.redaction.lines import Line, Topic
from summarizer.redaction.spans import Kind, Span

_NO_STREET = (
    r"(?!(?:days?|hours?|minutes?|weeks?|months?|years?|times?|dollars?|euros?|pounds?|percent|star|way|the|an?|of|in|on|to"
    r"|for|by|my|your|and|or|is|are|was|per|more|people|items?|orders?)\b)"
)
_CITY = (
    r"[A-ZÀ-Þ](?:[^\W\d_]|['’.-]){1,40}+(?: (?:[A-ZÀ-Þ](?:[^\W\d_]|['’.-]){1,40}+|de|del|la|sur|am|an der)(?!\d)){0,4}"
)
_EN = (
    r"(?:(?i:flat|unit|apt|apartment|suite)\.?\s+\w+,?\s+)?"
    r"\d(?:[\d ]{0,8}\d)?[A-Za-z]?\s+"
    rf"(?:{_NO_STREET}[^\W\d_][\w'’]{{0,40}}\.?\s+|\d{{1,4}}(?:st|nd|rd|th)\s+){{1,3}}?"
    r"(?:(?i:street|road|avenue|boulevard|lane|terrace|crescent|parkway|highway|rd|ave|blvd|ln|st(?=[.,]|$))"
    r"|(?:Drive|Court|Way|Place|Close|Square|Circle|Trail|St|Dr|Ct|Pl|Sq|Row|Mews|Gardens|Grove|Rise|Hill|Walk|Green))\b\.?"
    r"(?:,?\s+(?i:apt|apartment|suite|unit|flat|floor|#)\.?\s*\w+)?"
)
_END = rf"(?:,?\s+{_CITY})?(?:,?\s+[A-Z]{{2}}\s+\d{{5}}(?:-\d{{4}})?|,?\s+[A-Z]{{1,2}}\d[A-Z\d]?\s?\d[A-Z]{{2}})?(?!\w)"
_FR = (
    r"\d(?:[\d ]{0,4}\d)?(?:\s?(?i:bis|ter|quater|[A-D]))?,?\s+(?:de l[a'’]\s?)?"
    r"(?i:rue|avenue|av\.|boulevard|bd|place|allées?|chemin|impasse|route|quai|cours|square|passage|rond-point|faubourg)"
    r"(?:\s+(?i:de la|de l['’]|du|des|de|d['’]))?\s*"
    r"(?:[A-ZÀ-Þ0-9][\w'’-]{0,40}(?:\s+(?:de|du|la|et)\s+)?(?=\W)[ ]?|[^\W\d_]{3,40}){1,4}"
)
_ES = (
    r"\b(?i:calle|c/|avenida|avda?\.?|plaza|paseo|camino|carretera|ronda|travesía)\s+"
    r"(?:(?i:de la|de las|de los|del|de)\s+)?"
    r"(?:[^\W\d_][\w'’]{0,40}\s*){1,4}?,?\s*(?:(?i:número|nº|núm\.?|n\.º)\s*)?\d{1,4}(?:,?\s*\d{1,2}\s?[ºª°]\s?\w{0,3})?(?!\d)"
)
_DE = (
    r"(?<!\w)(?:[A-ZÄÖÜ][\w-]{0,40}\s+)?(?!(?i:sitz|park|arbeits|rück|hin|aus)(?:platz|weg)\b)"
    r"(?:[\w-]{2,40}(?:straße|strasse|str\.|weg|platz|allee|gasse|ufer|damm|chaussee)|(?:Straße|Strasse|Str\.|Allee|Platz|Ring))"
    r"\s+(?i:nummer\s+)?\d{1,4}(?:\s?[a-zA-Z])?(?![\w.,]?\d)"
)
_POSTED = rf"(?:,?\s+(?:in\s+|à\s+|en\s+)?(?:(?:F|D|E|CP)-?\s?)?\d{{4,5}}(?:\s+{_CITY})?)?(?!\d)"
_STREETS = [
    re.compile(r"(?<![\w#.,$€£-])" + _EN + _END),
    re.compile(r"(?<![\w#.,$€£-])" + _FR + _POSTED),
    re.compile(_ES + _POSTED),
    re.compile(_DE + _POSTED),
]
_POSTCODE = re.compile(
    r"(?<![\w.,$€£#-])(?:\d{5}-\d{4}|\d(?: ?\d){3,5}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)(?!\w)",
    re.I,
)


def addresses(line: Line) -> Iterator[Span]:
    """The place of each address or postcode in one turn."""
    text = line.plain.text
    if not any(char.isdecimal() for char in text):
        return
    for street in _STREETS:
        for match in street.finditer(text):
            yield _span(line, match.start(), match.start() + len(match[0].rstrip(" ,.")))
    for match in _POSTCODE.finditer(text):
        if line.topic(*line.plain.original(*match.span())) is Topic.POSTCODE:
            yield _span(line, *match.span())


def _span(line: Line, start: int, end: int) -> Span:
    return Span(*line.plain.original(start, end), Kind.ADDRESS)
