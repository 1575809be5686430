"""Personal data: masked before the model and before the first row is written, checked again on what the model wrote.

    lines     turns with their digits, and what was talked about
    spoken    "double four" and "soixante-dix-huit" as digits, with their places
    cards, codes, dictated            what is split over turns
    ibans, national, born, phones, emails, addresses, names
    masks     `[PHONE]`, `[PHONE_2]` in place of what was found
    sealed    originals that only a tenant's private key opens
    labelled  recall and precision on a labelled set

Cards, security codes, IBANs and national ids are never stored (PCI DSS 3.3.1, GDPR). Masking cannot
be undone here: what a tenant may have back is sealed to a key that only the tenant holds.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from summarizer.conversation import Conversation, Turn
from summarizer.redaction.addresses import addresses
from summarizer.redaction.born import born
from summarizer.redaction.cards import cards
from summarizer.redaction.checks import is_card, is_iban
from summarizer.redaction.codes import codes
from summarizer.redaction.dictated import dictated
from summarizer.redaction.emails import emails
from summarizer.redaction.ibans import ibans
from summarizer.redaction.lines import read
from summarizer.redaction.masks import Masks, Original, cover
from summarizer.redaction.names import names
from summarizer.redaction.national import national_ids
from summarizer.redaction.phones import phones
from summarizer.redaction.spans import NEVER_STORED, SURE, Span, disjoint

__all__ = [
    "Original",
    "Redacted",
    "found",
    "is_card",
    "is_iban",
    "masked",
    "masked_lines",
    "redact",
    "redacted",
    "reveals",
]


@dataclass(frozen=True, slots=True)
class Redacted:
    """A conversation with masks, and what stood where they are; never what may not be stored."""

    conversation: Conversation
    originals: tuple[Original, ...]


def redact(conversation: Conversation) -> Conversation:
    """The same turns in the same order, with typed masks where personal data stood, and nobody's name."""
    return redacted(conversation).conversation


def redacted(conversation: Conversation) -> Redacted:
    """The masked conversation, and the originals for whoever may have them back."""
    said = [(turn.participant, turn.text) for turn in conversation.turns]
    shown = [label for one in conversation.participants for label in (one.name, one.id) if label]
    masks = Masks(conversation.language, shown)
    originals: list[Original] = []
    turns: list[Turn] = []
    for index, spans in enumerate(found(said, language=conversation.language, shown=shown)):
        text, hidden = cover(conversation.turns[index].text, spans, masks, turn=index)
        turns.append(replace(conversation.turns[index], text=text))
        originals += hidden
    people = tuple(replace(one, name=None) for one in conversation.participants)
    return Redacted(replace(conversation, turns=tuple(turns), participants=people), tuple(originals))


def masked(text: str, language: str | None = None) -> str:
    """One text with `[CARD]` and the like in place of what they name."""
    return masked_lines([("", text)], language)[0]


def masked_lines(said: Sequence[tuple[str, str]], language: str | None = None) -> list[str]:
    """What speakers say, masked, also what is split over their lines."""
    masks = Masks(language)
    spans = found(said, language=language)
    return [cover(text, each, masks)[0] for (_, text), each in zip(said, spans, strict=True)]


def reveals(text: str, conversation: Conversation | None = None) -> bool:
    """Does a generated text hold what may never be stored, or an address or a number that nobody says in these words?

    What the masked conversation holds was called something else there, such as an order, and stays.
    """
    spans = [span for span in found([("", text)])[0] if span.kind in SURE]
    if any(span.kind in NEVER_STORED for span in spans):
        return True
    said = _compact(" ".join(turn.text for turn in conversation.turns)) if spans and conversation else ""
    return any(_compact(text[span.start : span.end]) not in said for span in spans)


def _compact(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


def found(
    said: Sequence[tuple[str, str]], *, language: str | None = None, shown: Sequence[str] = ()
) -> list[list[Span]]:
    """Personal data of each turn; `said` holds speakers and texts, `shown` the names the platform shows."""
    lines = read(said, language)
    spans: list[list[Span]] = [
        [
            *emails(line),
            *ibans(line),
            *national_ids(line),
            *born(line),
            *phones(line, language),
            *addresses(line),
        ]
        for line in lines
    ]
    for turn, span in (*cards(lines), *codes(lines), *dictated(lines), *names(lines, shown)):
        spans[turn].append(span)
    return [disjoint(map(line.original, each)) for line, each in zip(lines, spans, strict=True)]
