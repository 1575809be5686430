"""What says nothing of a conversation, language by language: function words, verbs of reporting, roles, fillers.

All words stand in a module for each language; here they are folded, and found by a BCP 47 tag.
"""

from dataclasses import dataclass
from types import ModuleType

from summarizer.tags import primary
from summarizer.vocabulary import english, french, german, italian, mixed, portuguese, spanish
from summarizer.vocabulary.folding import folded

_MODULES = {"en": english, "fr": french, "es": spanish, "de": german, "pt": portuguese, "it": italian}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language, folded; `language` is None for the mixture used when nobody knows it."""

    language: str | None
    function_words: frozenset[str]
    reporting: frozenset[str]  #: verbs with which one reports speech; of other languages than English, one form each
    roles: frozenset[str]
    fillers: frozenset[str]
    irregular: tuple[tuple[str, ...], ...]  #: a word, and forms that keep another stem than it
    endings: frozenset[str]
    longest_ending: int  #: in characters
    plurals: str  #: last letters that go first
    finals: str  #: last letters that go last
    shortest: int  #: characters that an ending must leave
    elides: bool  #: `l'adresse` is two words


def language_key(tag: str | None) -> str | None:
    """The language of a BCP 47 tag if we have its words: `fr` of `fr-CA`; else None."""
    language = primary(tag)
    return language if language in _MODULES else None


def vocabulary(language: str | None) -> Vocabulary:
    """The words of a BCP 47 tag's language; of one that is unknown, the mixture."""
    return _VOCABULARIES[language_key(language)]


def _read(module: ModuleType, language: str | None) -> Vocabulary:
    return Vocabulary(
        language=language,
        function_words=_folded(module.FUNCTION_WORDS),
        reporting=_folded(module.REPORTING),
        roles=_folded(module.ROLES),
        fillers=_folded(module.FILLERS),
        irregular=tuple(tuple(line.split()) for line in module.IRREGULAR.splitlines() if line.strip()),
        endings=_folded(module.ENDINGS),
        longest_ending=max(map(len, module.ENDINGS.split()), default=0),
        plurals=module.PLURALS,
        finals=module.FINALS,
        shortest=module.SHORTEST,
        elides=module.ELIDES,
    )


def _folded(words: str) -> frozenset[str]:
    return frozenset(folded(word) for word in words.split())


_VOCABULARIES: dict[str | None, Vocabulary] = {
    None: _read(mixed, None),
    **{language: _read(module, language) for language, module in _MODULES.items()},
}
