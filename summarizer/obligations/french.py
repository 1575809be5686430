"""The French ways to say that somebody will, could or must do something, in a call and in a summary.

Each form ends before the verb: "nous allons | rembourser", "je vous | rappellerai", "le client doit | signer".
Not caught: a promise in the present without a pronoun before the verb ("j'envoie"), inversions, and "on" as "one".
"""

import re
from collections.abc import Iterator

from summarizer.conversation import Role
from summarizer.obligations.obligation import MAX_CLAUSE, OTHER, Mood, Obligation, owed

# Of a text in which "j'" and "l'" stand apart, as `plain` makes it.
_OBJECT = r"(?: ?\b(?:vous|te|t|lui|leur|l|le|la|les|en|y|me|m|nous|aussi|ensuite|également|alors|donc|bien)\b){0,4}"
_NOT = r"(?! ?\w+ (?:pas|plus|jamais|rien)\b)(?! ?(?:pas|plus|jamais)\b)"
_FUTURE = r"(?= ?\w{2,}(?:rai|ras|ra|rons|rez|ront)\b)"
_PRESENT = (
    r"(?= ?(?:envoi|rappell|contact|recontact|expédi|transmet|transfèr|rembours|crédit|poste|planifi|programm|annul"
    r"|remplac|échang|retourn|ramèn|renvoi|livr)\w{0,4}\b)"
)
_TEAM = (
    r"(?:équipe|service|collègues?|responsable|technicien(?:ne)?|expert|livreur|magasin|conseiller|quelqu un|banque"
    r"|dépôt|entrepôt|superviseur)"
)
_CUSTOMER = r"(?:clients?|cliente|appelante?)"
_AGENT = r"(?:agents?|agente|conseill(?:er|ère))"
_GETS = (
    r"(?= ?(?:recev|obt|(?:sera|serez|seront) (?:\w+ )?(?:contact|rappel|rembours|recontact|prévenu|informé|notifié)))"
)

_BY_SPEAKER = re.compile(
    rf"\b(?:(?:je|j|nous|on){_OBJECT} ?(?:(?:vais|allons|va)\b{_NOT}{_OBJECT}|{_FUTURE}{_NOT})"
    rf"|(?:je|nous) (?:vous|te|l|le|la|les|lui|leur)\b{_OBJECT}{_PRESENT}{_NOT}(?! ?\w+[rz]\b))"
)
_BY_TEAM = re.compile(rf"\b{_TEAM}{_OBJECT} ?(?:(?:va|vont)\b{_NOT}{_OBJECT}|{_FUTURE}{_NOT})")
_TO_LISTENER = re.compile(rf"\bvous ?(?:allez\b)?{_GETS}{_NOT}")
_OFFER = re.compile(rf"\b(?:je (?:peux|pourrais)|nous (?:pouvons|pourrions)|on peut)\b{_NOT}{_OBJECT}")
_DONE = re.compile(
    rf"\b(?:je{_OBJECT} ?(?:viens de)|j{_OBJECT} ?ai|nous{_OBJECT} ?avons|on{_OBJECT} ?a)\b{_NOT}{_OBJECT}"
)
_REQUEST = re.compile(
    rf"\b(?:vous{_OBJECT} ?(?:devez|devrez|pouvez|pourrez|aurez à)|il (?:faut|faudra|faudrait) que vous"
    rf"|merci de|veuillez|(?:pourriez|pouvez|pourrez)[ -]vous|vous (?:invite|demande|prie) (?:à|de))\b{_NOT}{_OBJECT}"
)

_ROLE = rf"(?:(?P<agent>{_AGENT}|{_TEAM})|(?P<customer>{_CUSTOMER}))"
_WILL_TOLD = re.compile(rf"\b{_ROLE}{_OBJECT} ?(?:(?:va|vont)\b{_NOT}{_OBJECT}|{_FUTURE}(?! ?devra){_NOT})")
_MUST_TOLD = re.compile(
    rf"\b{_ROLE}{_OBJECT} ?(?:doit|doivent|devra|devront|(?:est|a été) (?:invitée?|priée?) (?:à|de)|est tenue? de)\b"
    rf"{_NOT}{_OBJECT}"
)
_ASKED_TOLD = re.compile(rf"\bdemand\w* (?:au |à l |à la |aux ){_ROLE} (?:de|d)\b{_OBJECT}")
_RECEIVED = re.compile(_GETS)


def said(sentence: str, speaker: Role | None) -> Iterator[Obligation]:
    """What one plain sentence of the call puts on whom."""
    listener = OTHER[speaker] if speaker else None
    forms = [
        (_BY_SPEAKER, Mood.WILL, speaker),
        (_OFFER, Mood.OFFER, speaker),
        (_DONE, Mood.DONE, speaker),
        (_REQUEST, Mood.MUST, listener),
    ]
    if speaker is not Role.CUSTOMER:
        forms += [(_BY_TEAM, Mood.WILL, speaker), (_TO_LISTENER, Mood.WILL, speaker)]
    for form, mood, owner in forms:
        for match in form.finditer(sentence):
            yield from owed(sentence[match.end() : match.end() + MAX_CLAUSE], mood, owner)


def told(sentence: str) -> Iterator[Obligation]:
    """What one plain sentence of a summary puts on whom."""
    for form, mood in ((_WILL_TOLD, Mood.WILL), (_MUST_TOLD, Mood.MUST), (_ASKED_TOLD, Mood.MUST)):
        for match in form.finditer(sentence):
            owner = Role.AGENT if match["agent"] else Role.CUSTOMER
            clause = sentence[match.end() : match.end() + MAX_CLAUSE]
            is_given = mood is Mood.WILL and _RECEIVED.match(clause)
            yield from owed(clause, mood, OTHER[owner] if is_given else owner)
