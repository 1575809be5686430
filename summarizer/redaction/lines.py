"""A turn as redaction reads it: its text, its digits, and what was talked about just before."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from summarizer.redaction.spans import Span
from summarizer.redaction.spoken import Digits, Plain, groups, is_pure, plain

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
    BORN = "born"
    ORDER = "order"


_WORDS = {
    Topic.CODE: r"""cvv2?|cvc2?|csc|cvn|cid|security\s+(?:code|number)|verification\s+value
        |pin(?:\s+(?:code|number))?
        |(?:digits|numbers|code|number)\s+on\s+the\s+(?:back|reverse|signature\s+strip)
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
    Topic.BORN: r"""born|birth\s?(?:date|day)|date\s+of\s+birth|dob|n[ée]e?(?=\s+le)|êtes\s+n[ée]e?
        |(?:date|jour)\s+de\s+naissance
        |nac[ií]|nacid[oa]|fecha\s+de\s+nacimiento|geboren|geburts(?:datum|tag)|nascid[oa]|data\s+de\s+nascimento
        |nat[oa]\s+il|data\s+di\s+nascita""",
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
# "123 is my security code", "typed 123 as my PIN"
_AFTER = re.compile(r"\W{0,3}(?:is|was|are|as|est|es|ist|that's|c'est)\s+", re.IGNORECASE)
# Longer gaps are read as if they were this long: what stands on both sides belongs together in no language, and
# every pattern stays linear whatever is sent.
_LONG_GAP = re.compile(r"(?<=[\W_]{12})[\W_]{13,}(?=[\W_]{12})")


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
    runs: list[list[Digits]]  #: groups that follow each other with marks alone between them
    cuts: list[tuple[int, int]]  #: where a long gap was cut from the text, and how much up to there

    def topic(self, start: int, end: int) -> Topic | None:
        """What the number at these characters is called, here or in the question that it answers."""
        last = bisect_right(self.named, start, key=_end) - 1
        if last >= 0 and start - NEAR <= self.named[last].start:
            return self.named[last].topic
        return self._named_after(end) or (self.asked if start <= NEAR else None)

    def original(self, span: Span) -> Span:
        """The same characters of the turn as it was said."""
        return replace(span, start=self._uncut(span.start), end=self._uncut(span.end - 1) + 1)

    def _named_after(self, end: int) -> Topic | None:
        verb = _AFTER.match(self.text, end, end + 40)
        following = bisect_right(self.named, end, key=_end)
        if verb is None or following == len(self.named):
            return None
        return self.named[following].topic if 0 <= self.named[following].start - verb.end() <= 16 else None

    def _uncut(self, place: int) -> int:
        before = bisect_right(self.cuts, place, key=lambda cut: cut[0])
        return place + (self.cuts[before - 1][1] if before else 0)


def read(said: Sequence[tuple[str, str]], language: str | None = None) -> list[Line]:
    """Lines of these speakers and texts in this language (BCP 47)."""
    lines: list[Line] = []
    asked: list[Topic | None] = []
    for speaker, whole in said:
        text, cuts = _cut(whole)
        found = groups(text, language)
        named = _named(text)
        before = lines[-1].text if lines else ""
        recent = next((topic for topic in asked[: -RECALLED - 1 : -1] if topic), None)
        runs = list(_runs(text, found))
        lines.append(Line(text, speaker, before, recent, found, plain(text, found), named, runs, cuts))
        asked.append(named[-1].topic if named and named[-1].end >= len(text) - TAIL else None)
    return lines


def _cut(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without the middle of its long gaps, and where they were."""
    cuts: list[tuple[int, int]] = []
    gone = 0
    for gap in _LONG_GAP.finditer(text):
        gone += len(gap[0])
        cuts.append((gap.end() - gone, gone))
    return (_LONG_GAP.sub("", text), cuts) if cuts else (text, cuts)


def _runs(text: str, found: list[Digits]) -> Iterator[list[Digits]]:
    run: list[Digits] = []
    for one in found:
        if run and not is_pure(text[run[-1].end : one.start]):
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _end(named: Named) -> int:
    return named.end


def _named(text: str) -> list[Named]:
    return [Named(Topic(match.lastgroup), *match.span()) for match in _NAMED.finditer(text) if match.lastgroup]
