"""Personal data: masked before the model and before the first row is written, checked again on what the model wrote.

    lines     turns with their digits, and what was talked about
    spoken    "double four" and "soixante-dix-huit" as digits, with their places
    cards, codes                      also when they are split over turns
    ibans, national, phones, emails, addresses, names
    spans     typed masks in place of what was found
    labelled  recall and precision on a labelled set

Cards, security codes, IBANs and national ids are never stored (PCI DSS 3.3.1, GDPR). Masking cannot be undone: no key
leads back from a mask.
"""

from collections.abc import Sequence
from dataclasses import replace

from summarizer.conversation import Conversation
from summarizer.redaction.addresses import addresses
from summarizer.redaction.cards import cards
from summarizer.redaction.checks import is_card, is_iban
from summarizer.redaction.codes import codes
from summarizer.redaction.emails import emails
from summarizer.redaction.ibans import ibans
from summarizer.redaction.lines import read
from summarizer.redaction.names import names
from summarizer.redaction.national import national_ids
from summarizer.redaction.phones import phones
from summarizer.redaction.spans import NEVER_STORED, Span, cover, disjoint

__all__ = ["found", "is_card", "is_iban", "masked", "redact", "reveals"]


def redact(conversation: Conversation) -> Conversation:
    """The same turns in the same order, with typed masks where personal data stood, and nobody's name."""
    said = [(turn.participant, turn.text) for turn in conversation.turns]
    shown = [label for one in conversation.participants for label in (one.name, one.id) if label]
    spans = found(said, language=conversation.language, shown=shown)
    return replace(
        conversation,
        turns=tuple(
            replace(turn, text=cover(turn.text, each)) for turn, each in zip(conversation.turns, spans, strict=True)
        ),
        participants=tuple(replace(one, name=None) for one in conversation.participants),
    )


def masked(text: str, language: str | None = None) -> str:
    """One text with `[CARD]` and the like in place of what they name."""
    return cover(text, found([("", text)], language=language)[0])


def reveals(text: str) -> bool:
    """Does it hold what may never be stored?"""
    return any(span.kind in NEVER_STORED for span in found([("", text)])[0])


def found(
    said: Sequence[tuple[str, str]], *, language: str | None = None, shown: Sequence[str] = ()
) -> list[list[Span]]:
    """Personal data of each turn; `said` holds speakers and texts, `shown` the names the platform shows."""
    lines = read(said)
    spans: list[list[Span]] = [
        [*emails(line), *ibans(line), *national_ids(line), *phones(line, language), *addresses(line)] for line in lines
    ]
    for turn, span in (*cards(lines), *codes(lines), *names(lines, shown)):
        spans[turn].append(span)
    return [disjoint(each) for each in spans]
