"""Dates of birth: a date that is called so, or that answers the question for it."""

import re
from collections.abc import Iterator

from summarizer.redaction.lines import Line, Topic
from summarizer.redaction.spans import Kind, Span

_MONTHS = (
    "january february march april may june july august september october november december jan feb mar apr jun jul aug"
    " sept? oct nov dec janvier février fevrier mars avril mai juin juillet août aout septembre octobre novembre"
    " décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre januar jänner"
    " februar märz juni juli oktober dezember janeiro fevereiro março maio junho julho setembro outubro novembro"
    " dezembro gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre"
)
_MONTH = rf"(?:{'|'.join(sorted(_MONTHS.split(), key=len, reverse=True))})\b\.?"
_ORDINAL = (
    r"(?:(?:twenty|thirty)?[ -]?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth|eleventh|twelfth"
    r"|\w{3,6}teenth|twentieth|thirtieth|premier|primero|[^\W\d_]{2,20}te[nr])"
)
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th|er|º|\.)?(?![\d/])|\d\d? ?{_ORDINAL}|{_ORDINAL})"
_OF = r"(?:,? (?:of|de|del|den|d['’])|,)?[ ]?"
_YEAR = r"(?:(?:19|20)[ -]?\d{2}|(?:19|20) (?:o|oh) \d|(?:1 9|2 0) \d ?\d|['’]?\d\d?(?: \d)?)(?!\d)"
_SPOKEN = re.compile(
    rf"(?<!\w)(?:(?:the |le |el |den )?{_DAY}{_OF}{_MONTH}|{_MONTH},?[ ](?:the )?{_DAY})(?:{_OF}{_YEAR})?", re.I
)
_AFTER = re.compile(r"\s?(?:geboren|is my (?:birth\s?day|date of birth|dob|birth\s?date))\b", re.IGNORECASE)
_WRITTEN = re.compile(
    r"(?<![\w/.,@#-])(?:\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])[ ]?\d{1,2}\2[ ]?(?:\d{4}|\d{2})"
    r"|\d{1,2}[ ,]{1,2}\d{1,2}[ ,]{1,2}(?:\d{4}|\d{2})|\d(?:[ ,/-]{0,2}\d){5,7})(?![\w/-])(?!\.\d)"
)


def born(line: Line) -> Iterator[Span]:
    """The place of each date of birth in one turn."""
    is_called = line.asked is Topic.BORN or any(one.topic is Topic.BORN for one in line.named)
    if not is_called:
        return
    for shape in (_SPOKEN, _WRITTEN):
        for match in shape.finditer(line.plain.text):
            start, end = line.plain.original(*match.span())
            if line.topic(start, end) is Topic.BORN or _AFTER.match(line.text, end):
                yield Span(start, end, Kind.BORN)
