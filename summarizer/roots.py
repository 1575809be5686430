"""One root for the many forms of a word, so that what was promised meets what is told: enverrai, envoyer, envoie.

English goes by `words.stem`; of French, Spanish and German verbs the commonest endings fall. A root is no word.
"""

import re
from functools import lru_cache

from summarizer.words import stem

MIN_ROOT = 3  # characters

ELISION = re.compile(r"\b(n|j|l|d|m|t|s|c|qu)['’](?=\w)")  # j'envoie: two words

_IRREGULAR = {
    "paid": "pay", "sent": "send", "bought": "buy", "lost": "lose", "found": "find", "left": "leave", "came": "come",
    "kept": "keep", "brought": "bring", "broke": "break", "broken": "break", "sold": "sell", "spoke": "speak",
    "callback": "contact", "call": "contact", "phon": "contact", "ring": "contact", "reach": "contact",
    "reimburs": "refund", "rappel": "contact", "appel": "contact", "recontact": "contact", "téléphon": "contact",
    "enver": "envoi",
    "renver": "renvoi", "renvoy": "renvoi", "envoy": "envoi", "pai": "pay",
    "reçu": "recev", "reçoi": "recev", "récri": "écri",
    "transmet": "transm", "transmett": "transm", "transmettr": "transm", "transmis": "transm", "remett": "remet",
    "apologise": "apolog", "apologize": "apolog", "apologi": "apolog", "apologis": "apolog", "apologiz": "apolog",
}  # fmt: skip
# Without the last s, which `stem` has taken: remplacerons.
_ENDINGS = sorted(
    """eraient eron erons eront erais erait erai eras erez era iron irons iront irai iras irez ira ron rons ront rais
    rait rai ras rez ra ées ée és iez ions oir er ez ons é aré ará arán ar ó an ant ent ais ait en st te""".split(),
    key=len,
    reverse=True,
)


@lru_cache(maxsize=10_000)
def root(word: str) -> str:
    """What its forms have in common, or nearly."""
    plain = stem(word)
    if known := _IRREGULAR.get(word.casefold()) or _IRREGULAR.get(plain):
        return known
    ending = next((one for one in _ENDINGS if plain.endswith(one) and len(plain) - len(one) >= MIN_ROOT), "")
    bare = plain.removesuffix(ending)
    bare = bare[:-1] if len(bare) > MIN_ROOT and bare[-1] == bare[-2] else bare
    return _IRREGULAR.get(bare, bare)
