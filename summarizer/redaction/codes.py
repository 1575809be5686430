"""Card security codes and PINs: 3 or 4 digits that are called so, or that answer the question for them."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from summarizer.redaction.lines import Line, Topic
from summarizer.redaction.spans import Kind, Span
from summarizer.redaction.spoken import Digits

NEAR = 60  # characters from the naming words to the code
ANSWERED = 5  # turns in which the question is answered and the answer repeated

_UNIT = re.compile(
    r"\W{0,2}(?:dollars?|euros?|pounds?|cents?|pesos|bucks|quid|percent|prozent|days?|hours?|minutes?|weeks?|months?"
    r"|years?|jours?|heures?|mois|d[íi]as?|horas?|tage?n?|stunden|uhr|[€$£%])(?!\w)",
    re.IGNORECASE,
)


def codes(lines: Sequence[Line]) -> Iterator[tuple[int, Span]]:
    """The turn and place of each security code."""
    for turn, line in enumerate(lines):
        named = [(one.start, one.end) for one in line.named if one.topic is Topic.CODE]
        if not named:
            continue
        here = [run for run in _candidates(line) if _is_near(line, run, named)]
        yield from ((turn, _span(run)) for run in here)
        is_question = not here and len(line.text) - named[-1][1] <= 2 * NEAR
        yield from _answers(lines, turn, said={_digits(run) for run in here}, is_question=is_question)


def _answers(lines: Sequence[Line], turn: int, *, said: set[str], is_question: bool) -> Iterator[tuple[int, Span]]:
    """The first code in the turns that follow a question, and what repeats it."""
    for later, line in enumerate(lines[turn + 1 : turn + 1 + ANSWERED], start=turn + 1):
        for run in _candidates(line):
            topic = line.topic(run[0].start, run[-1].end)
            if _digits(run) in said or (
                is_question and not said and topic in (Topic.CODE, Topic.CARD, Topic.BORN, None)
            ):
                said = said | {_digits(run)}
                yield later, _span(run)


def _candidates(line: Line) -> Iterator[list[Digits]]:
    """Three or four digits that stand alone and count nothing."""
    for run in line.runs:
        if len(_digits(run)) in (3, 4) and not _UNIT.match(line.text, run[-1].end):
            yield run


def _is_near(line: Line, run: list[Digits], named: list[tuple[int, int]]) -> bool:
    start, end = run[0].start, run[-1].end
    following = bisect_right(named, start, key=lambda span: span[1])
    is_before = following > 0 and start - named[following - 1][1] <= NEAR
    is_after = following < len(named) and 0 <= named[following][0] - end <= NEAR // 2
    return line.topic(start, end) in (Topic.CODE, Topic.BORN) and (is_before or is_after)  # no birth is so short


def _digits(run: list[Digits]) -> str:
    return "".join(one.digits for one in run)


def _span(run: list[Digits]) -> Span:
    return Span(run[0].start, run[-1].end, Kind.SECURITY_CODE)
