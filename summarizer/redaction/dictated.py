"""IBANs and national ids that somebody dictates over several turns, and what others repeat of them.

Customer: G B two nine N W B K      Agent: go on      Customer: six zero one six one three ...
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from summarizer.redaction import checks
from summarizer.redaction.cards import Told, echoes, is_near
from summarizer.redaction.lines import Line, Topic
from summarizer.redaction.spans import Kind, Span
from summarizer.redaction.spoken import FILLERS

MOST_CHARACTERS = 34  # of an IBAN
FEWEST_OF_ID = 6
FEWEST_OF_IBAN = 12  # of one that was misheard

# Digits, single letters, a bank's four letters, and what one says around them.
_CODE = r"(?:\d+[A-Z]?|[A-Z](?![\w'’])|(?-i:[A-Z]{2,4})\d*)"
_FILLER = rf"(?:{'|'.join(FILLERS)}|alors|then|dann|okay|ok|yes|sure|oui|sí|ja|it['’]?s|c['’]est|es|ist|plus)"
_ENDING = r"(?:cl[ée]|letras?|letter|lettre|buchstabe)\s+\w+"
_JOINT = r"[\s.,;:…-]{1,4}"
_PIECE = re.compile(
    rf"(?:{_FILLER}{_JOINT}){{0,4}}(?P<code>{_CODE}(?:{_JOINT}(?:{_FILLER}{_JOINT}){{0,3}}{_CODE}){{0,33}}"
    rf"(?:{_JOINT}{_ENDING})?)\W{{0,4}}(?:(?:{_FILLER}|please|s['’]il vous plaît|por favor|bitte)\W{{0,4}})?",
    re.IGNORECASE,
)
_OPENING = re.compile(r"(?:\b(?:is|it['’]s|es|est|c['’]est|ist|lautet|è|é|number|iban|ssn)\b|:)\s+", re.IGNORECASE)
_LONGEST = 200  # characters of one piece


@dataclass(frozen=True, slots=True)
class _Piece:
    """What one turn adds: letters and digits, and their place in the turn."""

    turn: int
    code: str
    start: int
    end: int
    is_first: bool  #: words before it say what it is


def dictated(lines: Sequence[Line]) -> Iterator[tuple[int, Span]]:
    """The turn and place of each piece, and of what repeats it."""
    for pieces in _dictations(lines):
        kind = _kind(lines, pieces)
        if kind is None:
            continue
        yield from ((one.turn, Span(one.start, one.end, kind)) for one in pieces)
        yield from _repeated(lines, pieces, kind)


def _dictations(lines: Sequence[Line]) -> Iterator[list[_Piece]]:
    """Pieces of one speaker in nearby turns, two at least, between which nothing else is asked."""
    open_ones: dict[str, list[_Piece]] = {}
    for turn, line in enumerate(lines):
        piece = _piece(turn, line)
        if piece is None:
            if not _is_aside(line):
                yield from _ended(open_ones.pop(line.speaker, []))
            continue
        before = open_ones.get(line.speaker, [])
        if before and _goes_on(lines, before, piece):
            before.append(piece)
        else:
            yield from _ended(before)
            open_ones[line.speaker] = [piece]
    for pieces in open_ones.values():
        yield from _ended(pieces)


def _ended(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    if len(pieces) > 1:
        yield pieces


def _is_aside(line: Line) -> bool:
    """Says no more than "okay", so the speaker may go on dictating."""
    return not line.groups and len(line.text.split()) <= 2


def _piece(turn: int, line: Line) -> _Piece | None:
    text = line.plain.text
    place = max(0, len(text) - _LONGEST)
    match = _PIECE.fullmatch(text) if place == 0 else None
    is_first = match is None
    for opening in _OPENING.finditer(text, place) if is_first else ():
        match = match or _PIECE.fullmatch(text, opening.end())
    if match is None:
        return None
    code = re.sub(rf"{_ENDING}|\b{_FILLER}\b|[\W_]", "", match["code"], flags=re.IGNORECASE)
    return _Piece(turn, code.upper(), *line.plain.original(*match.span("code")), is_first=is_first)


def _goes_on(lines: Sequence[Line], pieces: list[_Piece], piece: _Piece) -> bool:
    last = pieces[-1].turn
    is_short = sum(len(one.code) for one in (*pieces, piece)) <= MOST_CHARACTERS
    is_other = any(line.named and line.speaker != lines[piece.turn].speaker for line in lines[last + 1 : piece.turn])
    return is_short and not piece.is_first and not is_other and is_near(lines, last, piece.turn)


def _kind(lines: Sequence[Line], pieces: list[_Piece]) -> Kind | None:
    """What the pieces are together: by their check digits, or by what was asked for."""
    code = "".join(one.code for one in pieces)
    called = lines[pieces[0].turn].topic(pieces[0].start, pieces[0].end)
    if re.match(r"[A-Z]{2}\d{2}", code) and (
        checks.is_iban(code) or (called is Topic.IBAN and len(code) >= FEWEST_OF_IBAN)
    ):
        return Kind.IBAN
    is_id = called is Topic.NATIONAL and sum(char.isdigit() for char in code) >= FEWEST_OF_ID
    proves_itself = len(code) == 15 and code[:5].isdigit() and code[7:].isdigit() and checks.is_nir(code)
    return Kind.NATIONAL_ID if is_id or proves_itself else None


def _repeated(lines: Sequence[Line], pieces: list[_Piece], kind: Kind) -> Iterator[tuple[int, Span]]:
    """A whole piece however short, or four digits of the number."""
    first, last = pieces[0].turn, pieces[-1].turn
    codes = {one.code for one in pieces if len(one.code) > 1}
    for turn in range(first, min(len(lines), last + 2)):
        piece = _piece(turn, lines[turn])
        if piece is not None and piece.code in codes:
            yield turn, Span(piece.start, piece.end, kind)
    digits = "".join(char for one in pieces for char in one.code if char.isdigit())
    for turn, run in echoes(lines, [Told(first, last, digits)]):
        yield turn, Span(run[0].start, run[-1].end, kind)
