"""The deeds that people in a contact center promise each other, and the many words for each, English and French."""

import re
from functools import lru_cache

from summarizer.roots import ELISION, root
from summarizer.words import is_content, sentences, stem, telling_stems, words

FAMILIES = {
    family: frozenset(stem(one) for one in members.split())
    for family, members in {
        "contact": "contact call callback phone ring line email mail text message dm respond reply notify inform",
        "send": "send resend sent ship shipped dispatch deliver delivery email mail post receive supply provide",
        "pass on": "pass forward escalate share log raise submit file relay feed",
        "pay": "pay paid refund reimburse credit waive compensate",
        "bring": "bring visit return",
        "arrange": "arrange schedule cancel replace replacement exchange fix repair process reactivate renew",
    }.items()
}

_FRENCH = {
    family: frozenset(root(one) for one in members.split())
    for family, members in {
        "contact": "contacter recontacter rappeler appeler téléphoner écrire prévenir informer répondre notifier",
        "send": "envoyer renvoyer expédier livrer poster recevoir fournir",
        "pass on": "transmettre transférer escalader signaler remonter",
        "pay": "payer rembourser créditer régler",
        "bring": "apporter ramener retourner visiter",
        "arrange": "planifier programmer annuler remplacer échanger réparer réactiver renouveler",
    }.items()
}

_STEMS = frozenset[str]().union(*FAMILIES.values())
_NO_ORDERS = frozenset("callback delivery receive replacement sent shipped paid".split())
_SKIPPED = frozenset(
    """also then now just definitely certainly surely soon again please personally kindly always be being been sure
    make to would could can you happy glad able have go ahead and get vous te t lui
    leur l le la les en y me m nous aussi ensuite bien également alors à de d que être sera serez seront""".split()
)
_VAGUE = frozenset(
    stem(one)
    for one in """within back soon asap possible directly shortly able along however further info information
    update""".split()
)

_SOMEBODY = r"(?:you|me|us|them|him|her|the (?:customer|agent|client))"
_MESSAGE = r"(call|ring|text|email|message|dm|line)"
_PHRASES = (
    (r"\be-mail", "email"),
    (rf"\b(?:giv|gave|send|sent|drop)\w* {_SOMEBODY} an? (?:quick )?{_MESSAGE}\b", r"\1"),
    (r"\bget (?:it|this|that|them) out\b", "send"),
    (r"\bget (?:\w+ ){1,3}(\w+ed|sent)\b", r"\1"),
    (r"\b(?:get|gets|getting|come|write|writing) back (?:to|with)\b", "contact"),
    (r"\b(?:get|getting|be|being|keep|stay)(?: back)? in touch\b", "contact"),
    (r"\b(?:follow|following) up\b|\b(?:reach|reaching)(?: back)? out\b", "contact"),
    (rf"\blet(?:ting)? {_SOMEBODY} know\b|\b(?:keep|update) {_SOMEBODY}(?: posted| updated| informed)?\b", "contact"),
    (r"\bhear(?:ing)? (?:back )?from\b", "receive contact"),
    (r"\bget(?= (?:an?|the|your|their|my)\b)", "receive"),
    (r"\brend(re|ra|ront) visite\b", r"visite\1"),
    (r"\b(?:tien\w+|tenir) (?:vous |au )+courant", "contacter"),
    (r"\bfeed(?:ing)? (?:this|that|it|your \w+)? ?back\b", "forward"),
)


def plain(sentence: str) -> str:
    """Small letters, straight apostrophes, j' and l' apart, and one word where people use a phrase for a deed."""
    text = ELISION.sub(r"\1 ", sentence.lower().replace("’", "'"))
    for phrase, word in _PHRASES:
        text = re.sub(phrase, word, text)
    return text


def plain_sentences(text: str) -> list[str]:
    """Each sentence of a text, plain."""
    return [plain(text[start:end]) for start, end in sentences(text)]


def done_by(clause: str) -> frozenset[str]:
    """The families of a clause that begins with its verb; the verb's own root if it is of no family."""
    found = verbs(clause)
    known = [one for one in found if family_of(one)]
    if known and stem(found[0]) in FAMILIES["send"]:
        return deeds_in(clause) | family_of(known[0])  # what one sends or gets may be the deed: a message, a refund
    return frozenset().union(*map(family_of, known)) if known else frozenset(root(one) for one in found[:1])


def verbs(clause: str) -> list[str]:
    """The first word that is no adverb, and each that follows an "and"."""
    spoken = [word.text for word in words(clause)]
    starts = [0, *(index + 1 for index, one in enumerate(spoken) if one in ("and", "then", "et", "puis"))]
    found = [next((one for one in spoken[start:] if one not in _SKIPPED), "") for start in starts]
    return [one for index, one in enumerate(found) if one and (index == 0 or _is_base(one))]


def is_order(sentence: str) -> bool:
    """Begins with the bare verb: send us the form."""
    first = words(sentence)[:1]
    return bool(first and family_of(first[0].text) and _is_base(first[0].text))


def deeds_in(text: str) -> frozenset[str]:
    """The families of all its words."""
    return frozenset(family for word in words(text) if is_content(word) for family in family_of(word.text))


@lru_cache(maxsize=10_000)
def family_of(word: str) -> frozenset[str]:
    """An email is both sent and a contact."""
    one, french = stem(word), root(word)
    return frozenset(family for family in FAMILIES if one in FAMILIES[family] or french in _FRENCH[family])


def matter_of(text: str) -> frozenset[str]:
    """Stems of what it is about, without the deeds."""
    return frozenset(telling_stems(text)) - _VAGUE - _STEMS


def _is_base(word: str) -> bool:
    return word not in _NO_ORDERS and not word.endswith(("ed", "ing"))
