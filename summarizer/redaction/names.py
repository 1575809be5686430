"""Names of the people who speak: shown by the platform, told when they introduce themselves, spelled when asked.

A name found once is masked in every turn, where it is written with a capital. A summary says "the customer".
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from summarizer.redaction.kin import KIN
from summarizer.redaction.lines import Line
from summarizer.redaction.peoples import PEOPLES
from summarizer.redaction.spans import Kind, Span

_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’]{0,40}(?:-[A-ZÀ-ÖØ-Þ][\w'’]{0,40}){0,3}"
_PARTICLE = r"(?:de la|de|del|van der|van|von|le|la|da|dos)"
_NAME = rf"{_CAPITAL}(?:\s+(?:{_PARTICLE}\s+)?{_CAPITAL}){{0,2}}"
_ANY = r"[^\W\d_][\w'’-]{0,40}(?:\s+[^\W\d_][\w'’-]{0,40})?"
# After these anything is a name, also in small letters as recognizers write.
_STRONG = re.compile(
    r"\b(?i:my (?:full |first |last |sur)?name(?:'s|’s| is)|the name(?:'s|’s| is)|name is|my name, it's|je m['’]appelle"
    r"|mon (?:pr[ée])?nom(?: de famille)? (?:est|c['’]est)|me llamo"
    r"|mi (?:nombre|apellido) es|mein (?:vor|nach)?name ist|ich heiße)"
    rf"\s*:?\s+(?:(?P<name>{_NAME})|(?P<small>{_ANY}))"
)
# After these only what is written as a name.
_WEAK = re.compile(
    rf"\b(?:(?i:this is|it['’]s|i['’]m|i am|you['’]re|you are)\s+(?P<self>{_NAME})"
    r"(?=\s+(?i:speaking|calling|from|here|with|and (?:i|my)|how)\b"
    r"|[,.]?\s*(?i:how (?:can|may)|speaking)|[.,]?\s*$|[.,]\s+(?:[IH]|(?i:(?:and )?my)\b))"
    r"|(?i:(?:you['’]re |you are )?(?:speaking|talking|chatting) (?:with|to)|call me|ask(?:ed)? for|attention of"
    r"|(?:under|in|by) the name (?:of )?|(?:last|first|sur|family) ?name,?"
    r"|(?:put|book|booked|reserved?|registered|listed|file|filed|it(?:['’]s| is)) (?:it |that |this )?(?:down )?under"
    r"|(?:booking|reservation|appointment|order|parcel|package)s? (?:is |was |are )?for"
    r"|(?:guy|man|woman|lady|person|gentleman|agent|driver|rep|colleague|someone|somebody) (?:named|called)"
    r"|by the name of"
    r"|au nom de|nom de famille|a nombre de|apellidos?|auf den namen|im namen von|nachname|em nome de|a nome di"
    r"|parlez avec|ici|moi c['’]est|je suis"
    rf"|soy|le atiende|habla con|le habla|hier ist|hier spricht|sie sprechen mit|ich bin)\s+(?P<other>{_NAME})"
    r"|(?i:Mr|Mrs|Ms|Miss|Mister|Dr|Monsieur|Madame|Mme|M|Mademoiselle|Señora?|Sra?|Don|Doña|Herrn?|Frau)\.?\s+"
    rf"(?P<titled>{_NAME})|{KIN}\s+(?P<kin>{_NAME})"
    rf"|(?:läuft|lautet|gebucht|bestellt|reserviert|registriert|angemeldet) auf (?P<contract>{_CAPITAL}\s+{_CAPITAL})"
    rf"|(?P<phone>{_NAME}) (?:à (?:l['’]appareil|votre (?:écoute|service))|du service|am Apparat|al (?:habla|aparato))"
    rf"|(?P<own>{_NAME}),? mein Name|con (?P<with>{_NAME}),? d[íi]game"
    rf"|(?:^|[,.!?]\s)(?P<speaking>{_NAME}) speaking|(?:eu|avec) (?P<reached>{_CAPITAL}) au téléphone"
    rf"|(?i:hi|hello|thanks|thank you|bonjour|merci|hola|gracias|hallo|danke),?\s+(?P<greeted>{_CAPITAL})(?=[.,!?]|$))"
)
_ASKED = re.compile(
    r"\b(?i:your (?:(?:full|first|last) )*(?:sur)?name|who am i (?:speaking|talking|chatting)|who['’]s calling"
    r"|who do i have the|votre (?:pr[ée])?nom"
    r"|(?:what|which) name|quel nom|(?:a|de) nombre de qui[ée]n|qué nombre|welchen namen"
    r"|à qui ai-je|su (?:nombre|apellido)|con qui[ée]n (?:hablo|tengo)"
    r"|ihr(?:en)? (?:vor|nach|vollständigen )?namen?|mit wem spreche"
    r"|spell (?:that|it|your)|épeler|deletrear|buchstabieren)\b[^.!?]*[?.]?\s*$"
)
_SPELLED = re.compile(r"(?<![\w'’-])[^\W\d_](?:(?:-|, ?| |\. ?)[^\W\d_]){2,}(?![\w'’])")
# Written like names, or said where names are, and none.
_NONE = frozenset(
    """i a an the there sir madam ma'am mam miss everyone team all guys folks customer agent bot supervisor support
    service sorry sure yes yeah no not okay ok so thanks thank please hello hi hey good great well bye goodbye of
    course it it's that that's this is my and but for with from to on in at here calling speaking just still also
    very glad happy afraid looking trying having going getting unable able about because interested monday tuesday
    wednesday thursday friday saturday sunday january february march april may june july august september october
    november december english french spanish german oui non bonjour merci le la les un une du de client cliente
    conseiller désolé alors d'accord sí no hola gracias el los una señor señora agente ja nein hallo danke der die
    das ein eine kunde kundin herr frau monsieur madame mr mrs ms unknown person speaker user caller representative
    assistant system participant operator host guest actually welcome again vous votre pas là très en au aux dans
    usted que muy nicht sehr auch hier con mit avec à gut bien bueno vale prima alles perfekt super genau parfait on
    under spelled what whose user visitor right alright yep yup correct fine
    français french américain absolutely perfect can could would what how when where why you your we our they he she
    do did""".split()
)
_CONTRACTED = re.compile(r"(?:i|you|we|they|it|that|he|she|there|what)['’]|\w*\d", re.IGNORECASE)
_COMMON = frozenset(
    "will may mark rose grace hope art bill pat sue rich frank jack chase june april august dawn joy".split()
)


def names(lines: Sequence[Line], shown: Iterable[str]) -> Iterator[tuple[int, Span]]:
    """The turn and place of each name; `shown` are the participants' names on the platform."""
    found = [(turn, span) for turn, line in enumerate(lines) for span in _told(line)]
    told = {lines[turn].text[span.start : span.end] for turn, span in found}
    yield from found
    parts = {
        part for name in (*told, *filter(_is_name, shown)) for part in re.split(r"[\s,]+", name) if _is_telling(part)
    }
    if not parts:
        return
    again = re.compile(
        rf"(?<![\w\[])(?:{'|'.join(sorted(map(re.escape, parts), key=len, reverse=True))})(?![\w\]])", re.I
    )
    for turn, line in enumerate(lines):
        for match in again.finditer(line.text):
            if match[0][0].isupper():
                yield turn, Span(*match.span(), Kind.NAME)


