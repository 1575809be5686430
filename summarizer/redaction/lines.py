"""A turn as redaction reads it: its text, its digits, and what was talked about just before."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from summarizer.redaction.spoken import Digits, Plain, groups, plain

NEAR = 80  # characters before a number in which its name stands
RECALLED = 4  # turns back to the question that a turn answers
TAIL = 200  # characters of each of them


class Topic(StrEnum):
    """What a number was called."""

    CODE = "code"
    CARD = "card"
    NATIONAL = "national"
    IBAN = "iban"
    PHONE = "phone"
    POSTCODE = "postcode"
    ORDER = "order"


_WORDS = {
    Topic.CODE: r"""cvv2?|cvc2?|csc|cvn|cid|security\s+(?:code|number)|verification\s+value|pin(?:\s+(?:code|number))?
        |(?:digits|numbers|code|number)\s+on\s+the\s+back|(?:code|num[ée]ro)\s+(?:de\s+s[ée]curit[ée]|secret|confidentiel)
        |cryptogramme|chiffres\s+au\s+(?:dos|verso)|c[óo]digo\s+de\s+seguridad|d[íi]gitos\s+(?:del|de)\s+(?:reverso|atr[áa]s)
        |pr[üu]f(?:nummer|ziffer)|kartenpr[üu]fnummer|sicherheits(?:code|nummer)|geheimzahl""",
    Topic.CARD: r"""(?:credit|debit|bank|payment)\s*cards?|card|(?:number|digits)\s+(?:on|of)\s+(?:the|your)\s+(?:front|card)
        |visa|mastercard|amex|american\s+express|carte(?:\s+(?:bancaire|bleue|de\s+cr[ée]dit))?|tarjeta
        |(?:kredit|bank|giro)?karten?(?:nummer)?""",
    Topic.NATIONAL: r"""ssn|social(?:\s+security)?(?:\s+number)?|national\s+insurance|nino?|passports?|passeport|pasaporte
        |reisepass|driv(?:er'?s?|ing)\s+licen[cs]e|permis\s+de\s+conduire|s[ée]curit[ée]\s+sociale|num[ée]ro\s+de\s+s[ée]cu
        |nir|dni|nie|nif|identity\s+card|id\s+card|carte\s+d['’]identit[ée]|documento\s+de\s+identidad|personalausweis\w*
        |ausweis(?:nummer)?|f[üu]hrerschein\w*|steuer(?:-?id\w*|nummer|liche\s+id\w*|-?identifikationsnummer)
        |sozialversicherungsnummer|seguridad\s+social|codice\s+fiscale|bsn|burgerservicenummer|rijksregisternummer
        |registre\s+national|ahv(?:-?nummer)?|avs|cpf|aadhaar|social\s+insurance|tax\s+id""",
    Topic.IBAN: r"iban|account|compte|cuenta|konto(?:nummer)?|rib|sort\s+code|routing",
    Topic.PHONE: r"""(?:tele|cell|mobile\s*)?phones?|mobile|cell|landline|(?:reach|call|text|ring|phone|contact)\s+(?:me|you|us|her|him|them)
        |call(?:\s*back)?|callback|rappel\w*|joindre|joignable|t[ée]l[ée]phone|portable|(?:num[ée]ro\s+de\s+)?t[ée]l|fixe|appel\w*
        |tel[ée]fono|m[óo]vil|celular|ll[áa]m\w*|llamar\w*|telefon\w*|handy\w*|mobil\w*|r[üu]ckruf\w*|anrufen|erreich\w*
        |whatsapp|fax|contact\s+number|tel""",
    Topic.POSTCODE: r"""post\s?codes?|postal\s+codes?|zip(?:\s*codes?)?|codes?\s+posta(?:l|ux)|c[óo]digos?\s+posta(?:l|les)
        |plz|postleitzahl""",
    Topic.ORDER: r"""orders?|commandes?|pedidos?|bestell\w*|auftrag\w*|reference|r[ée]f[ée]rence|referencia|referenz\w*|ref
        |tracking|track|suivi|seguimiento|sendung\w*|tickets?|vorgang\w*|case|dossier|expediente|flights?|vol|vuelo|flug\w*
        |bookings?|r[ée]servation|reserva|buchung\w*|confirmation|invoices?|facture|factura|rechnung\w*|serial|s[ée]rie|serien\w*
        |policy|polic[ey]|p[óo]liza|contrat|contrato|vertrag\w*|model|mod[èe]le|modelo|modell|sku|item|article|art[íi]culo
        |artikel\w*|parcel|package|colis|paquete|paket\w*|shipment|imei|customer\s+(?:number|id)|num[ée]ro\s+client
        |n[úu]mero\s+de\s+cliente|kundennummer|transaction|isbn|ean|part|claim|sinistre|meter|compteur|z[äa]hler\w*""",
}
_NAMED = re.compile(
    r"\b(?:"
    + "|".join(f"(?P<{topic}>{re.sub(chr(10) + ' *', '', words)})" for topic, words in _WORDS.items())
    + r")\b",
    re.IGNORECASE,
)
# "123 is my security code"
_AFTER = re.compile(r"\W{0,3}(?:is|was|are|est|es|ist|that's|c'est)\s+(?:[^\W\d]+\s+){0,2}?(?=[^\W\d])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One turn; `recent` is how the turns before it end, the latest last."""

    text: str
    speaker: str
    recent: str
    groups: list[Digits]
    plain: Plain

    def topic(self, start: int, end: int) -> Topic | None:
        """What the number at these characters is called, here or in the question that it answers."""
        before = self.text[max(0, start - NEAR) : start]
        here = _last(before) or self._named_after(end)
        return here or (_last(self.recent) if start <= NEAR else None)

    def _named_after(self, end: int) -> Topic | None:
        verb = _AFTER.match(self.text, end, end + 40)
        named = _NAMED.match(self.text, verb.end(), verb.end() + 30) if verb else None
        return Topic(named.lastgroup) if named and named.lastgroup else None


def read(said: Sequence[tuple[str, str]]) -> list[Line]:
    """Lines of these speakers and texts."""
    lines: list[Line] = []
    for index, (speaker, text) in enumerate(said):
        recent = "\n".join(before[-TAIL:] for _, before in said[max(0, index - RECALLED) : index])
        found = groups(text)
        lines.append(Line(text, speaker, recent, found, plain(text, found)))
    return lines


def topics_in(text: str) -> list[tuple[Topic, int, int]]:
    """Every naming word of a text, and its characters."""
    return [(Topic(match.lastgroup), *match.span()) for match in _NAMED.finditer(text) if match.lastgroup]


def _last(text: str) -> Topic | None:
    named = topics_in(text)
    return named[-1][0] if named else None
