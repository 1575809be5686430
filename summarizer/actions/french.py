"""The French forms: je vous envoie ..., nous allons ..., vous devrez ..., il faut que vous ..., pourriez-vous ... ?"""

import re
from collections.abc import Iterator

from summarizer.actions.action import Action, Kind, Who, end_of_clause
from summarizer.roots import root
from summarizer.words import any_of

_INFINITIVES = """envoyer renvoyer rappeler appeler contacter recontacter rembourser transmettre remplacer expédier
    livrer créditer annuler programmer planifier réparer échanger retourner ramener apporter payer régler signer remplir
    écrire répondre informer prévenir confirmer passer activer installer facturer commander réserver déposer imprimer
    scanner fournir donner traiter escalader signaler relancer compléter résilier clôturer bloquer mettre téléphoner
    ouvrir poster fermer venir revenir étudier examiner lancer organiser corriger modifier récupérer restituer valider
    régulariser débloquer reprogrammer relivrer prélever tenir faire joindre fixer""".split()
_IRREGULAR = {
    form: verb
    for verb, forms in {
        "tenir": "tiens tient tenons tiendrai tiendra tiendrons tiendront",
        "venir": "vient viendra viendrai viendront viendrons",
        "revenir": "reviens revient reviendra reviendrai reviendrons",
        "faire": "ferai fera ferons feront fassiez",
    }.items()
    for form in forms.split()
}
_BY_ROOT = {root(one): one for one in reversed(_INFINITIVES) if one not in ("rappeler", "appeler", "contacter")}
_CALLS = (("rappel", "rappeler"), ("appel", "appeler"), ("recontact", "recontacter"), ("contact", "contacter"))
_TO_SOMEBODY = frozenset(
    "envoyer renvoyer transmettre expédier livrer répondre écrire donner fournir confirmer".split()
)

_AT_ONCE = frozenset(
    """bloquer confirmer traiter mettre passer donner installer activer annuler clôturer
    ouvrir fermer modifier corriger valider débloquer""".split()
)

_CLITIC = r"(?:vous |nous |me |m'|te |t'|lui |leur |l'|le |la |les |en |y )"
_CLITICS = rf"(?P<clitics>{_CLITIC}{{0,3}})"
_NOT_DENIED = r"\b(?! (?:pas|plus|jamais|rien)\b)"
_WORD = rf"(?P<verb>\w+){_NOT_DENIED}"
_INFINITIVE = rf"(?!pas\b|plus\b)(?P<more>{_CLITIC}{{0,3}}){_WORD}"
_WILL = (
    rf"{_CLITICS}(?:(?:vais|allons|va|vont|allez) {_INFINITIVE}"
    rf"|(?P<later>\w{{2,}}(?:rai|ras|ra|rons|rez|ront)){_NOT_DENIED})"
)
_TEAM = r"équipe|service|collègues?|responsable|technicien(?:ne)?|expert|conseill(?:er|ère)|superviseur|on|quelqu'un"
_OUTSIDER = (
    r"banque|assurance|assureur|propriétaire|livreur|transporteur|dépôt|vendeur|mari|femme|fils|fille|médecin|voisine?"
    r"|police|fabricant|facteur|hôtel|avocat|frère|sœur|père|mère|plombier|fournisseur"
)
_SOMEBODY = rf"\b(?:(?P<team>{_TEAM})|(?P<outsider>{_OUTSIDER}))(?: technique| client| comptable)? "


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_PRESENT = _form(rf"\b(?:je |j'|nous ){_CLITICS}(?P<verb>\w+(?:e|s|ons)){_NOT_DENIED}")
_SAYS = (
    (_form(rf"\b(?:je |j'|nous ){_WILL}"), Who.SPEAKER),
    (_PRESENT, Who.SPEAKER),
    (_form(rf"\bvous {_CLITICS}(?:devez|devrez|aurez à|allez devoir) {_INFINITIVE}"), Who.LISTENER),
    (_form(rf"\bil (?:faut|faudra) que vous {_CLITICS}{_WORD}"), Who.LISTENER),
    (_form(rf"{_SOMEBODY}{_WILL}"), None),
)
_ASKS = (
    (_form(rf"\b(?:veuillez|merci de) {_CLITICS}{_WORD}"), Who.LISTENER, Kind.ASKED),
    (_form(rf"\b(?:pourriez|pouvez|pourrez)[- ]vous {_CLITICS}{_WORD}"), Who.LISTENER, Kind.ASKED),
    (_form(rf"\b(?:je peux|nous pouvons|puis-je) {_CLITICS}{_WORD}"), Who.SPEAKER, Kind.OFFERED),
)
_RECEIVES = _form(
    r"\b(?P<who>vous|(?:votre|vos|le|la|les) \w+) "
    r"(?P<verb>recevrez|allez recevoir|(?:serez|sera|seront) \w+(?:ée?s?|us?))\b"
)
_PERSONS = {"vous": "you", "nous": "me", "me": "me", "m'": "me"}
_THINGS = ("l'", "le", "la", "les", "lui", "leur")
_THIRD = {"recevrez": "recevra", "allez": "va", "serez": "sera"}
_ANY = re.compile(r"\b(?:vous|je|j'|nous|va|vont|veuillez|merci de|puis-je|\w{2,}(?:ra|ront))\b", re.IGNORECASE)
_OPEN = any_of("si|s'il|sinon|au cas où|pourrait|pourrais|un instant|un moment|tout de suite|maintenant")