def _told(line: Line) -> Iterator[Span]:
    """Names by which people introduce, address or spell themselves in one turn."""
    for match in _STRONG.finditer(line.text):
        yield from _trimmed(line.text, *match.span("name" if match["name"] else "small"))
    for match in _WEAK.finditer(line.text):
        yield from _trimmed(line.text, *match.span(match.lastgroup or 0))
    question = _ASKED.search(line.before[-200:])
    if question and len(line.text) <= 120:
        yield from _answer(line.text)
    if question or _STRONG.search(line.text):
        yield from (Span(*match.span(), Kind.NAME) for match in _SPELLED.finditer(line.text))


def _answer(text: str) -> Iterator[Span]:
    """The name in a reply: the words with a capital or, in one of at most three words, all that is left."""
    replies = (list(_trimmed(text, *match.span())) for match in re.finditer(_NAME, text))
    yield from next(filter(None, replies), [])
    if text.islower() and len(text.split()) <= 4:
        yield from _trimmed(text, 0, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """The first run of words that can be names."""
    kept: list[tuple[int, int]] = []
    for word in re.finditer(r"[^\s,.;:!?]+", text[start:end]):
        if not kept and PEOPLES.fullmatch(word[0]):
            break
        if text.startswith("[", start + word.start() - 1) or _is_no_name(word[0]):
            if kept:
                break
            continue
        kept.append((start + word.start(), start + word.end()))
    if kept:
        yield Span(kept[0][0], kept[-1][1], Kind.NAME)


def _is_no_name(word: str) -> bool:
    is_word = word.casefold() in _NONE or _CONTRACTED.match(word) or PEOPLES.fullmatch(word)
    return bool(is_word) or not word[0].isalpha()


def _is_name(shown: str) -> bool:
    """Is it more than a role, a number or an address?"""
    return re.fullmatch(r"[^\W\d_][^\d@_]*", shown) is not None and shown.casefold() not in _NONE


def _is_telling(part: str) -> bool:
    plain = part.casefold().strip(".")
    return len(plain) >= 3 and plain.isalpha() | ("-" in plain) | ("'" in plain) and plain not in _NONE | _COMMON
