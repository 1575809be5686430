"""Which language is spoken in a conversation? Offline, by py3langid, whose model is loaded when first asked.

It chooses among our languages, those BLOOM was trained on and others that are widely spoken: among ours alone it would
be sure of a wrong one. Of pieces of 10 words (English, French, Hindi) it believes 76 to 99 %, and of those 99.9 % are
right; of 30 words all, and 99.9 %. Hindi with English words among it is Hindi.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

from summarizer.conversation import Conversation, Role
from summarizer.headings import LANGUAGES
from summarizer.tags import primary
from summarizer.words import words

SURE = 0.9  # the chance from which a language is believed
CONTRADICTS = 0.95  # and from which another one than declared is
MOST_OF_IT = 0.8  # share of the words that must be of the other language too
MIN_BYTES = 20  # of what is said; less tells nothing, and a Chinese character tells as much as three letters
MIN_CONTRADICTING_WORDS = 40
MOST_CHARACTERS = 20_000  # looked at
MOST_TURNS = 400  # whose languages are told apart

_BLOOMS = "ca eu id vi bn ur ta te mr gu kn ml pa ne sw zu xh".split()
_OTHERS = "ru uk tr pl ko sv da no fi cs sk hu ro bg el he fa th".split()


def detect(text: str) -> str | None:
    """The language of a text, BCP 47; None when it is too short or none is sure."""
    if not _can_tell(text):
        return None
    language, sureness = _classified(text[:MOST_CHARACTERS])
    return language if sureness >= SURE else None


def shares(conversation: Conversation) -> dict[str, float]:
    """Language to its share of the people's words, 0 to 1, of turns long enough to tell; empty when none is."""
    counts: Counter[str] = Counter()
    for text in _spread(_by_people(conversation)):
        language = detect(text)
        if language is not None:
            counts[language] += len(words(text))
    return {language: count / counts.total() for language, count in counts.most_common()}


def with_believed_language(conversation: Conversation) -> Conversation:
    """The same conversation in the language most of it is in: the declared one, unless that is clearly contradicted."""
    declared = conversation.language
    if declared is None:
        return replace(conversation, language=_heard(conversation))
    is_ours = primary(declared) in LANGUAGES
    other = _contradicting(conversation) if is_ours else None
    return conversation if other in (None, primary(declared)) else replace(conversation, language=other)


def _heard(conversation: Conversation) -> str | None:
    """That of most words; of all words together when no turn alone is long enough."""
    return next(iter(shares(conversation)), None) or detect(" ".join(_by_people(conversation)))


def _contradicting(conversation: Conversation) -> str | None:
    """The language of nearly all that is said, if it is enough to contradict what was declared."""
    said = " ".join(_by_people(conversation))[:MOST_CHARACTERS]
    language, sureness = _classified(said)
    is_sure = sureness >= CONTRADICTS and len(words(said)) > MIN_CONTRADICTING_WORDS
    return language if is_sure and shares(conversation).get(language, 0.0) >= MOST_OF_IT else None


def _by_people(conversation: Conversation) -> list[str]:
    """What is no menu's or chat bot's; that greets in several languages."""
    said = [turn.text for turn in conversation.turns if conversation.role_of(turn) is not Role.BOT]
    return said or [turn.text for turn in conversation.turns]


def _spread(texts: list[str]) -> Iterable[str]:
    """Not more of them than are looked at, from the whole length."""
    long = [text[: MOST_CHARACTERS // 10] for text in texts if _can_tell(text)]
    return long[:: -(-len(long) // MOST_TURNS) or 1]


def _can_tell(text: str) -> bool:
    return len(text[:MIN_BYTES].encode()) >= MIN_BYTES


def _classified(text: str) -> tuple[str, float]:
    language, sureness = _identifier().classify(text)
    return str(language), float(sureness)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([*LANGUAGES, *_BLOOMS, *_OTHERS])
    return identifier