def actions(sentence: str) -> Iterator[Action]:
    """The actions of one sentence with straight apostrophes; of its verbs only those whose infinitive is known."""
    if not _ANY.search(sentence):
        return
    is_question = sentence.endswith("?")
    for form, who, kind in _ASKS:
        for match in form.finditer(sentence):
            yield from _action(sentence, match, who=who, kind=kind)
    if not is_question:
        for said, doer in _SAYS:
            for match in said.finditer(sentence):
                who = doer or (Who.TEAM if match["team"] else Who.OUTSIDER)
                yield from _action(sentence, match, who=who, kind=Kind.SAID)
        yield from _received(sentence)


def infinitive(verb: str) -> str | None:
    """Of the verbs we know: enverrai is a form of envoyer."""
    plain = verb.casefold()
    called = next((known for begin, known in _CALLS if plain.startswith(begin)), None)
    return called or _IRREGULAR.get(plain) or _BY_ROOT.get(root(plain))


def _action(sentence: str, match: re.Match[str], *, who: Who, kind: Kind) -> Iterator[Action]:
    groups = match.groupdict()
    verb = groups.get("verb") or groups.get("later") or ""
    known, end = infinitive(verb), end_of_clause(sentence, match.end())
    is_at_once = match.re is _PRESENT and known in _AT_ONCE  # je bloque la carte
    if known and not is_at_once and not _OPEN.search(sentence[:end]):
        opening = _opening(known, f"{groups.get('clitics') or ''}{groups.get('more') or ''}".casefold())
        yield Action(who, kind, match.end(), end, verb=verb, opening=opening)


def _opening(verb: str, clitics: str) -> str:
    """Rappeler {you}; l'envoyer à {you}: `wording` knows who that is."""
    spoken = clitics.replace("'", "' ").split()
    person = next((_PERSONS[one] for one in spoken if one in _PERSONS), None)
    thing = next((one for one in spoken if one in _THINGS), "")
    if thing in ("le", "la", "l'"):
        thing = "l'" if verb[0] in "aeéiouh" else "le" if thing == "l'" else thing
    whom = f" {'à ' if verb in _TO_SOMEBODY else ''}{{{person}}}" if person else ""
    gap = "" if thing in ("", "l'") else " "
    return f"{thing}{gap}{verb}{whom}"


def _received(sentence: str) -> Iterator[Action]:
    """Vous recevrez la carte, votre dossier sera traité: the subject stays, since nobody says who does it."""
    for match in _RECEIVES.finditer(sentence):
        end, verb = end_of_clause(sentence, match.end()), match["verb"].split()
        is_denied = re.match(r" (?:pas|plus|jamais|rien)\b", sentence[match.end() :])
        if not is_denied and not _OPEN.search(sentence[:end]):
            is_you = match["who"].casefold() == "vous"
            start = match.end() if is_you else match.start("who")
            opening = " ".join(["{you}", _THIRD[verb[0].casefold()], *verb[1:]]) if is_you else None
            yield Action(Who.TEAM, Kind.SAID, start, end, verb=verb[-1], opening=opening)
