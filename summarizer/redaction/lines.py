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
    Topic.CODE: r"""cvv2?|cvc2?|csc|cvn|cid|security\s+(?:code|number)|verification\s+value
        |pin(?:\s+(?:code|number))?
        |(?:digits|numbers|code|number)\s+on\s+the\s+back
        |(?:code|num[ée]ro)\s+(?:de\s+s[ée]curit[ée](?!\s+sociale)|secret|confidentiel)
        |cryptogramme|chiffres\s+au\s+(?:dos|verso)|c[óo]digo\s+de\s+seguridad
        |d[íi]gitos\s+(?:del|de)\s+(?:reverso|atr[áa]s)
        |pr[üu]f(?:nummer|ziffer)|kartenpr[üu]fnummer|sicherheits(?:code|nummer)|geheimzahl""",
    Topic.CARD: r"""(?:credit|debit|bank|payment)\s*cards?|card
        |(?:number|digits)\s+(?:on|of)\s+(?:the|your)\s+(?:front|card)
        |visa|mastercard|amex|american\s+express|carte(?:\s+(?:bancaire|bleue|de\s+cr[ée]dit))?|tarjeta
        |(?:kredit|bank|giro)?karten?(?:nummer)?""",
    Topic.NATIONAL: r"""ssn|social(?:\s+security)?(?:\s+number)?|national\s+insurance|nino?|passports?
        |passeport|pasaporte
        |reisepass|driv(?:er'?s?|ing)\s+licen[cs]e|permis\s+de\s+conduire|s[ée]curit[ée]\s+sociale
        |num[ée]ro\s+de\s+s[ée]cu
        |nir|dni|nie|nif|identity\s+card|id\s+card|carte\s+d['’]identit[ée]|documento\s+de\s+identidad
        |personalausweis\w*
        |ausweis(?:nummer)?|f[üu]hrerschein\w*|steuer(?:-?id\w*|nummer|liche\s+id\w*|-?identifikationsnummer)
        |sozialversicherungsnummer|seguridad\s+social|codice\s+fiscale|bsn|burgerservicenummer|rijksregisternummer
        |registre\s+national|ahv(?:-?nummer)?|avs|cpf|aadhaar|social\s+insurance|tax\s+id""",
    Topic.IBAN: r"iban|account|compte|cuenta|konto(?:nummer)?|rib|sort\s+code|routing",
    Topic.PHONE: r"""(?:tele|cell|mobile\s*)?phones?|mobile|cell|landline
        |(?:reach|call|text|ring|phone|contact)\s+(?:me|you|us|her|him|them)
        |call(?:\s*back)?|callback|rappel\w*|joindre|joignable|t[ée]l[ée]phone|portable
        |(?:num[ée]ro\s+de\s+)?t[ée]l|fixe|appel\w*
        |tel[ée]fono|m[óo]vil|celular|ll[áa]m\w*|llamar\w*|telefon\w*|handy\w*|mobil\w*|r[üu]ckruf\w*|anrufen
        |erreich\w*
        |whatsapp|fax|contact\s+number|tel""",
    Topic.POSTCODE: r"""post\s?codes?|postal\s+codes?|zip(?:\s*codes?)?|codes?\s+posta(?:l|ux)
        |c[óo]digos?\s+posta(?:l|les)
        |plz|postleitzahl""",
    Topic.ORDER: r"""orders?|commandes?|pedidos?|bestell\w*|auftrag\w*|reference|r[ée]f[ée]rence|referencia
        |referenz\w*|ref
        |tracking|track|suivi|seguimiento|sendung\w*|tickets?|vorgang\w*|case|dossier|expediente|flights?|vol
        |vuelo|flug\w*
        |bookings?|r[ée]servation|reserva|buchung\w*|confirmation|invoices?|facture|factura|rechnung\w*
        |serial|s[ée]rie|serien\w*
        |policy|polic[ey]|p[óo]liza|contrat|contrato|vertrag\w*|model|mod[èe]le|modelo|modell|sku|item
        |article|art[íi]culo
        |artikel\w*|parcel|package|colis|paquete|paket\w*|shipment|imei|customer\s+(?:number|id)
        |num[ée]ro\s+client
        |n[úu]mero\s+de\s+cliente|kundennummer|transaction|isbn|ean|part|claim|sinistre|meter|compteur
        |z[äa]hler\w*""",
}
_NAMED = re.compile(
    r"\b(?:"
    + "|".join(f"(?P<{topic}>{re.sub(chr(10) + ' *', '', words)})" for topic, words in _WORDS.items())
    + r")\b",
    re.IGNORECASE,
)
# "123 is my security code"
_AFTER = re.compile(r"\W{0,3}(?:is|was|are|est|es|ist|that's|c'est)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """A word that says what a number is, at characters `start` to `end` (exclusive)."""

    topic: Topic
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """One turn; `asked` is what the turns before it talked about last."""

    text: str
    speaker: str
    before: str  #: the turn before
    asked: Topic | None
    groups: list[Digits]
    plain: Plain
    named: list[Named]

    def topic(self, start: int, end: int) -> Topic | None:
        """What the number at these characters is called, here or in the question that it answers."""
        before = [one for one in self.named if start - NEAR <= one.start and one.end <= start]
        if before:
            return before[-1].topic
        return self._named_after(end) or (self.asked if start <= NEAR else None)

    def _named_after(self, end: int) -> Topic | None:
        verb = _AFTER.match(self.text, end, end + 40)
        return next((one.topic for one in self.named if verb and 0 <= one.start - verb.end() <= 16), None)


def read(said: Sequence[tuple[str, str]]) -> list[Line]:
    """Lines of these speakers and texts."""
    lines: list[Line] = []
    asked: list[Topic | None] = []
    for index, (speaker, text) in enumerate(said):
        found = groups(text)
        named = _named(text)
        before = said[index - 1][1] if index else ""
        recent = next((topic for topic in asked[: -RECALLED - 1 : -1] if topic), None)
        lines.append(Line(text, speaker, before, recent, found, plain(text, found), named))
        asked.append(named[-1].topic if named and named[-1].end >= len(text) - TAIL else None)
    return lines


def _named(text: str) -> list[Named]:
    return [Named(Topic(match.lastgroup), *match.span()) for match in _NAMED.finditer(text) if match.lastgroup]
