"""Which language a text is in, of those whose figures we read: by its function words."""

import re

from summarizer.tags import primary

LANGUAGES = ("en", "fr", "es", "de", "pt", "it")
FEWEST_VOTES = 2  # below it, a text says nothing of its language

_WORDS = re.compile(r"[^\W\d_]+")
_MOST_READ = 2_000  # characters; more decide nothing anew
_FUNCTION_WORDS = {
    "en": "the and you is to of it that my for we have what with are this your will was on by from has at be",
    "fr": "le la les je vous est et que pas un une des du dans sur avec nous pour au il elle ce c d l j qui votre mon",
    "es": "el la los las que de y en es un por con no una se lo del al para mi su está usted qué son hasta",
    "de": "der die das ich und sie ist nicht es ein wir zu den mit am bis für auf dem eine im ihr von um wird hat",
    "pt": "o os as que de e em é um por com não uma se você do da no na ao para meu seu até são às",
    "it": "il lo gli che di è e un per con non una si della del alle entro sono mi ho le la nel dal al fino",
}
_VOTES: dict[str, frozenset[str]] = {
    word: frozenset(one for one in LANGUAGES if word in _FUNCTION_WORDS[one].split())
    for words in _FUNCTION_WORDS.values()
    for word in words.split()
}


def language_of(text: str, *, known: str | None = None) -> str:
    """The language that most function words speak for; in doubt the `known` one (BCP 47), and else English."""
    votes = dict.fromkeys(LANGUAGES, 0)
    for word in _WORDS.findall(text[:_MOST_READ].casefold()):
        for one in _VOTES.get(word, ()):
            votes[one] += 1
    expected = supported(known) or "en"
    best = max(LANGUAGES, key=lambda one: (votes[one], one == expected))
    return best if votes[best] >= max(FEWEST_VOTES, votes[expected]) else expected


def supported(tag: str | None) -> str | None:
    """The language of a BCP 47 tag if its figures are read: fr of fr-CA."""
    language = primary(tag)
    return language if language in LANGUAGES else None
