"""By which words of the call each word of a claim may be borne out, when both need not be of one language.

A claim in the call's language is held by the same words. One in another language is held by what the bilingual list
gives for it, and by names and words that both languages write alike; without a list for the pair, by those alone.
"""

from collections.abc import Iterable

from summarizer.bilingual import PAIRS, translated
from summarizer.stems import without_elision
from summarizer.vocabulary import language_key, vocabulary
from summarizer.vocabulary.folding import folded
from summarizer.words import Word, content_stems, is_content, stem, words

_SEPARATORS = str.maketrans(".,", ",.")


def notes_language(text: str, *, language: str | None) -> str | None:
    """The language a claim is written in: the call's (BCP 47), unless more of its function words are of another.

    Only languages that the list for the call's language can translate are looked at.
    """
    spoken = language_key(language)
    others = [source for source, target in PAIRS if target == spoken]
    if spoken is None or not others:
        return language
    other = max(others, key=lambda one: _num_function_words(text, one))
    is_another = _num_function_words(text, other) > _num_function_words(text, spoken)
    return other if is_another else language


def _num_function_words(text: str, language: str) -> int:
    known = vocabulary(language)
    told = (folded(without_elision(word.text, language)) for word in words(text))
    return sum(word in known.function_words or word in known.roles for word in told)


def equivalents(text: str, *, language: str | None) -> list[frozenset[str]]:
    """For each content word of a claim, the stems of the call's language that say it."""
    notes = notes_language(text, language=language)
    told = [word for word in words(text) if is_content(word, language=notes)]
    return [word_equivalents(word, language=language, notes=notes) for word in told]


def word_equivalents(word: Word, *, language: str | None, notes: str | None) -> frozenset[str]:
    """The stems of the call's language that say this word."""
    own = stem(word.text, language=language)
    source, target = language_key(notes), language_key(language)
    if source is None or target is None or source == target:
        return frozenset((own,))
    swapped = own.translate(_SEPARATORS)  # 4.5 is written 4,5
    return frozenset((own, swapped, *translated([stem(word.text, language=source)], source=source, target=target)))


def share_said(claim: str, evidence: Iterable[str], *, language: str | None) -> float:
    """Share of the claim's content words that its evidence, in the call's language, says: 0 to 1."""
    claimed = set(equivalents(claim, language=language))
    held = {one for text in evidence for one in content_stems(text, language=language)}
    return sum(not held.isdisjoint(one) for one in claimed) / len(claimed) if claimed else 0.0
