"""Copy only: a number, an identifier, an address or a name may be written if the source has it.

The word being written is looked at letter by letter: it must begin a word of the source, and be one before it ends.
What a word means is left to verification; this only keeps the model from making one up.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from summarizer.lexicon import NUMBER, SIGNS, TOKEN, WORTH, Lexicon, Words, has_digit, key, parts, plain
from summarizer.words import ROLE_WORDS, STOP_WORDS, stem

_NAMES_TOO = {"may", "will", "us"}
_LINKS = """after before during until while since without within regarding due via per between under through against
among instead still yet already however therefore upon although though unless whether""".split()
_FREE = Words(
    key(word) for word in [*(STOP_WORDS - _NAMES_TOO), *_LINKS, *ROLE_WORDS, *(f"{role}s" for role in ROLE_WORDS)]
)
_ENDINGS = ("s", "es", "ed", "ing", "ings", "ly", "d", "e", "y", "ied", "ies")
_AFTER_A_NUMBER = Words("st nd rd th am pm e er ème h".split())
_ADDRESS = re.compile(r"[^\W\d_]\.[^\W\d_]{2}|[^\W\d_]{2}\.[^\W\d_]")
_JOINT = re.compile(r"[.,:/@_'&+-]+")
_BEFORE_A_SENTENCE = " \t\"'“”‘«»([{¿¡*-"
_ENDS_A_SENTENCE = "\n.!?:。！？：…;"


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of the completion, or what there is of it."""

    text: str
    is_first: bool  #: of a sentence
    is_whole: bool

    @property
    def key(self) -> str:
        """As the lexicon has it."""
        return key(self.text)

    @property
    def is_capitalised(self) -> bool:
        """A capital first and no other, as any word is written that begins a sentence."""
        return self.text[:1].isupper() and not any(char.isupper() for char in self.text[1:])

    @property
    def is_fact(self) -> bool:
        """Can be made up: a number, an address, a mask, a name."""
        is_name = any(char.isupper() for char in self.text)
        return is_name or has_digit(self.text) or "@" in self.text or bool(_ADDRESS.search(self.text))


class CopyOnly:
    """What may be written about one source; `strict` takes every telling word from it, up to its ending."""

    def __init__(self, source: str | Lexicon, *, labels: Iterable[str] = (), strict: bool = False) -> None:
        self._lexicon = source if isinstance(source, Lexicon) else Lexicon(source)
        self._labels = Words(map(key, labels))
        self._strict = strict

    def accepts(self, written: str, more: str) -> bool:
        """Whether the text written so far may go on with `more`; a line break ends it."""
        start = max(written.rfind(" "), written.rfind("\n")) + 1
        before, run = written[:start], plain(written[start:] + more)
        return self._has_signs(more) and all(
            self._has_token(match, before=before + run[: match.start()]) for match in TOKEN.finditer(run)
        )

    def _has_signs(self, more: str) -> bool:
        """No broken character, no currency and no percentage where the source has none."""
        return "\N{REPLACEMENT CHARACTER}" not in more and all(
            char in self._lexicon.signs for char in more if char in SIGNS
        )

    def _has_token(self, match: re.Match[str], *, before: str) -> bool:
        """Whether the source has the token, or all words that it is made of."""
        token, rest = match[0], match.string[match.end() :]
        joint = rest if _JOINT.fullmatch(rest) else ""
        if joint and self._is_known(token + joint, before=before, is_whole=False):
            return True  # `42.` of `42.50`
        is_whole = bool(rest)
        return "@" not in joint and (
            self._is_known(token, before=before, is_whole=is_whole)
            or all(map(self._has, _words_of(token, before=before, is_whole=is_whole)))
        )

    def _is_known(self, token: str, *, before: str, is_whole: bool) -> bool:
        """A word of the source just as it is, or a label where a line begins."""
        is_label = (not before or before.endswith("\n")) and self._labels.has(key(token), is_whole=is_whole)
        return is_label or self._lexicon.facts.has(key(token), is_whole=is_whole)

    def _has(self, word: _Word) -> bool:
        """Whether the source has the word, in another form of the same value or, as far as one may, another ending."""
        has, of = self._lexicon.facts.has, word.key
        if of in WORTH and not self._lexicon.number_words.has(of, is_whole=word.is_whole):
            return not word.is_whole and has(of, is_whole=False)  # `ten` of `tenant`
        if not word.is_fact:
            return not self._strict or self._is_said(word)
        return (
            has(of, is_whole=word.is_whole)
            or (word.is_capitalised and _FREE.has(of, is_whole=word.is_whole))
            or (word.is_capitalised and word.is_first and self._is_said(word))
            or (of.endswith("s") and of.isalpha() and has(of[:-1]))
            or self._is_counted(word)
        )

    def _is_counted(self, word: _Word) -> bool:
        """`5th` and `3pm` where the source has 5 and 3."""
        number = NUMBER.fullmatch(word.text)
        return (
            number is not None
            and self._lexicon.facts.has(key(number[1]))
            and _AFTER_A_NUMBER.has(key(number[2]), is_whole=word.is_whole)
        )

    def _is_said(self, word: _Word) -> bool:
        """A function word, or one that the source has up to its ending."""
        of = word.key
        if _FREE.has(of, is_whole=word.is_whole) or self._lexicon.facts.has(of, is_whole=word.is_whole):
            return True
        if word.is_whole:
            return stem(of) in self._lexicon.stems
        return any(of[:cut] in self._lexicon.stems and _begins_an_ending(of, cut) for cut in range(2, len(of))[-5:])


def _begins_an_ending(word: str, cut: int) -> bool:
    """Also after a doubled letter: `stopp` of `stopped`."""
    rest = word[cut:].removeprefix(word[cut - 1])
    return any(ending.startswith(rest) for ending in _ENDINGS)


def _words_of(token: str, *, before: str, is_whole: bool) -> Iterator[_Word]:
    *firsts, last = parts(token)
    left = before.rstrip(_BEFORE_A_SENTENCE)
    is_first = not left or left[-1] in _ENDS_A_SENTENCE
    for part in firsts:
        yield _Word(part, is_first=is_first, is_whole=True)
        is_first = False
    yield _Word(last, is_first=is_first, is_whole=is_whole)
