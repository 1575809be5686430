"""Personal data that may never be stored: found and masked before the first row is written.

A first cut of high precision: payment cards (13 to 19 digits that pass the Luhn check, PCI DSS 3.3.1),
IBANs (ISO 13616 check digits) and e-mail addresses.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from summarizer.conversation import Conversation

_CARD = re.compile(r"(?<![\d.,])\d(?:[ .\-/]{0,2}\d){12,18}(?!\d)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}\b", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}")


def redact(conversation: Conversation) -> Conversation:
    """The same turns in the same order, with typed masks where personal data stood."""
    return replace(conversation, turns=tuple(replace(turn, text=masked(turn.text)) for turn in conversation.turns))


def masked(text: str) -> str:
    """One text with `[CARD]`, `[IBAN]` and `[EMAIL]` in place of what they name."""
    text = _EMAIL.sub("[EMAIL]", text)
    text = _IBAN.sub(_mask_iban, text)
    return _CARD.sub(_mask_if(is_card, "[CARD]"), text)


def is_card(text: str) -> bool:
    """Passes the Luhn check (ISO/IEC 7812-1) with 13 to 19 digits that are not all the same."""
    digits = [int(char) for char in text if char.isdecimal()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return 13 <= len(digits) <= 19 and len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_iban(text: str) -> bool:
    """Its check digits are right (ISO 13616, modulo 97)."""
    plain = re.sub(r"[ -]", "", text).upper()
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1


def _mask_iban(match: re.Match[str]) -> str:
    """Words that follow look like more groups, so the longest part that is an IBAN counts."""
    found = match[0]
    for end in range(len(found), 14, -1):
        if is_iban(found[:end]) and not found[end : end + 1].isalnum():
            return "[IBAN]" + found[end:]
    return found


def _mask_if(is_it: Callable[[str], bool], mask: str) -> Callable[[re.Match[str]], str]:
    return lambda match: mask if is_it(match[0]) else match[0]
